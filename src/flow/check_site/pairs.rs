//! Which certificate id belongs to a code: learnt from the issued script, which is read as data.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::Checker;
use crate::domain::identity::Pairs;
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::page::charset::decode;
use crate::domain::page::policy::Policies;
use crate::domain::page::{Context, FollowedSet, read_script};
use crate::domain::registry::Site;
use crate::probe::http::Request;

/// How long a pair is believed, and how long it is remembered that a script could not be had.
const KNOWN_FOR: Duration = Duration::from_secs(24 * 3600);
const UNKNOWN_FOR: Duration = Duration::from_secs(600);
/// Pairs kept at most (about 150 bytes each); a full book is begun anew.
const MOST: usize = 100_000;

/// The pairs learnt so far. That a script could not be had is remembered, too, but not for long.
#[derive(Debug, Default)]
pub struct PairBook(Mutex<HashMap<BadgeCode, (Option<CertificateId>, Instant)>>);

impl PairBook {
    fn of(&self, code: &BadgeCode) -> Option<Option<CertificateId>> {
        let book = self.lock();
        let (id, until) = book.get(code)?;
        (Instant::now() < *until).then(|| id.clone())
    }

    fn learn(&self, code: &BadgeCode, id: Option<CertificateId>) {
        let mut book = self.lock();
        if book.len() >= MOST {
            book.clear();
        }
        let until = Instant::now() + if id.is_some() { KNOWN_FOR } else { UNKNOWN_FOR };
        book.insert(code.clone(), (id, until));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BadgeCode, (Option<CertificateId>, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checker {
    /// The pair of a site's own code: to know an id that is not on file, or that the one on file is another.
    pub(super) async fn own_pair(&self, site: Option<&Site>) -> Pairs {
        let Some(code) = site.and_then(|site| site.badge_code.as_ref()) else { return Pairs::new() };
        self.id_of(code).await.map(|id| (code.clone(), id)).into_iter().collect()
    }

    /// The id of a code by its issued script. An unreachable badge host leaves it unknown.
    pub(super) async fn id_of(&self, code: &BadgeCode) -> Option<CertificateId> {
        if let Some(known) = self.pairs.of(code) {
            return known;
        }
        let host = self.hosts.script_hosts.first()?;
        let url = Url::parse(&format!("http://{}/js/{}/{code}.js", host.ascii(), code.path())).ok()?;
        let fetched = self.fetcher.get(&url, &Request::default()).await;
        let id = fetched.outcome.ok().filter(|answer| answer.status == 200).and_then(|answer| {
            let (hosts, followed) = (&self.hosts, &FollowedSet::new());
            let text = decode(&answer.body, None).text;
            let facts = read_script(&text, Context { url: &url, url_known: true, hosts, followed });
            facts.readings(&Policies::default(), &url).into_iter().find_map(|reading| reading.certificate_id)
        });
        self.pairs.learn(code, id.clone());
        id
    }
}
