//! A file is sent, to be looked at.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect};

use super::take::Nothing;
use super::{index, words};
use crate::flow::import_registry::{self, LARGEST, PreviewError};
use crate::web::console::enter::Officer;
use crate::web::console::form::{self, Signed};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::multipart::content;

/// Bytes of a request: a file somewhat too large is read to its end, so that an answer comes and not a broken connection.
const READ: usize = 2 * LARGEST;
/// Bytes of a field that is no file.
const PLAIN: usize = 1024;

#[derive(Default)]
struct Sent {
    token: String,
    name: String,
    content: Vec<u8>,
    is_too_large: bool,
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    mut request: Request,
) -> Page {
    DefaultBodyLimit::max(READ).apply(&mut request);
    let t = officer.t;
    let wrong = |why: String| index::sheet(&console, &officer, StatusCode::UNPROCESSABLE_ENTITY, None, Some(why));
    let no_file = || t.say("请选择要上传的文件。", "Choose a file.").to_owned();
    if !is_multipart(&request) {
        let Signed(Nothing {}) = Signed::from_request(request, &()).await?;
        return wrong(no_file()).await;
    }
    let form = Multipart::from_request(request, &()).await.map_err(|_| Trouble::Broken)?;
    let too_large = || words::too_large(t, LARGEST >> 20);
    let sent = match read(form).await {
        Ok(sent) => sent,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return wrong(too_large()).await,
        Err(_) => return Err(Trouble::Broken),
    };
    form::check(&officer, &sent.token)?;
    if sent.is_too_large {
        return wrong(too_large()).await;
    } else if sent.content.is_empty() {
        return wrong(no_file()).await;
    }
    let app = &console.app;
    match import_registry::keep(&app.db, officer.actor(), &sent.name, sent.content, app.clock.now()).await {
        Ok(id) => Ok(Redirect::to(&format!("/console/registry/file/{id}")).into_response()),
        Err(PreviewError::File(error)) => wrong(words::unusable(t, &error)).await,
        Err(error) => Err(error.into()),
    }
}

fn is_multipart(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

async fn read(mut form: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(mut field) = form.next_field().await? {
        match field.name() {
            Some("form_token") => {
                let (bytes, _) = content(&mut field, PLAIN).await?;
                sent.token = String::from_utf8_lossy(&bytes).into_owned();
            }
            Some("file") => {
                sent.name = field.file_name().unwrap_or_default().to_owned();
                (sent.content, sent.is_too_large) = content(&mut field, LARGEST).await?;
            }
            _ => {
                content(&mut field, 0).await?;
            }
        }
    }
    Ok(sent)
}
