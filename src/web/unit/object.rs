//! 提出异议: in the unit's words, with a file if it likes.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::form::{self, Problem, Sent};
use super::page::refused;
use super::trouble::{Trouble, trouble};
use super::{Front, html};
use crate::domain::attachment::{self, EXTENSIONS, FileRefusal};
use crate::domain::notice::{LONGEST_TEXT, RequestKind, SHORTEST_TEXT, text};
use crate::flow::notices::unit_view::UnitView;
use crate::flow::notices::{UnitFile, Wish};
use crate::web::style::SHEET;
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "unit/object.html")]
struct Form<'a> {
    t: Tongue,
    sheet: &'static str,
    token: &'a str,
    view: &'a UnitView,
    /// Why there is nothing to fill in.
    blocked: Option<String>,
    problems: Vec<Problem>,
    text: &'a str,
    /// A file has to be chosen again: a browser does not keep it.
    file_again: bool,
    kinds: String,
    shortest: usize,
    longest: usize,
}

fn form<'a>(t: Tongue, token: &'a str, view: &'a UnitView, sent: &'a Sent, problems: Vec<Problem>) -> Form<'a> {
    let blocked = view.notice.may_ask(RequestKind::Objection).err().map(|refusal| refused(t, refusal));
    let kinds = EXTENSIONS.iter().map(|kind| format!(".{kind}")).collect::<Vec<_>>().join(",");
    let file_again = sent.file.is_some();
    let (text, shortest, longest) = (sent.text.as_str(), SHORTEST_TEXT, LONGEST_TEXT);
    Form { t, sheet: SHEET, token, view, blocked, problems, text, file_again, kinds, shortest, longest }
}

pub(super) async fn show(State(front): State<Front>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    match front.found(t, &token, front.now()).await {
        Ok(view) => html(StatusCode::OK, &form(t, &token, &view, &Sent::default(), Vec::new())),
        Err(answer) => answer,
    }
}

pub(super) async fn submit(
    State(front): State<Front>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Response {
    let t = Tongue::asked(&headers);
    // Whose link it is comes before what was sent.
    let view = match front.found(t, &token, front.now()).await {
        Ok(view) => view,
        Err(answer) => return answer,
    };
    let Ok(body) = body else { return trouble(t, StatusCode::BAD_REQUEST, Trouble::Broken) };
    let sent = match form::read(body).await {
        Ok(sent) => sent,
        Err((status, what)) => return trouble(t, status, what),
    };
    let again = |status, problems| html(status, &form(t, &token, &view, &sent, problems));
    let wish = match wish(t, &sent) {
        Ok(wish) => wish,
        Err((status, problems)) => return again(status, problems),
    };
    front.take(t, &token, wish, "?done=objected", again).await
}

/// What was sent, if nothing is wrong with it; else everything that is.
fn wish(t: Tongue, sent: &Sent) -> Result<Wish, (StatusCode, Vec<Problem>)> {
    let written = text(&sent.text).map_err(|refusal| form::text_problem(t, refusal));
    let file = sent.file.as_ref().map(|file| match file.is_too_large {
        true => Err(FileRefusal::TooLarge),
        false => attachment::accept(&file.name, &file.content).map(|accepted| UnitFile {
            name: accepted.name,
            media_type: accepted.media_type.to_owned(),
            content: file.content.clone(),
        }),
    });
    let too_large = matches!(file, Some(Err(FileRefusal::TooLarge)));
    let file = file.transpose().map_err(|refusal| form::file_problem(t, refusal));
    match (written, file) {
        (Ok(text), Ok(file)) => Ok(Wish { kind: RequestKind::Objection, text, until: None, file }),
        (text, file) => {
            let problems = text.err().into_iter().chain(file.err()).collect();
            let status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
            Err((status, problems))
        }
    }
}
