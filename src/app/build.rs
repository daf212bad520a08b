//! From settings to the parts that use them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use url::Url;

use super::StartError;
use crate::clock::Clock;
use crate::config::{Config, MailMode, RhythmText};
use crate::domain::address::AddressPolicy;
use crate::domain::crawl::RobotsMode;
use crate::domain::host::Host;
use crate::domain::schedule::Rhythm;
use crate::domain::seen::{Bounds, Harmless};
use crate::domain::verdict::FindingCode;
use crate::flow::certificates::Shelf;
use crate::flow::check_site::{Book, Checker, Manners, NameLookup, PairBook, StoreBook};
use crate::flow::deliver::Postman;
use crate::flow::notices::Desk;
use crate::flow::seen::Seen;
use crate::flow::watch::{Instrument, OfficeTerms, Terms, Watch};
use crate::mail::Transport;
use crate::mail::webhook::Gateways;
use crate::probe::dns::{self, Resolver};
use crate::probe::http::{Fetcher, Politeness, Settings};
use crate::shared::Shared;

/// Requests at once to one site, and to one address.
const AT_ONCE: usize = 4;

fn setting(key: &str) -> impl Fn(&dyn std::fmt::Display) -> StartError {
    move |error| StartError::Setting(format!("{key}: {error}"))
}

/// The watch. It needs canaries: without them nobody could tell our own outage from everybody's fault.
pub fn watch(app: &Shared) -> Result<Watch, StartError> {
    let (names, pages) = (&app.config.dns.canaries, &app.config.http.canaries);
    if names.is_empty() || pages.is_empty() {
        let key = if names.is_empty() { "dns.canaries" } else { "http.canaries" };
        return Err(StartError::Setting(format!(
            "{key} is empty: name at least one of your own that always answers, or our own outage could not be told \
             from the fault of a site"
        )));
    }
    let names = names.iter().filter_map(|name| Host::parse(name)).collect();
    let pages = pages.iter().filter_map(|page| Url::parse(page).ok()).collect();
    Ok(Watch {
        db: app.db.clone(),
        clock: app.clock.clone(),
        checker: checker(app)?,
        instrument: Instrument::new(names, pages, app.clock.clone()),
        terms: terms(&app.config)?,
        heard: app.metrics.listener(),
    })
}

/// What looks at sites.
pub fn checker(app: &Shared) -> Result<Checker, StartError> {
    let config = &app.config;
    let resolver = match config.dns.resolvers.as_slice() {
        [] => Resolver::system(dns::Limits::default()),
        servers => Resolver::new(servers, dns::Limits::default()),
    };
    let resolver = resolver.map_err(|error| setting("dns.resolvers")(&error))?.heard_by(app.metrics.dns_listener());
    let delay = Duration::from_millis(u64::from(config.watch.delay_ms));
    let politeness = Politeness::new(AT_ONCE, AT_ONCE, delay);
    let lookup = Arc::new(NameLookup(resolver.clone()));
    let fetcher = Fetcher::new(fetch_settings(config)?, lookup, Some(Arc::new(politeness)));
    Ok(Checker {
        canary_failed: false,
        resolver,
        fetcher: fetcher.map_err(|error| setting("http")(&error))?.heard_by(app.metrics.http_listener()),
        hosts: config.badge_hosts(),
        book: Book::Store(StoreBook { db: app.db.clone(), complete: config.registry.complete.clone().into() }),
        calendar: app.calendar.clone(),
        clock: app.clock.clone(),
        manners: manners(config),
        pairs: PairBook::default(),
    })
}

fn manners(config: &Config) -> Manners {
    Manners {
        max_pages: u64::from(config.watch.max_pages),
        site_time: Duration::from_secs(u64::from(config.watch.site_seconds)),
        robots: RobotsMode::from_name(&config.watch.robots).unwrap_or(RobotsMode::Respect),
        ..Manners::default()
    }
}

fn fetch_settings(config: &Config) -> Result<Settings, StartError> {
    let read = |file: &Path| std::fs::read(file).map_err(|error| setting("http.ca_file")(&error));
    Ok(Settings {
        policy: AddressPolicy { allowed: config.http.allow_net.clone(), ports: Vec::new() },
        http_port: config.http.http_port,
        https_port: config.http.https_port,
        ca_pem: config.http.ca_file.as_deref().map(read).transpose()?,
        about_url: config.watch.about_url.clone(),
        ..Settings::default()
    })
}

/// On what terms notices are written.
pub fn desk(config: &Config) -> Desk {
    let hooks = config.mail.webhooks.iter();
    Desk {
        offices: config.offices.clone(),
        vantage: config.watch.vantage.clone(),
        webhooks: hooks.map(|(name, hook)| (name.clone(), hook.region.clone())).collect(),
    }
}

/// What counts where badges are seen. Our own badge hosts tell nothing.
pub(super) fn seen(config: &Config, shelf: &Shelf, clock: &Clock) -> Seen {
    let (verify, badge) = (&config.verify, &config.badge);
    let bounds = Bounds { a_badge: verify.hosts_a_badge as usize, all: verify.hosts as usize };
    let ours = badge.script_hosts.iter().chain(&badge.certificate_hosts);
    let harmless = Harmless::of(verify.harmless.iter().chain(ours).map(String::as_str));
    Seen::new(bounds, harmless, shelf.clone(), clock.clone())
}

/// What empties the outbox. In a dry run it has no way out.
pub fn postman(app: &Shared) -> Result<Postman, StartError> {
    let mail = app.config.mail.clone();
    let transport = match mail.mode {
        MailMode::DryRun => None,
        MailMode::ToOurselves | MailMode::Live => Some(Transport::of(&mail).map_err(|error| setting("mail")(&error))?),
    };
    Ok(Postman {
        db: app.db.clone(),
        clock: app.clock.clone(),
        transport,
        gateways: Gateways::of(mail.webhooks.clone()).map_err(|error| setting("mail.webhooks")(&error))?,
        desk: app.desk.clone(),
        links: app.links.clone(),
        public_url: app.config.web.public_url.clone(),
        heard: app.metrics.sending_listener(),
        mail,
    })
}

/// How the watch goes about it.
pub fn terms(config: &Config) -> Result<Terms, StartError> {
    let watch = &config.watch;
    let rhythm = |text: &RhythmText| text.parse().map_err(|error| setting("watch")(&error));
    let own = |text: &Option<RhythmText>| text.as_ref().map(&rhythm).transpose();
    let mut offices = Vec::new();
    for (region, office) in &watch.offices {
        let (home, pages): (Option<Rhythm>, Option<Rhythm>) = (own(&office.home)?, own(&office.pages)?);
        offices.push(OfficeTerms { region: region.clone(), home, pages });
    }
    // A county goes before its city, a city before its province.
    offices.sort_by_key(|office| std::cmp::Reverse(office.region.trim_end_matches('0').len()));
    let codes = config.confirm.codes.iter();
    Ok(Terms {
        vantage: watch.vantage.clone(),
        lease: TimeDelta::seconds(i64::from(watch.lease_seconds)),
        suspects: watch.suspects as usize,
        home: rhythm(&watch.home)?,
        pages: rhythm(&watch.pages)?,
        offices,
        hanging: config.offices.clone(),
        rule: config.confirm.rule,
        rules: codes.filter_map(|(code, rule)| Some((FindingCode::from_name(code)?, *rule))).collect(),
        mass: config.mass,
    })
}
