//! The sample county 云溪县: invented sites, each with a state of its own, and the names that lead to them, all on loopback.
//!
//! It is what is looked at; it knows nothing of who looks. [`County::sites`] tells what a look must say of each.

mod badge;
mod change;
pub mod loopback;
pub mod names;
mod pages;
mod registry;
mod reply;
mod site;
mod stories;
pub mod story;
mod texts;
mod web;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::NaiveDate;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use change::Behaviour;
pub use site::DemoSite;

use names::{Answer, NameServer};
use site::Naming;
use web::{CANARY, CERTIFICATE_HOST, SCRIPT_HOST, Stage};

/// Where nothing listens: another loopback address than the county's.
const NOBODY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// The running county; all of it stops when dropped.
pub struct County {
    /// Where its sites are served, by `Host`.
    pub http_port: u16,
    /// Its name server, UDP and TCP.
    pub resolver: SocketAddr,
    names: NameServer,
    stage: Arc<Stage>,
    _web: JoinSet<()>,
}

impl fmt::Debug for County {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("County").field("http_port", &self.http_port).field("resolver", &self.resolver).finish()
    }
}

impl County {
    /// Opens the county on free ports of 127.0.0.1; to be called inside a runtime.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let http_port = listener.local_addr()?.port();
        let (names, stage) = (NameServer::start().await?, Arc::new(Stage::new(stories::SITES)));
        let mut web = JoinSet::new();
        let shared = stage.clone();
        web.spawn(loopback::serve_all(listener, move |stream| web::talk(stream, shared.clone())));
        let county = Self { http_port, resolver: names.address, names, stage, _web: web };
        for host in [CANARY, SCRIPT_HOST, CERTIFICATE_HOST] {
            county.names.zone.set(host, Ipv4Addr::LOCALHOST);
        }
        stories::SITES.iter().for_each(|site| county.announce(site));
        Ok(county)
    }

    /// The sites and their stories, in the order of the registry.
    pub fn sites(&self) -> &'static [DemoSite] {
        stories::SITES
    }

    /// The registry of the county as a CSV, its days counted from `today`.
    pub fn registry_csv(&self, today: NaiveDate) -> String {
        registry::csv(stories::SITES, today)
    }

    /// A name that always resolves; its host answers 200.
    pub fn canary_name(&self) -> &'static str {
        CANARY
    }

    /// The address at which a browser on this machine opens a site, whatever its resolver says.
    pub fn browser_address(&self, site: &DemoSite) -> String {
        format!("http://{}.localhost:{}{}", site.host, self.http_port, site.folder.unwrap_or("/"))
    }

    /// Changes the site at this [`DemoSite::address`] while the county runs; `false` where there is none. A site in a
    /// folder shares its name with others: what is done to the name leaves it as it is.
    pub fn set(&self, address: &str, behaviour: Behaviour) -> bool {
        let Some(site) = stories::SITES.iter().find(|site| site.address() == address) else { return false };
        let changed = site.changed(behaviour);
        self.stage.replace(changed);
        self.announce(&changed);
        true
    }

    /// What the DNS says, to be changed where [`County::set`] does not reach: the canary, the badge hosts.
    pub fn names(&self) -> &names::Zone {
        &self.names.zone
    }

    /// Tells the DNS of a site. A site in a folder has no name of its own.
    fn announce(&self, site: &DemoSite) {
        if site.folder.is_some() {
            return;
        }
        let answer = match site.naming {
            Naming::Here => Ipv4Addr::LOCALHOST.into(),
            Naming::Nobody => NOBODY.into(),
            Naming::NoName => Answer::NxDomain,
            Naming::ServFail => Answer::ServFail,
            Naming::Silent => Answer::Silent,
        };
        self.names.zone.set(site.host, answer);
        if let Some(name) = site.chinese_name {
            self.names.zone.set(name, Answer::Alias(site.host.to_owned()));
        }
    }
}
