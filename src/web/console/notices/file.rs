//! A file that came with an objection, to be saved: it is a stranger's, and never shown by us.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;

use crate::domain::personal::Personal;
use crate::flow::notices::read;
use crate::flow::people;
use crate::web::console::enter::Officer;
use crate::web::console::{Console, Page};
use crate::web::page::disposition;

pub(in crate::web::console) async fn save(
    State(console): State<Console>,
    officer: Officer,
    Path((id, file)): Path<(String, String)>,
) -> Page {
    let (name, content) = read::file(&console.app.db, officer.actor(), &id, &file).await?;
    let now = console.app.clock.now();
    people::viewed(&console.app.db, officer.actor(), Personal::Attachment, &file, now).await?;
    let mut response = content.into_response();
    let headers = response.headers_mut();
    // What type the sender claims is nothing a browser should act on.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&name));
    Ok(response)
}
