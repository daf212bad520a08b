//! Values that are well formed and still impossible, each with what to do.

use std::fmt;

use chrono::TimeDelta;

use super::{Config, RhythmText};
use crate::domain::address::is_web;
use crate::domain::crawl::RobotsMode;
use crate::domain::host::Host;
use crate::domain::schedule::{Rhythm, RhythmError};
use crate::domain::verdict::FindingCode;

/// A key, what is wrong with its value, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub key: String,
    pub problem: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl RhythmText {
    /// The rhythm that is written there.
    pub fn parse(&self) -> Result<Rhythm, RhythmError> {
        Rhythm::parse(&self.cron, TimeDelta::minutes(i64::from(self.spread_minutes)))
    }
}

#[derive(Default)]
pub(super) struct Complaints(Vec<Complaint>);

impl Complaints {
    pub(super) fn unless(&mut self, is_fine: bool, key: &str, problem: impl Into<String>) {
        if !is_fine {
            self.0.push(Complaint { key: key.to_owned(), problem: problem.into() });
        }
    }

    fn rhythm(&mut self, key: &str, rhythm: Option<&RhythmText>) {
        if let Some(Err(error)) = rhythm.map(RhythmText::parse) {
            self.unless(false, &format!("{key}.cron"), error.to_string());
        }
    }

    pub(super) fn region(&mut self, key: &str, code: &str) {
        let is_code = code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit());
        self.unless(is_code, key, format!("{code:?} is no region: write six digits of GB/T 2260, such as 140200"));
    }
}

impl Config {
    /// Everything that is impossible.
    pub fn complaints(&self) -> Vec<Complaint> {
        let mut all = Complaints::default();
        self.check_database(&mut all);
        self.check_watch(&mut all);
        self.check_network(&mut all);
        self.check_rules(&mut all);
        self.check_offices(&mut all);
        self.check_mail(&mut all);
        self.check_authorities(&mut all);
        self.check_verify(&mut all);
        all.0
    }

    fn check_database(&self, all: &mut Complaints) {
        let url = self.database.url.reveal();
        let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
        all.unless(known, "database.url", "write sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME");
        all.unless(self.database.connections > 0, "database.connections", "at least 1 is needed");
        let share = self.registry.max_shrink;
        all.unless((0.0..=1.0).contains(&share), "registry.max_shrink", "a share from 0 to 1, such as 0.02");
        self.registry.complete.iter().for_each(|code| all.region("registry.complete", code));
    }

    fn check_watch(&self, all: &mut Complaints) {
        let watch = &self.watch;
        all.unless(!watch.vantage.trim().is_empty(), "watch.vantage", "give the place a name, such as \"taiyuan-1\"");
        all.rhythm("watch.home", Some(&watch.home));
        all.rhythm("watch.pages", Some(&watch.pages));
        for (code, office) in &watch.offices {
            all.region("watch.offices", code);
            all.rhythm(&format!("watch.offices.{code}.home"), office.home.as_ref());
            all.rhythm(&format!("watch.offices.{code}.pages"), office.pages.as_ref());
        }
        all.unless(watch.at_once > 0, "watch.at_once", "at least 1 is needed");
        all.unless(watch.max_pages > 0, "watch.max_pages", "at least 1 is needed");
        all.unless(watch.site_seconds > 0, "watch.site_seconds", "at least 1 is needed");
        let longer = watch.lease_seconds > watch.site_seconds;
        all.unless(
            longer,
            "watch.lease_seconds",
            "must be longer than watch.site_seconds, or two workers look at a site",
        );
        let robots = RobotsMode::from_name(&watch.robots).is_some();
        all.unless(robots, "watch.robots", "write respect or record");
    }

    fn check_network(&self, all: &mut Complaints) {
        let most = crate::probe::dns::MAX_SERVERS;
        all.unless(self.dns.resolvers.len() <= most, "dns.resolvers", format!("at most {most} can be asked"));
        for name in &self.dns.canaries {
            all.unless(Host::parse(name).is_some(), "dns.canaries", format!("{name:?} is no host name"));
        }
        for page in &self.http.canaries {
            let is_page = url::Url::parse(page).is_ok_and(|url| is_web(&url));
            all.unless(is_page, "http.canaries", format!("{page:?} is no http address"));
        }
        all.unless(self.web.api_per_minute > 0, "web.api_per_minute", "at least 1 is needed");
        let failures = self.web.api_failures_per_minute;
        all.unless(failures > 0, "web.api_failures_per_minute", "at least 1 is needed");
        for (key, hosts) in [
            ("badge.script_hosts", &self.badge.script_hosts),
            ("badge.certificate_hosts", &self.badge.certificate_hosts),
        ] {
            all.unless(!hosts.is_empty(), key, "at least one host is needed, or every badge counts as a wrong link");
            for host in hosts {
                all.unless(Host::parse(host).is_some(), key, format!("{host:?} is no host name"));
            }
        }
    }

    fn check_verify(&self, all: &mut Complaints) {
        let verify = &self.verify;
        let folder = !verify.folder.as_os_str().is_empty();
        all.unless(folder, "verify.folder", "a folder is needed, for the snapshot of all certificates");
        let bound = (10..=3_600).contains(&verify.bound_seconds);
        all.unless(bound, "verify.bound_seconds", "from 10 seconds to an hour, such as 60");
        let hours = (1..=720).contains(&verify.signature_hours);
        all.unless(hours, "verify.signature_hours", "from 1 to 720 hours, such as 24");
        let badges = (1..=1_000_000).contains(&verify.badges_per_second);
        all.unless(badges, "verify.badges_per_second", "from 1 to 1000000, such as 1000");
        for name in &verify.harmless {
            let is_name = Host::parse(&format!("x.{name}")).is_some();
            all.unless(is_name, "verify.harmless", format!("{name:?} is no host name"));
        }
        for (key, value) in [
            ("verify.per_minute", verify.per_minute),
            ("verify.hosts_a_badge", verify.hosts_a_badge),
            ("verify.hosts", verify.hosts),
            ("verify.lead_requests", verify.lead_requests),
            ("verify.lead_days", verify.lead_days),
        ] {
            all.unless(value > 0, key, "at least 1 is needed");
        }
    }

    fn check_authorities(&self, all: &mut Complaints) {
        let authorities = &self.authorities;
        for (key, mail) in [("authorities.registry", &authorities.registry), ("authorities.cnnic", &authorities.cnnic)]
        {
            let is_address =
                |mail: &String| mail.split_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty());
            all.unless(mail.as_ref().is_none_or(is_address), key, "write a mail address, or leave it out");
        }
    }

    fn check_rules(&self, all: &mut Complaints) {
        let named = |code: &String| format!("confirm.codes.{code}");
        let rules = self.confirm.codes.iter().map(|(code, rule)| (named(code), rule));
        for (key, rule) in std::iter::once(("confirm.rule".to_owned(), &self.confirm.rule)).chain(rules) {
            all.unless(rule.looks > 0 && rule.clean > 0, &key, "looks and clean are at least 1");
        }
        for code in self.confirm.codes.keys() {
            let known = FindingCode::from_name(code).is_some();
            all.unless(known, &named(code), "no such finding: see the table in README");
        }
        let share = self.mass.share;
        all.unless(share > 0.0 && share <= 1.0, "mass.share", "a share above 0 and up to 1, such as 0.3");
        all.unless(self.mass.least > 0, "mass.least", "at least 1 is needed");
        all.unless(self.mass.hours > 0, "mass.hours", "at least 1 is needed");
        all.unless(self.retention.looks_days > 0, "retention.looks_days", "at least 1 is needed");
        all.unless(self.retention.suspicion_days > 0, "retention.suspicion_days", "at least 1 is needed");
        let figures = self.retention.figures_days >= 366;
        all.unless(figures, "retention.figures_days", "at least 366: the overview shows a year");
        // What was seen makes a lead over several days.
        let seen = self.retention.seen_days >= self.verify.lead_days.max(7);
        all.unless(seen, "retention.seen_days", "at least 7, and no less than verify.lead_days");
    }
}
