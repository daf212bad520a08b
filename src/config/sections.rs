//! The sections and their defaults. `config/default.toml` shows them with a line of explanation each.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::Secret;
use crate::domain::confirm::Rule;

/// Declares a section: a struct whose every field has a default, so that a file needs to name only what differs.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty = $default:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }
    };
}

section! {
    /// Where everything is kept.
    Database {
        /// `sqlite:FILE`, or `postgres://USER:PASSWORD@HOST/NAME` where several processes share the work.
        url: Secret = Secret::new("sqlite:badgewatch.db"),
        /// Connections at most.
        connections: u32 = 8,
    }
}

section! {
    /// What an import may do, and what the registry may say.
    RegistrySection {
        /// Regions (GB/T 2260, `000000` = the country) whose registry is complete: only there may "nobody was issued
        /// this badge" be said.
        complete: Vec<String> = Vec::new(),
        /// The share of the sites that an import may drop without being asked.
        max_shrink: f64 = 0.02,
    }
}

/// When a round begins and how long it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RhythmText {
    /// Minute hour day month weekday, Beijing time; weekdays as MON to SUN.
    pub cron: String,
    /// Minutes over which the sites are spread.
    pub spread_minutes: u32,
}

impl RhythmText {
    fn of(cron: &str, spread_minutes: u32) -> Self {
        Self { cron: cron.to_owned(), spread_minutes }
    }
}

/// The rhythm of one office's sites.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfficeWatch {
    pub home: Option<RhythmText>,
    pub pages: Option<RhythmText>,
}

section! {
    /// How sites are watched.
    Watch {
        /// Where this process looks from; every look names it.
        vantage: String = "default".to_owned(),
        /// The daily look: names, home page, pages under suspicion.
        home: RhythmText = RhythmText::of("0 22 * * *", 480),
        /// The look at all pages.
        pages: RhythmText = RhythmText::of("0 20 * * FRI", 2_880),
        /// Rhythms of single regions, by GB/T 2260 code.
        offices: BTreeMap<String, OfficeWatch> = BTreeMap::new(),
        /// Sites looked at at once.
        at_once: u32 = 64,
        /// Seconds a worker has a site before another may take it.
        lease_seconds: u32 = 1_800,
        /// Pages of one site at most.
        max_pages: u32 = 1_000,
        /// Seconds for one site at most.
        site_seconds: u32 = 600,
        /// Pages under suspicion that a daily look visits.
        suspects: u32 = 20,
        /// Milliseconds between two requests to one site or address.
        delay_ms: u32 = 200,
        /// `respect` what robots.txt says, or `record` it and look all the same.
        robots: String = "respect".to_owned(),
        /// A page that says who looks and why, sent with every request.
        about_url: Option<String> = None,
    }
}

section! {
    /// Whom to ask for names.
    Dns {
        /// Resolvers, IP:PORT; two or more. None: those of the system.
        resolvers: Vec<SocketAddr> = Vec::new(),
        /// Names that always resolve: while one does not, nothing is held against anybody.
        canaries: Vec<String> = Vec::new(),
    }
}

section! {
    /// How pages are fetched.
    Http {
        /// Pages that always answer 200: while one does not, nothing is held against anybody.
        canaries: Vec<String> = Vec::new(),
        /// Connect to this port where an http address states none (tests, gateways).
        http_port: Option<u16> = None,
        /// Likewise for https.
        https_port: Option<u16> = None,
        /// Further root certificates, PEM.
        ca_file: Option<PathBuf> = None,
        /// Networks that are refused otherwise (intranets); no politeness delay there.
        allow_net: Vec<IpNet> = Vec::new(),
    }
}

section! {
    /// Which hosts a badge may come from.
    Badge {
        script_hosts: Vec<String> = vec!["dcs.conac.cn".to_owned()],
        certificate_hosts: Vec<String> = vec!["bszs.conac.cn".to_owned()],
    }
}

/// When a finding is confirmed and when it is cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Confirm {
    /// For every kind that has no rule of its own.
    pub rule: Rule,
    /// By finding code.
    pub codes: BTreeMap<String, Rule>,
}

section! {
    /// How long things are kept.
    Retention {
        /// Days a look is kept that is no evidence.
        looks_days: u32 = 400,
        /// Days the evidence of a suspicion is kept that came to nothing; what a case stands on is kept.
        suspicion_days: u32 = 180,
        /// Days it is kept where a badge was seen.
        seen_days: u32 = 180,
        /// Days the figures of a day are kept, by county.
        figures_days: u32 = 800,
        /// Days after the decision about a report that the mail address of who wrote it is kept.
        contact_days: u32 = 90,
    }
}

section! {
    /// How letters go. Unless this is set, none does.
    Mail {
        mode: MailMode = MailMode::DryRun,
        /// Where trial letters go (`to_ourselves`).
        ourselves: Option<String> = None,
        /// The sender, such as `云溪县委编办 <badge@yunxi.example>`.
        from: Option<String> = None,
        /// What stands behind the `@` of a Message-ID; without it that of the sender.
        message_domain: Option<String> = None,
        smtp_host: Option<String> = None,
        smtp_port: u16 = 587,
        security: MailSecurity = MailSecurity::Starttls,
        username: Option<String> = None,
        password: Option<Secret> = None,
        /// Further root certificates of the mail server, PEM.
        ca_file: Option<PathBuf> = None,
        /// A folder that letters are written to instead of being sent: for trials and the demo.
        directory: Option<PathBuf> = None,
        /// Letters go from this hour (Beijing) on.
        from_hour: u8 = 8,
        /// And before this one; 24 stops five minutes before midnight, so that a letter goes on the day it names.
        until_hour: u8 = 20,
        /// Letters handed over at once.
        at_once: u32 = 4,
        /// Tries before a letter is parked for an officer.
        tries: u32 = 10,
        /// Days after its last due date that a unit's link still works.
        link_days: u32 = 180,
        /// What the mail server's bounce reports are signed with (HMAC-SHA256); without it they are refused.
        bounce_secret: Option<Secret> = None,
        /// A second channel: every letter to a unit is announced there, too.
        webhooks: BTreeMap<String, Webhook> = BTreeMap::new(),
    }
}

/// Whether letters really go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailMode {
    /// Nothing is sent; notices wait.
    DryRun,
    /// Everything goes to ourselves; no limit begins.
    ToOurselves,
    Live,
}

impl MailMode {
    /// As it is written in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DryRun => "dry_run",
            Self::ToOurselves => "to_ourselves",
            Self::Live => "live",
        }
    }
}

/// How the way to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    Starttls,
    Tls,
    /// Only for a mail server on this machine.
    None,
}

/// A message gateway (SMS, 企业微信, 钉钉).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: String,
    /// Signs each message (HMAC-SHA256 over its time and body).
    pub secret: Secret,
    /// The region (GB/T 2260) whose letters it is for.
    #[serde(default = "everywhere")]
    pub region: String,
}

fn everywhere() -> String {
    "000000".to_owned()
}

section! {
    /// Where instructions of decisions go. Without an address an instruction waits for an officer.
    Authorities {
        /// The registry (注册管理机构): `.政务`, `.公益`, and every badge.
        registry: Option<String> = None,
        /// CNNIC (中国互联网络信息中心): `.cn`.
        cnnic: Option<String> = None,
    }
}

/// See [`Verify::harmless`].
const HARMLESS: [&str; 20] = [
    "localhost",
    "local",
    "internal",
    "lan",
    "home.arpa",
    "translate.goog",
    "translate.googleusercontent.com",
    "webcache.googleusercontent.com",
    "cache.baiducontent.com",
    "cc.bingj.com",
    "web.archive.org",
    "www.baidu.com",
    "m.baidu.com",
    "www.bing.com",
    "cn.bing.com",
    "www.google.com",
    "www.google.com.hk",
    "www.sogou.com",
    "www.so.com",
    "m.so.com",
];

section! {
    /// What the public is answered from, and how fast what changes is told.
    Verify {
        /// A folder of this process alone, for its snapshot of all certificates.
        folder: PathBuf = PathBuf::from("badgewatch-public"),
        /// Seconds within which a revocation is seen by everybody, the caches on the way included.
        bound_seconds: u32 = 60,
        /// Hours that a signed answer holds.
        signature_hours: u32 = 24,
        /// Requests of one address a minute.
        per_minute: u32 = 600,
        /// Scripts and pictures of badges that one address may ask for a second; twenty times as many at once. Thousands of
        /// people may share one: only a flood is turned away.
        badges_per_second: u32 = 1_000,
        /// Hosts that are remembered a day of one badge, and of all, for "seen on".
        hosts_a_badge: u32 = 50,
        hosts: u32 = 20_000,
        /// Requests on at least so many days that make another host a lead.
        lead_requests: u32 = 20,
        lead_days: u32 = 2,
        /// Hosts (and all below them) that show other people's pages or stand in no public network: a request from one of
        /// them is no sign of a copied badge. Searches, their caches, translations, archives, names of one's own machine.
        harmless: Vec<String> = HARMLESS.map(str::to_owned).to_vec(),
    }
}

section! {
    /// Where to listen.
    Web {
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)),
        /// What stands before the paths in links that go out in letters, such as `https://badge.yunxi.example`.
        public_url: Option<String> = None,
        /// Requests to the API that one token may make a minute.
        api_per_minute: u32 = 600,
        /// Requests that show no good token, of one address a minute, before they are turned away unread.
        api_failures_per_minute: u32 = 30,
        /// Proxies of our own: from them, and from nobody else, `X-Forwarded-For` is believed.
        trusted_proxies: Vec<IpNet> = Vec::new(),
        /// Who may read `/metrics`: how many cases an office has open is nobody else's.
        metrics_from: Vec<IpNet> = own_networks(),
    }
}

/// This machine, and networks that are nobody's on the open net (RFC 1918, RFC 4193).
fn own_networks() -> Vec<IpNet> {
    let net = |address: [u8; 4], prefix| IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from(address), prefix));
    let net6 = |first, prefix| IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0), prefix));
    let this = IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128));
    let v4 = [net([127, 0, 0, 0], 8), net([10, 0, 0, 0], 8), net([172, 16, 0, 0], 12), net([192, 168, 0, 0], 16)];
    v4.into_iter().chain([this, net6(0xfc00, 7)]).collect()
}

impl Web {
    /// Do browsers come by https? Then a cookie that lets in goes by https alone.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

section! {
    /// What is logged.
    Log {
        format: LogFormat = LogFormat::Text,
        /// As of tracing's `EnvFilter`.
        filter: String = "info,hickory_resolver=off,hickory_net=off".to_owned(),
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}
