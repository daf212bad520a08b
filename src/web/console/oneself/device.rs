//! Taking a second device over.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;

use super::code::wrong;
use super::password::too_often;
use crate::flow::people::{self, Draft};
use crate::web::console::enter::{Officer, shown};
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::{Console, Page};
use crate::web::page::html;

/// The smallest side of the picture, in pixels.
const SIDE: u32 = 220;

#[derive(Template)]
#[template(path = "console/oneself/device.html")]
struct Sheet {
    frame: Frame,
    has_device: bool,
    /// Nothing else opens before.
    is_demanded: bool,
    /// As four letters each, for who types it.
    groups: String,
    secret: String,
    /// `data:` address of the picture; black on white, also where the page is dark.
    picture: Option<String>,
    wrong: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    secret: String,
    code: String,
}

fn sheet(console: &Console, officer: &Officer, secret: Option<&str>) -> Result<Sheet, crate::store::StoreError> {
    let Draft { secret, url } = people::draft(&officer.actor().name, secret)?;
    let has_device = officer.entered.has_device;
    let demanded = console.app.config.people.second_device.is_demanded_of(officer.actor().role);
    let groups: Vec<&str> = (0..secret.len()).step_by(4).filter_map(|at| secret.get(at..at + 4)).collect();
    Ok(Sheet {
        frame: Frame::of(console, officer, Section::Oneself),
        has_device,
        is_demanded: demanded && !has_device,
        groups: groups.join(" "),
        picture: picture(&url),
        secret,
        wrong: None,
    })
}

fn picture(url: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
    let picture = code.render::<svg::Color>().min_dimensions(SIDE, SIDE).build();
    Some(format!("data:image/svg+xml;base64,{}", BASE64.encode(picture)))
}

pub(in crate::web::console) async fn show(State(console): State<Console>, officer: Officer) -> Page {
    Ok(html(StatusCode::OK, &sheet(&console, &officer, None)?))
}

pub(in crate::web::console) async fn enrol(
    State(console): State<Console>,
    officer: Officer,
    jar: CookieJar,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, sheet) = (&console.app, sheet(&console, &officer, Some(&given.secret))?);
    if officer.entered.has_device {
        return Ok(Redirect::to("/console/second-device").into_response());
    }
    if let Some(wait) = console.limits.proof(&officer.actor().account_id) {
        let wrong = Some(too_often(&officer, wait));
        return Ok(html(StatusCode::TOO_MANY_REQUESTS, &Sheet { wrong, ..sheet }));
    }
    match people::enrol(&app.db, &officer.entered, (&given.secret, &given.code), app.clock.now()).await {
        Ok(opened) => Ok((shown(&console, jar, opened), Redirect::to("/console/me?told=device")).into_response()),
        Err(error) => {
            let wrong = Some(wrong(officer.t, error)?);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &Sheet { wrong, ..sheet }))
        }
    }
}
