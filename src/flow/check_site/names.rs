//! The names of a site, looked at.

use url::Url;

use crate::domain::dns::DnsOutcome;
use crate::domain::host::Host;
use crate::domain::registry::Site;
use crate::domain::site::NameState;
use crate::domain::verdict::Reason;
use crate::probe::dns::Resolver;

/// The typed name and the registered ones, each once.
pub(super) struct Names {
    pub states: Vec<NameState>,
    /// How many of `states`, from the first, may be started from: the typed name, else every registered one.
    typed: Option<Host>,
}

/// Looks at the typed name and, where the site is on file, at both registered ones.
pub(super) async fn look(resolver: &Resolver, typed: Option<&Host>, site: Option<&Site>) -> Names {
    let mut names: Vec<Host> = Vec::new();
    let registered = site.map(|site| site.names().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let covered = |host: &Host| registered.iter().any(|name| name == host || name.www_twin().as_ref() == Some(host));
    names.extend(typed.filter(|host| !covered(host)).cloned());
    names.extend(registered.iter().cloned());
    let states = futures_util::future::join_all(names.iter().map(|name| state(resolver, name))).await;
    Names { states, typed: typed.cloned() }
}

/// A name is dead only if its `www.` twin is dead too.
async fn state(resolver: &Resolver, name: &Host) -> NameState {
    let look = resolver.look(name).await;
    let twin = match name.www_twin() {
        Some(twin) if look.outcome.is_no() && !name.ascii().starts_with("www.") => Some(resolver.look(&twin).await),
        _ => None,
    };
    NameState { look, twin }
}

impl Names {
    /// Why nothing can be asked over HTTP; `None` where some name leads somewhere (or the address is no name).
    pub(super) fn trouble(&self) -> Option<Reason> {
        let first = self.states.first()?;
        let resolves = self.states.iter().any(|state| state.outcome() == DnsOutcome::Resolves);
        (!resolves).then(|| first.outcome().reason().unwrap_or(Reason::DnsNoName))
    }

    /// Where to start: the typed address, or its living twin or the site's other name where that host is dead.
    pub(super) fn start(&self, typed: &Url) -> Url {
        let Some(host) = &self.typed else { return typed.clone() };
        let lives = |name: &Host| {
            self.states.iter().any(|state| {
                let looks = std::iter::once(&state.look).chain(&state.twin);
                looks.into_iter().any(|look| look.name == *name && look.outcome == DnsOutcome::Resolves)
            })
        };
        let known = self.states.iter().any(|state| state.look.name == *host);
        if !known || lives(host) {
            return typed.clone();
        }
        let twin = host.www_twin().filter(lives);
        let other = || self.states.iter().map(|state| &state.look.name).find(|name| lives(name)).cloned();
        let mut url = typed.clone();
        if let Some(name) = twin.or_else(other) {
            let _ = url.set_host(Some(name.ascii()));
        }
        url
    }
}
