//! A letter as a person reads it before it goes, or after: by the same rendering by which it goes.

use chrono::{DateTime, Utc};

use crate::clock::day;
use crate::config::{Config, Mail, MailMode};
use crate::domain::calendar::Due;
use crate::domain::letter::{Going, Letter};
use crate::flow::outbox::OnFile;
use crate::mail::{RenderError, Rendered, render};
use crate::store::outbox::Part;

/// Stands where the unit's own link will stand: who has that one acts for the unit.
const NO_LINK: &str = "/n/********";

/// What a letter would say to the unit if it went now.
pub fn as_it_would_go(
    letter: &Letter,
    due: Option<Due>,
    mail: &Mail,
    public_url: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Rendered, RenderError> {
    let trial = mail.mode == MailMode::ToOurselves;
    render(letter, &Going { on: day(now), due, link: hidden(public_url), trial, copy: false })
}

/// What a letter of the outbox says: on the day it went, or today.
pub fn on_file(found: &OnFile, config: &Config) -> Result<Rendered, RenderError> {
    let has_link = found.part == Part::Unit && found.is_of_notice;
    let going = Going {
        on: day(found.on),
        due: found.due.clone(),
        link: hidden(config.web.public_url.as_deref().filter(|_| has_link)),
        trial: config.mail.mode == MailMode::ToOurselves,
        copy: found.part == Part::Copy,
    };
    render(&found.letter, &going)
}

fn hidden(public_url: Option<&str>) -> Option<String> {
    public_url.map(|base| format!("{}{NO_LINK}", base.trim_end_matches('/')))
}
