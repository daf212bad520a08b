//! What a citizen writes who reports a badge, and what of it is taken.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::address::copied;
use crate::domain::hidden::without;
use crate::domain::host::Host;
use crate::domain::seen::public_address;

/// Characters of the address that is reported.
pub const LONGEST_HOST: usize = 2_000;
/// Characters of a badge's number.
pub const LONGEST_BADGE: usize = 64;
/// Characters of what is odd.
pub const LONGEST_TEXT: usize = 1_000;
/// Characters of a mail address (RFC 5321).
pub const LONGEST_CONTACT: usize = 254;
/// Reports of one lead whose words are kept; more are counted.
pub const REPORTS_KEPT: usize = 50;

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What the reporter was given as a reference.
    pub number: String,
    pub at: DateTime<Utc>,
    /// The number on the badge, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    pub text: String,
    /// For officers alone, and only for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// The fields of the form, as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub host: String,
    pub badge: String,
    pub text: String,
    pub contact: String,
}

/// A report that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// A-labels, or a public address in numbers. No path: it may name people.
    pub host: String,
    pub badge: Option<String>,
    pub text: String,
    pub contact: Option<String>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportField {
    Host,
    Badge,
    Text,
    Contact,
}

/// Why a field is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldRefusal {
    Missing,
    /// With the most characters it may have.
    TooLong(usize),
    /// Characters that no text has.
    Broken,
    /// No address of the web that others can reach; no mail address.
    NoAddress,
}

impl Written {
    /// What can be taken, or everything that stands against it.
    pub fn read(&self) -> Result<Reported, Vec<(ReportField, FieldRefusal)>> {
        let mut wrong = Vec::new();
        let mut field = |field, read: Result<String, FieldRefusal>| {
            read.map_err(|refusal| wrong.push((field, refusal))).unwrap_or_default()
        };
        let required = |text: Option<String>| text.ok_or(FieldRefusal::Missing);
        let host = plain(&self.host, LONGEST_HOST).and_then(required);
        let host = field(ReportField::Host, host.and_then(|text| place(&text).ok_or(FieldRefusal::NoAddress)));
        let badge = field(ReportField::Badge, plain(&self.badge, LONGEST_BADGE).map(Option::unwrap_or_default));
        let text = field(ReportField::Text, plain(&self.text, LONGEST_TEXT).and_then(required));
        let contact = plain(&self.contact, LONGEST_CONTACT).map(Option::unwrap_or_default);
        let contact = field(ReportField::Contact, contact.and_then(mail));
        let given = |text: String| (!text.is_empty()).then_some(text);
        match wrong.is_empty() {
            true => Ok(Reported { host, badge: given(badge), text, contact: given(contact) }),
            false => Err(wrong),
        }
    }
}

/// A text without blanks around it and with one kind of line ends; `None`: there is none.
fn plain(written: &str, most: usize) -> Result<Option<String>, FieldRefusal> {
    if written.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(FieldRefusal::Broken);
    }
    let text = without(written);
    match text.chars().count() {
        0 => Ok(None),
        count if count > most => Err(FieldRefusal::TooLong(most)),
        _ => Ok(Some(text)),
    }
}

/// The host of what people copy from the address bar.
fn place(text: &str) -> Option<String> {
    let url = copied(text)?;
    Host::of(&url).map(|host| host.ascii().to_owned()).or_else(|| public_address(url.host_str()?))
}

/// Looks it like a mail address, and like one alone?
fn mail(text: String) -> Result<String, FieldRefusal> {
    let is_plain = !text.contains([' ', '\n', '\t', ',', ';', '<', '>', '"']);
    let is_address = |text: &str| {
        let (who, at) = text.rsplit_once('@')?;
        (!who.is_empty() && !who.contains('@') && Host::parse(at).is_some()).then_some(())
    };
    (text.is_empty() || is_plain && is_address(&text).is_some()).then_some(text).ok_or(FieldRefusal::NoAddress)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(host: &str) -> Written {
        Written { host: host.into(), text: "页面与某局网站一模一样".into(), ..Written::default() }
    }

    #[test]
    fn of_an_address_the_host_is_kept() {
        for (said, host) in [
            ("copy.example", Some("copy.example")),
            (" https://WWW.Copy.example:8443/gov/?id=张三#x ", Some("www.copy.example")),
            ("云溪.政务", Some("xn--9kq759e.xn--zfr164b")),
            ("http://8.8.8.8/x", Some("8.8.8.8")),
            ("http://10.0.0.1/", None),
            ("localhost", None),
            ("javascript:alert(1)", None),
            ("ftp://copy.example", None),
            ("一个网站", None),
        ] {
            assert_eq!(written(said).read().ok().map(|read| read.host).as_deref(), host, "{said}");
        }
    }

    #[test]
    fn everything_that_stands_against_it_is_said_at_once() {
        let all = Written {
            host: " ".into(),
            badge: "C".repeat(65),
            text: "a\0b".into(),
            contact: "somebody, else@x.example".into(),
        };
        assert_eq!(
            all.read().unwrap_err(),
            [
                (ReportField::Host, FieldRefusal::Missing),
                (ReportField::Badge, FieldRefusal::TooLong(64)),
                (ReportField::Text, FieldRefusal::Broken),
                (ReportField::Contact, FieldRefusal::NoAddress),
            ]
        );
        let good = Written { contact: "zhang@mail.example".into(), ..written("copy.example") };
        assert_eq!(good.read().unwrap().contact.as_deref(), Some("zhang@mail.example"));
        let long = Written { text: "长".repeat(1_001), ..written("copy.example") };
        assert_eq!(long.read().unwrap_err(), [(ReportField::Text, FieldRefusal::TooLong(1_000))]);
    }

    proptest! {
        #[test]
        fn whatever_is_written_what_is_taken_is_bounded_and_plain(
            host in any::<String>(), badge in any::<String>(), text in any::<String>(), contact in any::<String>(),
        ) {
            if let Ok(read) = (Written { host, badge, text, contact }).read() {
                prop_assert!(Host::parse(&read.host).is_some() || public_address(&read.host).is_some());
                prop_assert!(read.text.chars().count() <= LONGEST_TEXT && !read.text.contains('\0'));
            }
        }
    }
}
