//! The circulars there are, and where a new one is drafted.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use crate::clock::day;
use crate::domain::account::AccountRole;
use crate::domain::circular::CircularState;
use crate::domain::region::is_within;
use crate::flow::circulars::{self, CircularError, Wish};
use crate::store::circulars::Listed;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::{Console, Page};
use crate::web::page::html;

struct Line {
    id: String,
    title: String,
    area: String,
    period: String,
    state: &'static str,
    number: String,
}

#[derive(Template)]
#[template(path = "console/circulars/list.html")]
struct Sheet {
    frame: Frame,
    may_draft: bool,
    wrong: Option<String>,
    /// Code and name of the regions that may be chosen.
    regions: Vec<(String, String)>,
    given: Given,
    today: NaiveDate,
    lines: Vec<Line>,
}

#[derive(Deserialize, Default, Clone)]
pub(in crate::web::console) struct Given {
    #[serde(default)]
    area: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(given): Query<Given>,
) -> Page {
    sheet(&console, &officer, StatusCode::OK, given, None).await
}

pub(in crate::web::console) async fn draft(
    State(console): State<Console>,
    officer: Officer,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t) = (&console.app, officer.t);
    let drafted = match (given.from.parse(), given.until.parse()) {
        (Ok(from), Ok(until)) => {
            let wish = Wish { area: given.area.clone(), from, until };
            let offices = &app.desk.offices;
            circulars::draft(&app.db, offices, &console.regions, officer.actor(), &wish, app.clock.now()).await
        }
        _ => Err(CircularError::Period),
    };
    match drafted {
        Ok(id) => Ok(Redirect::to(&format!("/console/circulars/{id}?told=drafted")).into_response()),
        Err(error @ (CircularError::Period | CircularError::Region | CircularError::TooMany)) => {
            let why = t.half(&error.to_string()).to_owned();
            sheet(&console, &officer, StatusCode::UNPROCESSABLE_ENTITY, given, Some(why)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn sheet(console: &Console, officer: &Officer, status: StatusCode, given: Given, wrong: Option<String>) -> Page {
    let (app, t, actor) = (&console.app, officer.t, officer.actor());
    let today = day(app.clock.now());
    // the month before, unless something else was asked for
    let last = today - Days::new(u64::from(today.day()));
    let first = last.with_day(1).unwrap_or(last);
    let or = |text: String, else_: String| if text.is_empty() { else_ } else { text };
    let given = Given {
        area: or(given.area, actor.region.clone()),
        from: or(given.from, first.to_string()),
        until: or(given.until, last.to_string()),
    };
    let whole = (actor.region == "000000").then(|| ("000000".to_owned(), frame::region(console, t, "000000")));
    let own = console.regions.all().filter(|region| is_within(&region.code, &actor.region));
    let regions = whole.into_iter().chain(own.map(|region| (region.code.clone(), region.name.clone()))).collect();
    let line = |listed: Listed| Line {
        title: super::document::title(&frame::region(console, crate::web::tongue::Tongue::Chinese, &listed.area)),
        area: frame::region(console, t, &listed.area),
        period: format!("{} — {}", t.plain(listed.from_on), t.plain(listed.until_on)),
        state: CircularState::from_name(&listed.state).map_or("", |state| super::document::state(t, state)),
        number: listed.number.unwrap_or_default(),
        id: listed.id,
    };
    let lines = circulars::list(&app.db, actor).await?.into_iter().map(line).collect();
    let may_draft = officer.is(AccountRole::Officer);
    let frame = Frame::of(console, officer, Section::Circulars);
    Ok(html(status, &Sheet { frame, may_draft, wrong, regions, given, today, lines }))
}
