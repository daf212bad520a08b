//! What is impossible in the settings of offices and of their letters.

use url::Url;

use super::validate::Complaints;
use super::{Config, MailMode, MailSecurity};
use crate::domain::address::is_web;
use crate::domain::office::{Office, TermsSince};
use crate::mail::address;

/// The longest limit an office may set, in working days: a year. More is a slip of the finger.
const LONGEST_RECTIFICATION: u32 = 250;
/// The longest time an office may leave for the hanging of a badge, in working days.
const LONGEST_HANGING: u32 = 60;
/// Months between two reports, and calendar days of the other terms, at most: ten years.
const MOST_MONTHS: u32 = 120;
const MOST_DAYS: u32 = 3_650;

impl Config {
    pub(super) fn check_offices(&self, all: &mut Complaints) {
        for (code, office) in &self.offices.0 {
            all.region("offices", code);
            check_office(all, &format!("offices.{code}"), office);
        }
    }

    pub(super) fn check_mail(&self, all: &mut Complaints) {
        let mail = &self.mail;
        let goes = mail.mode != MailMode::DryRun;
        all.unless(
            !goes || mail.from.is_some(),
            "mail.from",
            "name the sender, such as \"某办 <badge@yunxi.example>\"",
        );
        let way = mail.smtp_host.is_some() || mail.directory.is_some();
        all.unless(!goes || way, "mail.smtp_host", "name a mail server, or a mail.directory to write letters to");
        let to_us = mail.mode != MailMode::ToOurselves || mail.ourselves.is_some();
        all.unless(to_us, "mail.ourselves", "name the address that trial letters go to");
        all.address("mail.from", mail.from.as_deref());
        all.address("mail.ourselves", mail.ourselves.as_deref());
        let domain = mail.message_domain.as_deref();
        let is_domain = domain.is_none_or(|domain| address::parse(&format!("id@{domain}")).is_ok());
        all.unless(is_domain, "mail.message_domain", "write a domain, such as badge.yunxi.example");
        self.check_server(all);
        self.check_hours(all);
        self.check_links(all);
    }

    fn check_server(&self, all: &mut Complaints) {
        let mail = &self.mail;
        all.unless(mail.smtp_port > 0, "mail.smtp_port", "a port from 1 to 65535, such as 587");
        let whole = mail.username.is_some() == mail.password.is_some();
        all.unless(whole, "mail.password", "mail.username and mail.password go together");
        // A password in the clear is anybody's.
        let host = mail.smtp_host.as_deref().unwrap_or("localhost");
        let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        let is_private = mail.security != MailSecurity::None || mail.username.is_none() || here;
        all.unless(
            is_private,
            "mail.security",
            "a password goes in the clear to this machine only: set starttls or tls",
        );
    }

    fn check_hours(&self, all: &mut Complaints) {
        let mail = &self.mail;
        let (from, until) = (mail.from_hour, mail.until_hour);
        all.unless(until <= 24, "mail.until_hour", "an hour from 1 to 24");
        all.unless(from < until, "mail.from_hour", "an hour before mail.until_hour, from 0 to 23");
        all.unless(mail.at_once > 0, "mail.at_once", "at least 1 is needed");
        all.unless(mail.tries > 0, "mail.tries", "at least 1 is needed");
        all.unless(mail.link_days > 0, "mail.link_days", "at least 1 is needed");
    }

    fn check_links(&self, all: &mut Complaints) {
        let named = self.web.public_url.is_some() || self.mail.mode != MailMode::Live;
        all.unless(
            named,
            "web.public_url",
            "letters carry a link: say what stands before it, such as https://badge.yunxi.example",
        );
        let bare = |text: &String| {
            web(text).is_some_and(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none())
        };
        let is_bare = self.web.public_url.as_ref().is_none_or(bare);
        all.unless(
            is_bare,
            "web.public_url",
            "an http or https address without a path, such as https://badge.yunxi.example",
        );
        for (name, webhook) in &self.mail.webhooks {
            let key = format!("mail.webhooks.{name}");
            all.unless(web(&webhook.url).is_some(), &format!("{key}.url"), "an http or https address");
            all.unless(!webhook.secret.reveal().is_empty(), &format!("{key}.secret"), "messages are signed with it");
            all.region(&format!("{key}.region"), &webhook.region);
        }
    }
}

impl Complaints {
    fn address(&mut self, key: &str, text: Option<&str>) {
        if let Some(Err(error)) = text.map(address::parse) {
            self.unless(false, key, error.to_string());
        }
    }
}

/// An address of the web that names a host and no user.
fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_web = is_web(&url) && url.has_host();
    (is_web && url.username().is_empty() && url.password().is_none()).then_some(url)
}

fn check_office(all: &mut Complaints, key: &str, office: &Office) {
    let named = office.name.as_ref().is_none_or(|name| !name.trim().is_empty());
    all.unless(named, &format!("{key}.name"), "the name that signs the letters, or nothing at all");
    all.address(&format!("{key}.email"), office.email.as_deref());
    all.address(&format!("{key}.supervisor_email"), office.supervisor_email.as_deref());
    let whole = office.supervisor_email.is_none() || office.supervisor.is_some();
    all.unless(
        whole,
        &format!("{key}.supervisor"),
        "name whom supervisor_email belongs to: letters list who gets copies",
    );
    for (parent, email) in &office.parents {
        all.address(&format!("{key}.parents.{parent}"), Some(email));
    }
    for terms in &office.terms {
        check_terms(all, &format!("{key}.terms ({})", terms.since), terms);
    }
    let mut days: Vec<_> = office.terms.iter().map(|terms| terms.since).collect();
    days.sort();
    let once = days.windows(2).all(|pair| pair[0] != pair[1]);
    all.unless(once, &format!("{key}.terms"), "two terms hold since the same day: put them together");
}

fn check_terms(all: &mut Complaints, key: &str, terms: &TermsSince) {
    let within = |value: Option<u32>, least: u32, most: u32| value.is_none_or(|value| (least..=most).contains(&value));
    let days = format!("rectify_days is from 1 to {LONGEST_RECTIFICATION} working days");
    all.unless(within(terms.rectify_days, 1, LONGEST_RECTIFICATION), key, days);
    let hang = format!("hang_days is from 1 to {LONGEST_HANGING} working days");
    all.unless(within(terms.hang_days, 1, LONGEST_HANGING), key, hang);
    let months = format!("report_months is 0 (none is asked for) to {MOST_MONTHS}");
    all.unless(within(terms.report_months, 0, MOST_MONTHS), key, months);
    let closed = format!("closed_days is from 1 to {MOST_DAYS}");
    all.unless(within(terms.closed_days, 1, MOST_DAYS), key, closed);
    let stop = format!("confirm_stop_days is from 1 to {MOST_DAYS}");
    all.unless(within(terms.confirm_stop_days, 1, MOST_DAYS), key, stop);
}
