//! The list as a table: exactly the sites that are shown, all of them, in the same order.

use axum::extract::{Query, State};
use axum::response::Response;

use super::query::Asked;
use crate::flow::sites::{self, Wanted};
use crate::store::site_rows::SiteRow;
use crate::web::console::enter::Officer;
use crate::web::console::frame::region;
use crate::web::console::sheet::{Form, Sheet, SheetError, send};
use crate::web::console::trouble::Trouble;
use crate::web::console::words;
use crate::web::console::{Console, Page};
use crate::web::tongue::Tongue;

pub(in crate::web::console) async fn csv(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    table(console, officer, asked.wanted(), Form::Csv).await
}

pub(in crate::web::console) async fn xlsx(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    table(console, officer, asked.wanted(), Form::Xlsx).await
}

async fn table(console: Console, officer: Officer, wanted: Wanted, form: Form) -> Result<Response, Trouble> {
    let Ok(turn) = console.tables.clone().acquire_owned().await else { return Err(Trouble::Ours) };
    let name = format!("sites-{}-{}", officer.actor().region, console.app.clock.today());
    let runtime = tokio::runtime::Handle::current();
    // Rows are written as they are read: a thread of its own waits for the one and the other.
    let written = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        runtime.block_on(write(&console, &officer, &wanted, form))
    });
    match written.await {
        Ok(Ok(file)) => Ok(send(file, form, &name)),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &dyn std::error::Error) -> Trouble {
    tracing::error!(%error, "a table of sites is not written");
    Trouble::Ours
}

async fn write(console: &Console, officer: &Officer, wanted: &Wanted, form: Form) -> Result<std::fs::File, SheetError> {
    let (app, t) = (&console.app, officer.t);
    let mut sheet = Sheet::begin(form, head(t))?;
    sites::each(&app.db, officer.actor(), wanted, app.clock.now(), |row| sheet.row(&cells(console, t, row))).await?;
    sheet.finish()
}

fn head(t: Tongue) -> Vec<String> {
    let names = t.say(
        "网站名称,开办主体,主体类型,英文域名,中文域名,域名到期日,行政区划,判定,原因,标识代码,已查页面,已知页面,最近检查",
        "site,unit,unit type,English domain,Chinese domain,domain expires on,region,verdict,cause,badge code,pages looked at,pages known,last look",
    );
    names.split(',').map(str::to_owned).collect()
}

fn cells(console: &Console, t: Tongue, row: SiteRow) -> [String; 13] {
    let verdict = words::verdict(t, &row.verdict).text;
    let name = |ascii: Option<String>| ascii.as_deref().map(words::readable).unwrap_or_default();
    [
        row.name,
        row.unit_name,
        words::kind(t, &row.kind).to_owned(),
        name(row.en_domain),
        name(row.cn_domain),
        row.domain_expires_on.map(|day| day.to_string()).unwrap_or_default(),
        if row.area.is_empty() { String::new() } else { region(console, t, &row.area) },
        // The word without its sign.
        verdict.split_once(' ').map_or(verdict.as_str(), |(_, word)| word).to_owned(),
        words::cause(t, &row.verdict, &row.cause),
        row.badge_code.unwrap_or_default(),
        row.checked.to_string(),
        row.known.to_string(),
        row.looked_at.map(|at| crate::clock::beijing(at).format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
    ]
}
