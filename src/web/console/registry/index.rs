//! The imports there were, and where a new file is sent.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{table, words};
use crate::domain::account::AccountRole;
use crate::flow::import_history;
use crate::flow::import_registry::LARGEST;
use crate::store::units::Import;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;

/// One import.
struct Line {
    at: String,
    by: String,
    area: String,
    import: Import,
}

#[derive(Template)]
#[template(path = "console/registry/index.html")]
struct Sheet {
    frame: Frame,
    may_import: bool,
    /// Of the greatest file, in MiB.
    most: usize,
    told: Option<&'static str>,
    /// What is wrong with the file that was sent.
    wrong: Option<String>,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Told {
    told: Option<String>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(told): Query<Told>,
) -> Page {
    let t = officer.t;
    let told = match told.told.as_deref() {
        Some("taken") => Some(t.say("文件已导入，登记数据已更新。", "The file is in: the registry is as it says.")),
        Some("discarded") => {
            Some(t.say("已放弃该文件，登记数据没有变化。", "The file was let go; the registry is as it was."))
        }
        _ => None,
    };
    sheet(&console, &officer, StatusCode::OK, told, None).await
}

/// The page, with what is wrong with a file that was sent.
pub(super) async fn sheet(
    console: &Console,
    officer: &Officer,
    status: StatusCode,
    told: Option<&'static str>,
    wrong: Option<String>,
) -> Page {
    let t = officer.t;
    let imports = import_history::imports(&console.app.db, officer.actor()).await?;
    let line = |import: Import| Line {
        at: t.moment(import.at),
        by: words::who(t, &import.made_by),
        area: frame::region(console, t, &import.area),
        import,
    };
    let lines = imports.into_iter().map(line).collect();
    let frame = Frame::of(console, officer, Section::Registry);
    let may_import = officer.is(AccountRole::Admin);
    Ok(html(status, &Sheet { frame, may_import, most: LARGEST >> 20, told, wrong, lines }))
}

/// The rows that an import refused.
pub(in crate::web::console) async fn refused(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let refused = import_history::refusals(&console.app.db, officer.actor(), &id).await?;
    if refused.is_empty() {
        return Err(Trouble::Missing);
    }
    let t = officer.t;
    let lines = refused.iter().map(|row| words::on_file(t, row));
    Ok(table(t, "refused-rows", lines))
}
