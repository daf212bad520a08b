//! A letter as data becomes a letter to read: subject, text, HTML, files.
//!
//! Every kind is taken apart into the same pieces ([`page`]), which two templates set: the text is complete without the
//! HTML, and neither says more than the other.

mod decided;
mod faults;
mod limit;
mod page;
mod told;
mod words;

use askama::Template;

use self::page::{Page, Part};
use super::clean::paragraphs;
use super::{Attachment, Rendered};
use crate::domain::letter::{Going, Letter, LetterKind};

/// What a person may write into a letter, in characters.
const WRITTEN_CHARS: usize = 20_000;

/// Why a letter cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The kind needs what the letter does not hold.
    #[error("a letter {kind} needs {what}")]
    Missing { kind: LetterKind, what: &'static str },
    #[error("the template failed: {0}")]
    Template(#[from] askama::Error),
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Missing(&'static str);

/// Subject and content.
type Told = (String, Page);

/// Sets a letter for one of its readers.
pub fn render(letter: &Letter, going: &Going) -> Result<Rendered, RenderError> {
    let told = tell(letter, going);
    let missing = |Missing(what)| RenderError::Missing { kind: letter.kind, what };
    let (subject, page) = told.and_then(|told| is_link(going).map(|()| told)).map_err(missing)?;
    let page = page.numbered();
    let view = View::of(letter, going, &page);
    Ok(Rendered {
        subject: marked(subject, going),
        text: TextLetter { view: &view }.render()?,
        html: HtmlLetter { view: &view }.render()?,
        attachments: attachments(letter),
    })
}

/// The link of a letter is our own page, and nothing else.
fn is_link(going: &Going) -> Result<(), Missing> {
    let is_ours = |link: &String| {
        let fetched = link.starts_with("https://") || link.starts_with("http://");
        fetched && link.bytes().all(|c| c.is_ascii_graphic() && !b"\"'<>".contains(&c))
    };
    going.link.as_ref().is_none_or(is_ours).then_some(()).ok_or(Missing("an http address as its link"))
}

fn tell(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    use LetterKind as K;
    match letter.kind {
        K::Rectification => told::rectification(letter, going),
        K::Supplement => told::supplement(letter, going),
        K::Reminder => told::reminder(letter, going),
        K::Rectified => told::rectified(letter, going),
        K::Withdrawn => told::withdrawn(letter, going),
        K::Extended => told::extended(letter, going),
        K::Answered => told::answered(letter, going),
        K::OverdueNotice => told::overdue(letter, going),
        K::Friendly => told::friendly(letter, going),
        K::Warning => decided::warning(letter, going),
        K::Revocation => decided::revocation(letter, going),
        K::StopResolution => decided::stop_resolution(letter, going),
        K::DecisionWithdrawn => decided::withdrawn(letter, going),
        K::Reinstatement => decided::reinstatement(letter, going),
        K::Instruction => decided::instruction(letter, going),
        K::OfficeTask => decided::office_task(letter, going),
    }
}

fn needed<'a, T>(value: Option<&'a T>, what: &'static str) -> Result<&'a T, Missing> {
    value.ok_or(Missing(what))
}

/// What a person wrote into the letter, under a heading of its own where one is given.
fn written(page: &mut Page, letter: &Letter, heading: &str) {
    let lines = letter.text.as_deref().map(|text| paragraphs(text, WRITTEN_CHARS)).unwrap_or_default();
    if lines.is_empty() {
        return;
    }
    if !heading.is_empty() {
        page.section(heading);
    }
    lines.into_iter().for_each(|line| page.text(line));
}

/// `【试运行】【抄送】【责令整改】…`.
fn marked(subject: String, going: &Going) -> String {
    let trial = if going.trial { "【试运行】" } else { "" };
    let copy = if going.copy { "【抄送】" } else { "" };
    format!("{trial}{copy}{subject}")
}

/// The signed instruction, to whom it is for, or to the office that carries it where the authority has no mailbox.
fn attachments(letter: &Letter) -> Vec<Attachment> {
    let signed = letter.decision.as_ref().and_then(|decision| decision.jws.as_ref());
    let file = |jws: &String| Attachment {
        name: "instruction.jws".to_owned(),
        media_type: "application/jose",
        bytes: jws.clone().into_bytes(),
    };
    signed.map(file).into_iter().collect()
}

/// What both templates set.
struct View<'a> {
    trial: bool,
    copy: bool,
    page: &'a Page,
    office: String,
    addressee: String,
    day: String,
    contact: Option<String>,
    copies: Vec<String>,
}

impl<'a> View<'a> {
    fn of(letter: &Letter, going: &Going, page: &'a Page) -> Self {
        let office = &letter.office;
        let named = |label: &str, value: &Option<String>| {
            value.as_deref().map(words::name).filter(|value| !value.is_empty()).map(|value| format!("{label}：{value}"))
        };
        let contact = [("联系人", &office.contact), ("电话", &office.phone), ("邮箱", &office.email)];
        let contact: Vec<_> = contact.iter().filter_map(|(label, value)| named(label, value)).collect();
        Self {
            trial: going.trial,
            copy: going.copy,
            page,
            office: words::name(&office.name),
            addressee: words::name(&letter.addressee),
            day: words::date(going.on),
            contact: (!contact.is_empty()).then(|| contact.join("，")),
            copies: letter.copies.iter().map(|copy| words::name(copy)).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct TextLetter<'a> {
    view: &'a View<'a>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct HtmlLetter<'a> {
    view: &'a View<'a>,
}
