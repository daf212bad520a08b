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
    pub(super) fn known(&self) -> Pairs {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.iter().filter_map(|(code, id)| Some((code.clone(), id.clone()?))).collect()
    }

    fn asked(&self, code: &BadgeCode) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(code)
    }

    fn learn(&self, code: &BadgeCode, id: Option<CertificateId>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(code.clone(), id);
    }
}

impl Checker {
    /// Learns the id of a site's code: to know an id that is not on file, or that the one on file is another.
    pub(super) async fn learn_pair(&self, site: &Site) {
        if let Some(code) = &site.badge_code {
            self.learn_code(code).await;
        }
    }

    /// Asks the badge host for the script of a code. An unreachable host leaves the pair unknown.
    pub(super) async fn learn_code(&self, code: &BadgeCode) {
        let Some(host) = self.hosts.script_hosts.first() else { return };
        if self.pairs.asked(code) {
            return;
        }
        let address = format!("http://{}/js/{}/{code}.js", host.ascii(), code.path());
        let Ok(url) = Url::parse(&address) else { return };
        let fetched = self.fetcher.get(&url, &Request::default()).await;
        let id = fetched.outcome.ok().filter(|answer| answer.status == 200).and_then(|answer| {
            let (hosts, followed) = (&self.hosts, &FollowedSet::new());
            let text = decode(&answer.body, None).text;
            let facts = read_script(&text, Context { url: &url, url_known: true, hosts, followed });
            facts.readings(&Policies::default(), &url).into_iter().find_map(|reading| reading.certificate_id)
        });
        self.pairs.learn(code, id);
    }
}
