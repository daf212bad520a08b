//! `badgewatch doctor`: each line is well, or says what to do.

mod office;

use chrono::Datelike;

use super::print;
use super::settings::{Settings, runtime};
use crate::app;
use crate::clock::{Clock, beijing};
use crate::config::Config;
use crate::domain::calendar::Calendar;
use crate::domain::dns::DnsOutcome;
use crate::domain::host::Host;
use crate::flow::check_site::Checker;
use crate::probe::http::Request;
use crate::shared::Shared;
use crate::store::{Db, plan};

#[derive(clap::Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    settings: Settings,
}

/// What was found of one thing.
struct Line {
    what: String,
    /// `Err`: what to do.
    found: Result<String, String>,
}

impl Line {
    fn new(what: &str, found: Result<String, String>) -> Self {
        Self { what: what.to_owned(), found }
    }
}

impl Doctor {
    /// Exit code 0: all is well; 1: something is not.
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let config = match self.settings.read() {
            Ok(config) => config,
            Err(error) => return report(&[Line::new("configuration", Err(format!("{error:#}")))]),
        };
        report(&runtime()?.block_on(examine(config)))
    }
}

fn report(lines: &[Line]) -> anyhow::Result<u8> {
    let mut out = String::new();
    for line in lines {
        out += &match &line.found {
            Ok(found) => format!("ok    {:<14} {found}\n", line.what),
            Err(todo) => format!("FIX   {:<14} {todo}\n", line.what),
        };
    }
    print(&out)?;
    Ok(u8::from(lines.iter().any(|line| line.found.is_err())))
}

async fn examine(config: Config) -> Vec<Line> {
    let mut lines = vec![Line::new("configuration", Ok("well formed".to_owned())), database(&config).await];
    let opened = app::open(config, Clock::System).await;
    let known = opened.as_ref().map(|shared| shared.calendar.clone()).unwrap_or_default();
    lines.extend(calendar(&known.get()));
    if let Ok(shared) = &opened {
        lines.extend(office::lines(shared).await);
    }
    match opened.map_err(|error| error.to_string()).and_then(|shared| with_checker(&shared)) {
        Ok((shared, checker)) => {
            lines.push(clock(&checker, &shared).await);
            lines.extend(names(&checker, &shared).await);
            lines.extend(link(&checker, &shared).await);
        }
        Err(error) => lines.push(Line::new("instrument", Err(error))),
    }
    lines
}

fn with_checker(shared: &Shared) -> Result<(Shared, Checker), String> {
    let checker = app::checker(shared).map_err(|error| error.to_string())?;
    Ok((shared.clone(), checker))
}

async fn database(config: &Config) -> Line {
    let asked = async {
        let db = Db::open(config.database.url.reveal(), 1).await?;
        db.migrate().await?;
        let backlog = plan::backlog(&mut db.read().await?, Clock::System.now()).await?;
        db.close().await;
        Ok::<_, crate::store::StoreError>(backlog)
    };
    Line::new(
        "database",
        match asked.await {
            Ok(backlog) => Ok(format!("answers; {} sites watched, {} due", backlog.sites, backlog.due)),
            Err(error) => Err(format!("{error}; look at database.url, the server's state and free disk space")),
        },
    )
}

fn calendar(calendar: &Calendar) -> Vec<Line> {
    let now = beijing(Clock::System.now());
    let line = |year: i32, pressing: bool| {
        let known = calendar.knows(year);
        let found = match (known, pressing) {
            (true, _) => Ok(format!("{year}: official working days are known")),
            (false, true) => Err(format!(
                "{year}: no official working days: deadlines are provisional; `badgewatch calendar import`"
            )),
            (false, false) => {
                Ok(format!("{year}: not published yet (due October to December); deadlines into it are provisional"))
            }
        };
        Line::new("calendar", found)
    };
    vec![line(now.year(), true), line(now.year() + 1, now.month() == 12)]
}

/// Whether the machine's clock agrees with the `Date` of a canary page.
async fn clock(checker: &Checker, shared: &Shared) -> Line {
    let now = shared.clock.now();
    let Some(page) = shared.config.http.canaries.first().and_then(|page| url::Url::parse(page).ok()) else {
        return Line::new(
            "clock",
            Ok(format!("{} (nothing to compare with)", beijing(now).format("%Y-%m-%d %H:%M:%S"))),
        );
    };
    let fetched = checker.fetcher.get(&page, &Request::default()).await;
    let told = fetched.outcome.ok().and_then(|answer| {
        let date = answer.headers.get("date")?.to_str().ok()?.to_owned();
        chrono::DateTime::parse_from_rfc2822(&date).ok()
    });
    let off = told.map(|told| (now - told.to_utc()).num_seconds());
    Line::new(
        "clock",
        match off {
            Some(off) if off.abs() > 30 => {
                Err(format!("{off} s away from that of {page}: set it, and keep it set by NTP"))
            }
            Some(off) => Ok(format!("{off} s away from that of {page}")),
            None => Ok(format!("{} (the canary tells no time)", beijing(now).format("%Y-%m-%d %H:%M:%S"))),
        },
    )
}

async fn names(checker: &Checker, shared: &Shared) -> Vec<Line> {
    let servers = checker.resolver.servers().count();
    let mut lines =
        vec![Line::new(
            "resolvers",
            match servers {
                0 | 1 => Err("only one: name two or more in dns.resolvers, so that no name is called dead on one word"
                    .to_owned()),
                many => Ok(format!("{many} are asked")),
            },
        )];
    if shared.config.dns.canaries.is_empty() {
        lines.push(Line::new(
            "canary name",
            Err("none: set dns.canaries to names of your own that always resolve".to_owned()),
        ));
    }
    for host in shared.config.dns.canaries.iter().filter_map(|name| Host::parse(name)) {
        let look = checker.resolver.look(&host).await;
        lines.push(Line::new(
            "canary name",
            match look.outcome {
                DnsOutcome::Resolves => Ok(format!("{host} resolves", host = host.unicode())),
                outcome => {
                    Err(format!("{} does not resolve ({outcome}): look at the resolvers and the link", host.unicode()))
                }
            },
        ));
    }
    lines
}

async fn link(checker: &Checker, shared: &Shared) -> Vec<Line> {
    if shared.config.http.canaries.is_empty() {
        return vec![Line::new(
            "outgoing link",
            Err("no canary page: set http.canaries to a page of your own that always answers".to_owned()),
        )];
    }
    let mut lines = Vec::new();
    for page in shared.config.http.canaries.iter().filter_map(|page| url::Url::parse(page).ok()) {
        let fetched = checker.fetcher.get(&page, &Request::default()).await;
        lines.push(Line::new(
            "outgoing link",
            match fetched.outcome {
                Ok(answer) if answer.status == 200 => {
                    Ok(format!("{page} answers in {} ms", answer.elapsed.as_millis()))
                }
                Ok(answer) => Err(format!("{page} answers {}: take one that answers 200", answer.status)),
                Err(trouble) => {
                    Err(format!("{page}: {}; look at the link, the firewall and http.allow_net", trouble.detail))
                }
            },
        ));
    }
    lines
}
