//! The registry as a look asks it: a whole file in memory, or the database, a site and its surroundings at a time.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::badge::Reading;
use crate::domain::host::Host;
use crate::domain::region;
use crate::domain::registry::{Registry, Site};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, StoreResult};

/// Where a look finds what is registered.
#[derive(Clone)]
pub enum Book {
    /// Nothing is known of anybody.
    None,
    /// A registry file: whole, and taken as complete.
    File(Arc<Registry>),
    /// The database.
    Store(StoreBook),
}

/// The registry in the database.
#[derive(Clone)]
pub struct StoreBook {
    pub db: Db,
    /// Regions (GB/T 2260) whose registry is declared complete: only there may "nobody was issued this" be said.
    pub complete: Arc<[String]>,
}

/// What one look knows of the registry by now.
#[derive(Clone, Default)]
pub struct Known {
    pub registry: Option<Arc<Registry>>,
    sites: Vec<Site>,
    complete: bool,
    /// Hosts, codes and ids that were asked for.
    asked: HashSet<String>,
}

impl Book {
    /// What is known at the start of a look at a host, or at a site that is on file.
    pub async fn open(&self, host: Option<&Host>, site_id: Option<&str>) -> StoreResult<Known> {
        match self {
            Self::None => Ok(Known::default()),
            Self::File(registry) => Ok(Known { registry: Some(registry.clone()), ..Known::default() }),
            Self::Store(book) => {
                let mut known = Known { registry: Some(Arc::default()), ..Known::default() };
                if let Some(id) = site_id {
                    let stored = sites::by_id(&mut book.db.read().await?, id).await?;
                    known.complete = stored.as_ref().is_some_and(|stored| book.is_complete(stored));
                    let hosts = stored.iter().flat_map(|stored| stored.site.hosts()).collect::<Vec<_>>();
                    known.add(stored);
                    self.learn_hosts(&mut known, &hosts).await?;
                }
                self.learn_hosts(&mut known, host.map(std::slice::from_ref).unwrap_or_default()).await?;
                Ok(known)
            }
        }
    }

    /// Learns whose the hosts are, and the names above them.
    pub async fn learn_hosts(&self, known: &mut Known, hosts: &[Host]) -> StoreResult<()> {
        let Self::Store(book) = self else { return Ok(()) };
        let new: Vec<Host> = hosts.iter().flat_map(with_parents).filter(|host| known.asks(host.ascii())).collect();
        if !new.is_empty() {
            let mut tx = book.db.read().await?;
            for host in new {
                known.add(sites::on_host(&mut tx, &host).await?);
            }
        }
        Ok(())
    }

    /// Learns whose the badges of a page are. `true`: something was learnt, and the page is to be judged again.
    pub async fn learn_badges(&self, known: &mut Known, readings: &[Reading]) -> StoreResult<bool> {
        let Self::Store(book) = self else { return Ok(false) };
        let codes = readings.iter().filter_map(|reading| reading.code.as_ref());
        let ids = readings.iter().filter_map(|reading| reading.certificate_id.as_ref());
        let codes: Vec<_> = codes.filter(|code| known.asks(code.as_str())).collect();
        let ids: Vec<_> = ids.filter(|id| known.asks(id.as_str())).collect();
        if codes.is_empty() && ids.is_empty() {
            return Ok(false);
        }
        let (mut tx, before) = (book.db.read().await?, known.sites.len());
        for code in codes {
            known.add(sites::of_code(&mut tx, code).await?);
        }
        for id in ids {
            known.add(sites::of_certificate(&mut tx, id).await?);
        }
        Ok(known.sites.len() > before)
    }
}

impl StoreBook {
    fn is_complete(&self, stored: &StoredSite) -> bool {
        region::complete_for(stored.region.as_deref(), &self.complete)
    }
}

impl Known {
    fn asks(&mut self, what: &str) -> bool {
        self.asked.insert(what.to_owned())
    }

    fn add(&mut self, found: impl IntoIterator<Item = StoredSite>) {
        let before = self.sites.len();
        for stored in found {
            if !self.sites.iter().any(|site| site.key == stored.site.key) {
                self.sites.push(stored.site);
            }
        }
        if self.sites.len() > before {
            self.registry = Some(Arc::new(Registry::of(self.sites.clone(), self.complete)));
        }
    }
}

/// A host and the names above it: a name below a registered one is that site's, unless it is registered itself.
fn with_parents(host: &Host) -> Vec<Host> {
    let mut names = vec![host.clone()];
    while let Some(parent) =
        names.last().and_then(|name| name.ascii().split_once('.')).and_then(|(_, up)| Host::parse(up))
    {
        names.push(parent);
    }
    names
}
