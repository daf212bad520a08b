//! A letter as a person reads it before it goes, or after: by the same rendering by which it goes.

use chrono::{DateTime, Utc};

use crate::clock::day;
use crate::config::{Mail, MailMode};
use crate::domain::calendar::Due;
use crate::domain::letter::{Going, Letter};
use crate::mail::{RenderError, Rendered, render};

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
    let link = public_url.map(|base| format!("{}{NO_LINK}", base.trim_end_matches('/')));
    let trial = mail.mode == MailMode::ToOurselves;
    render(letter, &Going { on: day(now), due, link, trial, copy: false })
}
