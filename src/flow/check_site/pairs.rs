//! Which certificate id belongs to a code: learnt from the issued script, which is read as data.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use url::Url;

use super::Checker;
use crate::domain::identity::Pairs;
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::page::charset::decode;
use crate::domain::page::policy::Policies;
use crate::domain::page::{Context, FollowedSet, read_script};
use crate::domain::registry::Site;
use crate::probe::http::Request;

/// The pairs learnt so far. A code whose script could not be had is remembered as unknown: it is asked for once.
#[derive(Debug, Default)]
pub struct PairBook(Mutex<HashMap<BadgeCode, Option<CertificateId>>>);

impl PairBook {
    fn of(&self, code: &BadgeCode) -> Option<Option<CertificateId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(code).cloned()
    }

    fn learn(&self, code: &BadgeCode, id: Option<CertificateId>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), id);
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
