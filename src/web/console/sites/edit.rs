//! What an officer may mend of a site by hand.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::back;
use crate::domain::registry::{Column, Site};
use crate::flow::sites::{self, EDITABLE, SiteError};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

struct Field {
    name: &'static str,
    label: &'static str,
    /// Of the input: `text`, `email`, `tel`, `date`.
    kind: &'static str,
    value: String,
}

#[derive(Template)]
#[template(path = "console/sites/edit.html")]
struct Sheet {
    frame: Frame,
    t: Tongue,
    link: String,
    name: String,
    fields: Vec<Field>,
    problem: Option<String>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
) -> Page {
    page(&console, &officer, &key, StatusCode::OK, None, None).await
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(given): Signed<HashMap<String, String>>,
) -> Page {
    let app = &console.app;
    let values: Vec<_> =
        EDITABLE.iter().filter_map(|column| Some((*column, given.get(column.name())?.clone()))).collect();
    let why = given.get("why").map(|why| why.trim()).unwrap_or_default();
    match sites::edit(&app.db, officer.actor(), &key, &values, why, app.clock.now()).await {
        Ok(changed) => Ok(back(&key, if changed.is_empty() { "unchanged" } else { "edited" })),
        Err(error @ (SiteError::Mail | SiteError::Day)) => {
            page(&console, &officer, &key, StatusCode::UNPROCESSABLE_ENTITY, Some(&given), Some(error)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    console: &Console,
    officer: &Officer,
    key: &str,
    status: StatusCode,
    given: Option<&HashMap<String, String>>,
    problem: Option<SiteError>,
) -> Page {
    let (app, t) = (&console.app, officer.t);
    let found = sites::sheet(&app.db, &app.desk, officer.actor(), key, app.clock.now()).await?;
    let site = &found.site.site;
    let field = |column: &Column| Field {
        name: column.name(),
        label: t.half(column.help()),
        kind: kind(*column),
        value: given.and_then(|given| given.get(column.name()).cloned()).unwrap_or_else(|| value(site, *column)),
    };
    let sheet = Sheet {
        frame: Frame::of(console, officer, Section::Sites),
        t,
        link: super::link(key),
        name: site.name.clone(),
        fields: EDITABLE.iter().map(field).collect(),
        problem: problem.map(|problem| t.half(&problem.to_string()).to_owned()),
    };
    Ok(html(status, &sheet))
}

const fn kind(column: Column) -> &'static str {
    match column {
        Column::ContactEmail | Column::HandlerEmail => "email",
        Column::ContactPhone | Column::HandlerPhone => "tel",
        Column::NotifiedOn | Column::DomainExpiresOn => "date",
        _ => "text",
    }
}

fn value(site: &Site, column: Column) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let value = match column {
        Column::ContactName => site.contact.name.clone(),
        Column::ContactEmail => site.contact.email.clone(),
        Column::ContactPhone => site.contact.phone.clone(),
        Column::HandlerName => site.handler.name.clone(),
        Column::HandlerEmail => site.handler.email.clone(),
        Column::HandlerPhone => site.handler.phone.clone(),
        Column::NotifiedOn => day(site.notified_on),
        Column::DomainExpiresOn => day(site.domain_expires_on),
        _ => None,
    };
    value.unwrap_or_default()
}
