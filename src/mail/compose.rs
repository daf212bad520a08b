//! A rendered letter becomes a message of RFC 5322: always the same bytes for the same letter, so that a letter that is
//! handed over twice is recognised by its Message-ID and its content.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Body, Mailbox, MultiPart, SinglePart};

use super::address;
use super::clean::{HEADER_CHARS, header};
use super::transport::SendError;
use super::{Attachment, Rendered};
use crate::config::Mail;

/// What stands around a letter.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// `ID@domain`, as [`message_id`] makes it; angle brackets are put around it.
    pub message_id: &'a str,
    /// The sender: `Name <address>`.
    pub from: &'a str,
    pub to: &'a str,
    /// Where answers go: the office.
    pub reply_to: Option<&'a str>,
    /// When it was handed over first.
    pub date: DateTime<Utc>,
    pub rendered: &'a Rendered,
    /// Further headers, such as `In-Reply-To`. Those that a letter has anyway cannot be set here.
    pub headers: &'a [(&'a str, String)],
}

/// A message, ready to go.
#[derive(Debug)]
pub(super) struct Composed {
    /// The Message-ID without its brackets.
    pub id: String,
    pub from: lettre::Address,
    pub to: lettre::Address,
    /// ASCII only: every body is in base64.
    pub bytes: Vec<u8>,
}

/// The Message-ID of an outbox row: `ID@domain`, where the domain is the one set, or the sender's.
pub fn message_id(id: &str, mail: &Mail) -> String {
    let sender = || mail.from.as_deref().and_then(|from| address::parse(from).ok());
    let domain = mail.message_domain.clone().or_else(|| sender().map(|sender| sender.email.domain().to_owned()));
    format!("{id}@{}", domain.as_deref().unwrap_or("badgewatch.invalid"))
}

/// Headers that are ours alone.
const OURS: &[&str] = &[
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "return-path",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
];

/// Builds the message. A recipient that is none is refused, everything else that is wrong is ours.
pub(super) fn compose(envelope: &Envelope<'_>) -> Result<Composed, SendError> {
    let to = address::parse(envelope.to).map_err(|error| SendError::Refused(error.to_string()))?;
    let from = ours("from", envelope.from)?;
    let id = envelope.message_id.trim_start_matches('<').trim_end_matches('>');
    if !is_id(id) {
        return Err(SendError::Ours(format!("{id:?} is no Message-ID")));
    }
    let mut message = Message::builder()
        .message_id(Some(format!("<{id}>")))
        .date(envelope.date.into())
        .from(from.clone())
        .to(to.clone())
        .subject(header(&envelope.rendered.subject, HEADER_CHARS));
    if let Some(reply_to) = envelope.reply_to {
        message = message.reply_to(ours("reply_to", reply_to)?);
    }
    message = message.raw_header(raw("Auto-Submitted", "auto-generated")?);
    for (name, value) in envelope.headers {
        message = message.raw_header(raw(name, value)?);
    }
    let message = message.multipart(body(envelope.rendered, id)?);
    let message = message.map_err(|error| SendError::Ours(error.to_string()))?;
    Ok(Composed { id: id.to_owned(), from: from.email, to: to.email, bytes: message.formatted() })
}

fn ours(what: &str, text: &str) -> Result<Mailbox, SendError> {
    address::parse(text).map_err(|error| SendError::Ours(format!("{what}: {error}")))
}

/// Letters, digits and a few signs around one `@`: also a file name.
fn is_id(id: &str) -> bool {
    let sign = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
    id.len() <= 200
        && id.split_once('@').is_some_and(|(left, right)| {
            [left, right].iter().all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(sign))
        })
}

fn raw(name: &str, value: &str) -> Result<HeaderValue, SendError> {
    let known = HeaderName::new_from_ascii(name.to_owned()).ok();
    let free = name == "Auto-Submitted" || !OURS.contains(&name.to_ascii_lowercase().as_str());
    let name = known.filter(|_| free).ok_or_else(|| SendError::Ours(format!("{name:?} cannot be set as a header")))?;
    Ok(HeaderValue::new(name, header(value, 4 * HEADER_CHARS)))
}

fn body(rendered: &Rendered, id: &str) -> Result<MultiPart, SendError> {
    let readings = MultiPart::alternative()
        .boundary(boundary("a", id))
        .singlepart(text(ContentType::TEXT_PLAIN, &rendered.text)?)
        .singlepart(text(ContentType::TEXT_HTML, &rendered.html)?);
    if rendered.attachments.is_empty() {
        return Ok(readings);
    }
    let whole = MultiPart::mixed().boundary(boundary("m", id)).multipart(readings);
    rendered.attachments.iter().try_fold(whole, |whole, file| Ok(whole.singlepart(attached(file)?)))
}

/// `=_` stands in no body in base64, so that no text ends a part early.
fn boundary(part: &str, id: &str) -> String {
    let tail: String = id.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("=_{part}_{tail}")
}

fn text(kind: ContentType, text: &str) -> Result<SinglePart, SendError> {
    Ok(SinglePart::builder().header(kind).body(base64(text.to_owned())?))
}

fn attached(file: &Attachment) -> Result<SinglePart, SendError> {
    let kind = ContentType::parse(file.media_type).map_err(|error| SendError::Ours(error.to_string()))?;
    let name: String =
        file.name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' }).collect();
    Ok(Part::new(name).body(base64(file.bytes.clone())?, kind))
}

fn base64(content: impl Into<lettre::message::MaybeString>) -> Result<Body, SendError> {
    let encoded = Body::new_with_encoding(content, ContentTransferEncoding::Base64);
    encoded.map_err(|_| SendError::Ours("the letter cannot be encoded".to_owned()))
}
