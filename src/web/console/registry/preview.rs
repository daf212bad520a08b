//! What a file would do: looked at before it is taken.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{table, words};
use crate::domain::registry::FieldChange;
use crate::flow::import_registry::{self, Named, Preview, Terms};
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Refused rows and warnings that stand on the page; the table has all rows.
const MOST: usize = 100;

/// A site whose values change.
struct Line {
    site: Named,
    is_back: bool,
    fields: Vec<Value>,
}

/// A value before and after.
struct Value {
    column: &'static str,
    old: String,
    new: String,
}

#[derive(Template)]
#[template(path = "console/registry/preview.html")]
struct Sheet {
    frame: Frame,
    area: String,
    preview: Preview,
    until: String,
    /// Does it change anything?
    does_nothing: bool,
    /// Sites may be dropped freely: it was asked for.
    shrinks: bool,
    max_shrink: String,
    refused: Vec<[String; 3]>,
    warnings: Vec<String>,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    shrink: bool,
}

pub(super) fn terms(console: &Console, allow_shrink: bool) -> Terms {
    Terms { dry_run: false, allow_shrink, max_shrink: console.app.config.registry.max_shrink }
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let (app, t, terms) = (&console.app, officer.t, terms(&console, asked.shrink));
    let preview = import_registry::look(&app.db, officer.actor(), &id, &terms, app.clock.now()).await?;
    let report = &preview.report;
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Registry),
        area: frame::region(&console, t, &officer.actor().region),
        until: t.when(preview.expires_at, app.clock.now()),
        does_nothing: report.added + report.changed + report.restored + report.dropped == 0,
        shrinks: asked.shrink,
        max_shrink: format!("{}%", terms.max_shrink * 100.0),
        refused: report.refused.iter().take(MOST).map(|refusal| words::refused(t, refusal)).collect(),
        warnings: report.warnings.iter().take(MOST).map(|warning| words::warning(t, warning)).collect(),
        lines: lines(t, &preview),
        preview,
    };
    Ok(html(StatusCode::OK, &sheet))
}

fn lines(t: Tongue, preview: &Preview) -> Vec<Line> {
    let changed = preview.changed.iter().map(|changed| (changed, false));
    let all = changed.chain(preview.restored.iter().map(|changed| (changed, true)));
    let line = |(changed, is_back): (&import_registry::Changed, bool)| Line {
        site: changed.site.clone(),
        is_back,
        fields: changed.fields.iter().map(|field| value(t, field)).collect(),
    };
    all.map(line).collect()
}

fn value(t: Tongue, field: &FieldChange) -> Value {
    let column = words::column(t, field.column);
    if field.column.is_personal() {
        let hidden = || t.say("（个人信息，不显示）", "(personal, not shown)").to_owned();
        return Value { column, old: hidden(), new: hidden() };
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| t.say("（空）", "(empty)").to_owned());
    Value { column, old: text(&field.old), new: text(&field.new) }
}

/// All rows that would be refused.
pub(in crate::web::console) async fn refused(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let (app, t) = (&console.app, officer.t);
    let terms = terms(&console, false);
    let preview = import_registry::look(&app.db, officer.actor(), &id, &terms, app.clock.now()).await?;
    Ok(table(t, "refused-rows", preview.report.refused.iter().map(|refusal| words::refused(t, refusal))))
}
