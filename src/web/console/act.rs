//! An act on one thing: a form where something is to be said, then what would be done and sent, then the deed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;

use super::frame::Frame;
use super::framing;
use super::trouble::Trouble;
use crate::config::{Mail, MailMode};
use crate::domain::hidden::without;
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Characters of what an officer writes at most.
pub(super) const LONGEST: usize = 5_000;

/// What is wrong with one field; `""`: with none of them.
#[derive(Debug)]
pub(super) struct Problem {
    pub field: &'static str,
    pub message: String,
}

/// What is asked for.
pub(super) struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: String,
    pub kind: Kind,
    /// What was given so far.
    pub value: String,
}

pub(super) enum Kind {
    Line,
    Text,
    Day,
    /// A day and an hour, Beijing time.
    Moment,
    /// One of these.
    One(Vec<Choice>),
    /// Any of these.
    Many(Vec<Choice>),
}

pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl Field {
    pub fn text(name: &'static str, label: &'static str, hint: impl Into<String>, value: &str) -> Self {
        Self { name, label, hint: hint.into(), kind: Kind::Text, value: value.to_owned() }
    }

    pub fn line(name: &'static str, label: &'static str, hint: impl Into<String>, value: &str) -> Self {
        Self { name, label, hint: hint.into(), kind: Kind::Line, value: value.to_owned() }
    }

    pub fn day(name: &'static str, label: &'static str, hint: impl Into<String>, value: &str) -> Self {
        Self { name, label, hint: hint.into(), kind: Kind::Day, value: value.to_owned() }
    }

    pub fn moment(name: &'static str, label: &'static str, hint: impl Into<String>, value: &str) -> Self {
        Self { name, label, hint: hint.into(), kind: Kind::Moment, value: value.to_owned() }
    }

    pub fn one(
        name: &'static str,
        label: &'static str,
        given: &str,
        all: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let choice = |(value, label): (String, String)| Choice { is_chosen: value == given, value, label };
        let kind = Kind::One(all.into_iter().map(choice).collect());
        Self { name, label, hint: String::new(), kind, value: given.to_owned() }
    }

    pub fn many(
        name: &'static str,
        label: &'static str,
        given: &[String],
        all: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let choice = |(value, label): (String, String)| Choice { is_chosen: given.contains(&value), value, label };
        let kind = Kind::Many(all.into_iter().map(choice).collect());
        Self { name, label, hint: String::new(), kind, value: String::new() }
    }

    /// What was given, as a person reads it.
    pub fn chosen(&self) -> String {
        match &self.kind {
            Kind::Line | Kind::Text | Kind::Day | Kind::Moment => self.value.trim().to_owned(),
            Kind::One(all) | Kind::Many(all) => {
                let chosen = all.iter().filter(|choice| choice.is_chosen).map(|choice| choice.label.as_str());
                chosen.collect::<Vec<_>>().join("、")
            }
        }
    }

    /// The hidden fields that send the same again.
    pub fn sent(&self) -> Vec<(&'static str, String)> {
        match &self.kind {
            Kind::Many(all) => {
                all.iter().filter(|choice| choice.is_chosen).map(|choice| (self.name, choice.value.clone())).collect()
            }
            _ => vec![(self.name, self.value.clone())],
        }
    }

    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// A letter as it would go.
pub(super) struct LetterCard {
    pub kind: String,
    pub subject: String,
    pub to: Vec<String>,
    pub copies: Vec<String>,
    pub hooks: Vec<String>,
    pub text: String,
    pub html: String,
    /// What is sent to see it as it will look, in the frame that is named by it.
    pub look: String,
    /// Where it is by itself, if it is on file: its frame takes it from there.
    pub at: Option<String>,
    pub attachments: Vec<String>,
    /// Of an instruction: what is signed.
    pub payload: Option<String>,
    /// What only the moment of going fills in.
    pub notes: Vec<String>,
}

/// The second page: what would be done.
pub(super) struct Confirm {
    /// What was said on the first page, to be read once more.
    pub said: Vec<(&'static str, String)>,
    /// The same, to be sent again.
    pub hidden: Vec<(&'static str, String)>,
    pub letters: Vec<LetterCard>,
    /// The version that was read.
    pub version: i64,
    /// Whether there is a first page to go back to.
    pub has_form: bool,
}

/// Both pages of an act.
#[derive(Template)]
#[template(path = "console/act.html")]
pub(super) struct ActPage {
    pub frame: Frame,
    /// What it is on.
    pub eyebrow: String,
    pub title: String,
    /// Whom it touches, and what follows.
    pub lines: Vec<String>,
    pub back: String,
    pub problems: Vec<Problem>,
    pub fields: Vec<Field>,
    pub confirm: Option<Confirm>,
    pub button: String,
}

impl ActPage {
    /// The first page of an act, of which nothing is asked and nothing said yet.
    pub fn first(frame: Frame, eyebrow: String, title: &str, back: String) -> Self {
        let button = frame.t.say("下一步：核对", "Next: check").to_owned();
        let (lines, problems, fields) = (Vec::new(), Vec::new(), Vec::new());
        Self { frame, eyebrow, title: title.to_owned(), lines, back, problems, fields, confirm: None, button }
    }

    /// The second page: what was said, to be read once more and sent again, and what would be done.
    pub fn confirmed(
        mut self,
        letters: Vec<LetterCard>,
        version: i64,
        has_form: bool,
        button: impl Into<String>,
    ) -> Self {
        self.confirm = Some(Confirm {
            said: repeated(&self.fields),
            hidden: self.fields.iter().flat_map(Field::sent).collect(),
            letters,
            version,
            has_form,
        });
        self.fields.clear();
        self.button = button.into();
        self
    }

    /// Of the second page: more that is to be read, and is not sent.
    pub fn reading(mut self, facts: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        if let Some(confirm) = &mut self.confirm {
            confirm.said.extend(facts);
        }
        self
    }

    pub fn answer(self) -> Response {
        let is_bad = !self.problems.is_empty();
        let page = html(if is_bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &self);
        let has_letters = self.confirm.is_some_and(|confirm| !confirm.letters.is_empty());
        if has_letters { framing::around(page) } else { page }
    }

    /// The page; where one of its letters is asked for, that alone.
    pub fn shown(self, stage: Stage) -> Result<Response, Trouble> {
        let Stage::Look(which) = stage else { return Ok(self.answer()) };
        let letter = self.confirm.and_then(|confirm| confirm.letters.into_iter().nth(which));
        letter.map(|letter| framing::inside(letter.html)).ok_or(Trouble::Missing)
    }

    /// The problem with a field, if there is one.
    fn problem(&self, field: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.field == field)
    }
}

/// How far somebody is who sends a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Wants to change what was said.
    Again,
    /// Has said it, and is shown what would follow.
    Said,
    /// Looks at one of the letters that would follow.
    Look(usize),
    /// Means it: with the version that was shown.
    Meant(i64),
}

impl Stage {
    pub fn of(confirm: &str, again: &str) -> Self {
        match confirm.parse() {
            _ if !again.is_empty() => Self::Again,
            Ok(version) => Self::Meant(version),
            Err(_) => Self::Said,
        }
    }

    /// Where letters follow, one of them may be asked for.
    pub fn or_look(self, look: &str) -> Self {
        look.parse().map_or(self, Self::Look)
    }
}

/// What was said on the first page, to be read once more.
fn repeated(fields: &[Field]) -> Vec<(&'static str, String)> {
    fields.iter().map(|field| (field.label, field.chosen())).filter(|(_, given)| !given.is_empty()).collect()
}

/// What somebody wrote, without blanks around it; it must be there, and not too long.
pub(super) fn said(t: Tongue, field: &'static str, written: &str) -> Result<String, Problem> {
    let kept = without(written);
    let problem = |message: String| Err(Problem { field, message });
    match kept.chars().count() {
        0 => problem(t.say("请填写此项", "Fill this in").to_owned()),
        count if count > LONGEST => problem(match t {
            Tongue::Chinese => format!("内容过长：至多 {LONGEST} 个字，现为 {count} 个"),
            Tongue::English => format!("Too long: {LONGEST} characters at most, there are {count}"),
        }),
        _ => Ok(kept),
    }
}

/// The day that somebody chose.
pub(super) fn day(t: Tongue, field: &'static str, written: &str) -> Result<NaiveDate, Problem> {
    let message = || t.say("请填写日期，例如 2026-12-04", "Give a day, such as 2026-12-04").to_owned();
    written.trim().parse().map_err(|_| Problem { field, message: message() })
}

/// What becomes of letters in this installation, where they do not simply go.
pub(super) fn mail_note(t: Tongue, mail: &Mail) -> Option<String> {
    let note = match mail.mode {
        MailMode::Live => return None,
        MailMode::DryRun => t.say(
            "本系统目前不发信：信件只进入待发队列，启用发信之前不会送达任何人。",
            "This installation sends no mail: letters wait in the outbox and reach nobody until mail is switched on.",
        ),
        MailMode::ToOurselves => t.say(
            "本系统处于试运行：信件只发到试运行邮箱，不会送达单位，不起算期限。",
            "This is a trial: letters go to our own mailbox alone, reach no unit and begin no limit.",
        ),
    };
    Some(note.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_meant_only_with_the_version_that_was_shown() {
        assert_eq!((Stage::of("", ""), Stage::of("x", "")), (Stage::Said, Stage::Said));
        assert_eq!((Stage::of("7", ""), Stage::of("7", "1")), (Stage::Meant(7), Stage::Again));
        assert_eq!((Stage::of("", "").or_look("0"), Stage::of("", "").or_look("")), (Stage::Look(0), Stage::Said));
    }

    #[test]
    fn what_is_said_is_there_and_plain() {
        let zh = Tongue::Chinese;
        assert_eq!(said(zh, "why", " 有误\r\n\u{7}。 ").unwrap(), "有误\n。");
        assert_eq!(said(zh, "why", "  ").unwrap_err().field, "why");
        assert!(said(zh, "why", &"长".repeat(LONGEST + 1)).unwrap_err().message.contains("5001"));
        assert!(day(zh, "on", "2026-12-04").is_ok() && day(zh, "on", "明天").is_err());
    }
}
