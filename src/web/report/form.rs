//! The fields of the form: how they are read, what may be wrong with them, and how that is said.

use askama::Template;

use crate::domain::lead::{FieldRefusal, LONGEST_TEXT, ReportField, Reported, Written};
use crate::web::tongue::Tongue;
use crate::web::verify::style::LINK;

/// What is wrong with one field; `""`: with none of them.
pub(super) struct Problem {
    pub field: &'static str,
    pub message: String,
}

impl Problem {
    pub fn of(field: &'static str, message: String) -> Self {
        Self { field, message }
    }
}

/// The form as it was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub host: String,
    pub badge: String,
    pub text: String,
    pub contact: String,
    /// A field that no person sees.
    pub website: String,
}

impl Sent {
    /// Reads `application/x-www-form-urlencoded`; of a field that stands twice the last counts.
    pub fn read(body: &[u8]) -> Self {
        let mut sent = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let field = match &*name {
                "host" => &mut sent.host,
                "badge" => &mut sent.badge,
                "text" => &mut sent.text,
                "contact" => &mut sent.contact,
                "website" => &mut sent.website,
                _ => continue,
            };
            *field = value.into_owned();
        }
        sent
    }

    /// What can be taken, or all that stands against it.
    pub fn check(&self, t: Tongue) -> Result<Reported, Vec<Problem>> {
        if !self.website.is_empty() {
            let line = t.say("“网站”一栏请留空", "Leave the field “website” empty");
            return Err(vec![Problem::of("website", line.to_owned())]);
        }
        let Self { host, badge, text, contact, .. } = self;
        let written =
            Written { host: host.clone(), badge: badge.clone(), text: text.clone(), contact: contact.clone() };
        let said = |(field, refusal)| Problem::of(id(field), words(t, field, refusal));
        written.read().map_err(|wrong| wrong.into_iter().map(said).collect())
    }
}

#[derive(Template)]
#[template(path = "report/form.html")]
pub(super) struct Form<'a> {
    t: Tongue,
    sheet: &'static str,
    sent: &'a Sent,
    problems: Vec<Problem>,
    longest: usize,
}

impl<'a> Form<'a> {
    pub fn of(t: Tongue, sent: &'a Sent, problems: Vec<Problem>) -> Self {
        Self { t, sheet: &LINK, sent, problems, longest: LONGEST_TEXT }
    }

    /// What is wrong with a field, if something is.
    fn with(&self, field: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.field == field)
    }
}

/// Ours, and nothing is lost: the form is still filled in.
pub(super) fn not_taken(t: Tongue) -> &'static str {
    t.say(
        "系统暂时无法受理，刚才的内容没有提交。填写的内容仍在下面，请过几分钟再次提交",
        "We cannot take it just now, and nothing was submitted. What you wrote is still below: submit it again in a few minutes",
    )
}

const fn id(field: ReportField) -> &'static str {
    match field {
        ReportField::Host => "host",
        ReportField::Badge => "badge",
        ReportField::Text => "text",
        ReportField::Contact => "contact",
    }
}

fn words(t: Tongue, field: ReportField, refusal: FieldRefusal) -> String {
    let own = |zh: &str, en: &str| t.say(zh, en).to_owned();
    let name = match field {
        ReportField::Host => t.say("网址", "The address"),
        ReportField::Badge => t.say("标识编号", "The badge's number"),
        ReportField::Text => t.say("说明", "What is odd"),
        ReportField::Contact => t.say("邮箱", "The mail address"),
    };
    match (field, refusal) {
        (ReportField::Host, FieldRefusal::Missing) => {
            own("请填写您看到标识的网址", "Write the address where you saw the badge")
        }
        (_, FieldRefusal::Missing) => own("请写明哪里可疑", "Say what is odd"),
        (ReportField::Contact, FieldRefusal::NoAddress) => {
            own("邮箱格式不正确，可以留空", "This is no mail address; you may leave it empty")
        }
        (_, FieldRefusal::NoAddress) => own(
            "网址不正确：请从浏览器地址栏复制，例如 www.example.com",
            "This is no address of the web: copy it from the browser, such as www.example.com",
        ),
        (_, FieldRefusal::TooLong(most)) => match t {
            Tongue::Chinese => format!("{name}过长：至多 {most} 个字符"),
            Tongue::English => format!("{name} is too long: {most} characters at most"),
        },
        (_, FieldRefusal::Broken) => match t {
            Tongue::Chinese => format!("{name}中有无法识别的字符，请重新填写"),
            Tongue::English => format!("{name} holds characters that cannot be read: write it again"),
        },
    }
}
