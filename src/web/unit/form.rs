//! What is common to the forms: how they are read, what may be wrong with them, and how that is said.

use std::time::Duration;

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;

use super::trouble::Trouble;
use crate::domain::attachment::{FileRefusal, LARGEST_FILE};
use crate::domain::notice::{LONGEST_TEXT, SHORTEST_TEXT, TextRefusal};
use crate::flow::notices::ActError;
use crate::web::multipart::content;
use crate::web::tongue::Tongue;

/// The largest form with a file in it. Files somewhat too large are read to their end, so that the form comes back with
/// what was typed instead of a broken connection.
pub(super) const LARGEST_BODY: usize = 3 * LARGEST_FILE;
/// Bytes of a form without a file.
pub(super) const LARGEST_PLAIN: usize = 256 * 1024;
/// Who takes longer to send a form holds a connection for nothing.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is wrong with one field; `""`: with none of them.
#[derive(Debug)]
pub(super) struct Problem {
    pub field: &'static str,
    pub message: String,
}

impl Problem {
    pub fn of(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }

    /// The one with a field, if there is one.
    pub fn with<'a>(all: &'a [Self], field: &str) -> Option<&'a Self> {
        all.iter().find(|problem| problem.field == field)
    }
}

/// A form with a file, as it was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub text: String,
    pub file: Option<SentFile>,
}

#[derive(Debug)]
pub(super) struct SentFile {
    pub name: String,
    pub content: Vec<u8>,
    pub is_too_large: bool,
}

/// Reads a form with a file.
pub(super) async fn read(form: Multipart) -> Result<Sent, (StatusCode, Trouble)> {
    match tokio::time::timeout(PATIENCE, fields(form)).await {
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, Trouble::Broken)),
        Ok(read) => read.map_err(|error| match error.status() {
            status @ StatusCode::PAYLOAD_TOO_LARGE => (status, Trouble::TooLarge),
            _ => (StatusCode::BAD_REQUEST, Trouble::Broken),
        }),
    }
}

async fn fields(mut form: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(mut field) = form.next_field().await? {
        match field.name() {
            Some("text") => {
                let (bytes, _) = content(&mut field, LARGEST_PLAIN).await?;
                sent.text = String::from_utf8_lossy(&bytes).into_owned();
            }
            // A form without a file sends an empty one without a name.
            Some("file") if field.file_name().is_some_and(|name| !name.is_empty()) => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let (content, is_too_large) = content(&mut field, LARGEST_FILE).await?;
                sent.file = Some(SentFile { name, content, is_too_large });
            }
            _ => {
                content(&mut field, 0).await?;
            }
        }
    }
    Ok(sent)
}

pub(super) fn text_problem(t: Tongue, refusal: TextRefusal) -> Problem {
    let message = match (refusal, t) {
        (TextRefusal::TooShort(0), _) => t.say("请填写说明", "Write what you have to say").to_owned(),
        (TextRefusal::TooShort(count), Tongue::Chinese) => {
            format!("说明过短：至少 {SHORTEST_TEXT} 个字，现为 {count} 个")
        }
        (TextRefusal::TooShort(count), Tongue::English) => {
            format!("Too short: {SHORTEST_TEXT} characters at least, {count} were written")
        }
        (TextRefusal::TooLong(count), Tongue::Chinese) => {
            format!("说明过长：至多 {LONGEST_TEXT} 个字，现为 {count} 个，可将详情放在附件中")
        }
        (TextRefusal::TooLong(count), Tongue::English) => {
            format!("Too long: {LONGEST_TEXT} characters at most, {count} were written; details may go into a file")
        }
    };
    Problem::of("text", message)
}

pub(super) fn file_problem(t: Tongue, refusal: FileRefusal) -> Problem {
    let message = match refusal {
        FileRefusal::TooLarge => t.say("附件过大：不得超过 5 MB", "The file is too large: 5 MB at most"),
        FileRefusal::Empty => t.say("附件是空文件，请重新选择", "The file is empty: choose another"),
        FileRefusal::Kind => t.say(
            "不接受此类附件：请使用 pdf、png、jpg、docx、xlsx 或 txt 文件",
            "Files of this kind are not taken: use pdf, png, jpg, docx, xlsx or txt",
        ),
        FileRefusal::NotWhatItSays => t.say(
            "附件内容与扩展名不符，可能已损坏或被改名，请重新导出后再选择",
            "The file is not what its name says: it may be damaged or renamed. Save it anew and choose it again",
        ),
    };
    Problem::of("file", message)
}

/// Why an act was not done, as the form says it; `Err`: there is nothing to say, it is our trouble.
pub(super) fn act_problem(t: Tongue, error: ActError) -> Result<(StatusCode, Problem), ActError> {
    match error {
        ActError::Refused(_) | ActError::Changed => {
            Ok((StatusCode::CONFLICT, Problem::of("", t.half(&error.to_string()).to_owned())))
        }
        other => Err(other),
    }
}
