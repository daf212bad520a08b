//! What an officer sees in the morning.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::enter::Officer;
use super::frame::{Frame, Section};
use super::{Console, Page};
use crate::web::page::html;

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Sheet {
    frame: Frame,
}

pub(super) async fn show(State(console): State<Console>, officer: Officer) -> Page {
    Ok(html(StatusCode::OK, &Sheet { frame: Frame::of(&console, &officer, Section::Overview) }))
}
