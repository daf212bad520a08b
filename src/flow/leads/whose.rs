//! Whose a host is, by all that is registered in the database.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::domain::host::Host;
use crate::domain::lead::Owner;
use crate::domain::registry::names;
use crate::store::sites::{self, StoredSite};
use crate::store::{StoreResult, Tx};

/// The sites that a host is of; none is of an address in numbers.
pub(super) async fn holders(tx: &mut Tx, host: &str) -> StoreResult<Vec<StoredSite>> {
    let Some(host) = Host::parse(host) else { return Ok(Vec::new()) };
    let mut on: HashMap<Host, Vec<StoredSite>> = HashMap::new();
    let mut next = Some(host.clone());
    while let Some(name) = next {
        for twin in names::twins(&name) {
            // The index holds the hosts of a name; what lies below is theirs only by the name as registered.
            let mut found = sites::on_host(tx, &twin).await?;
            found.retain(|stored| stored.site.names().any(|name| *name == twin));
            on.insert(twin, found);
        }
        next = names::parent(&name);
    }
    let on = |name: &Host| on.get(name).cloned().unwrap_or_default();
    let mut holders = names::holders(&host, on, |stored: &StoredSite| stored.site.url_prefix.is_some());
    holders.sort_by(|a, b| a.id.cmp(&b.id));
    holders.dedup_by(|a, b| a.id == b.id);
    Ok(holders)
}

/// Is the host one of the site's own: by name, or by a registered address?
pub(super) fn is_own(site: &StoredSite, holders: &[StoredSite], host: &str) -> bool {
    let by_address = host.parse::<IpAddr>().is_ok_and(|address| site.site.ips.contains(&address));
    by_address || holders.iter().any(|holder| holder.id == site.id)
}

/// The holders as a lead names them.
pub(super) fn owners(holders: &[StoredSite]) -> Vec<Owner> {
    let owner = |held: &StoredSite| Owner { site: held.site.key.clone(), unit: held.site.unit.name.clone() };
    holders.iter().map(owner).collect()
}
