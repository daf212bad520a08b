//! Which hosts a registered name stands for, and whose a host is.

use crate::domain::host::Host;

/// A name, its other spelling if it is a Chinese one, and the `www.` twins of both: an involution, so that it serves both to
/// list a site's hosts and to look a host up.
pub fn twins(name: &Host) -> Vec<Host> {
    let spellings = std::iter::once(name.clone()).chain(name.cn_twin());
    let mut twins: Vec<Host> = spellings.collect();
    twins.extend(twins.clone().iter().filter_map(Host::www_twin));
    twins
}

/// Every host that registered names stand for.
pub fn hosts<'a>(names: impl Iterator<Item = &'a Host>) -> Vec<Host> {
    let mut hosts = Vec::new();
    for host in names.flat_map(twins) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

/// The sites that a host is of: those on the nearest registered name that the host is or, at a label border, lies below (what
/// lies below is theirs only if it lies below the name as registered, and a mere folder of a host has nothing below it).
/// `on` gives the sites that are registered under exactly this name.
pub fn holders<T>(host: &Host, mut on: impl FnMut(&Host) -> Vec<T>, is_folder: impl Fn(&T) -> bool) -> Vec<T> {
    let own: Vec<T> = twins(host).iter().flat_map(&mut on).collect();
    if !own.is_empty() {
        return own;
    }
    let spellings: Vec<Host> = std::iter::once(host.clone()).chain(host.cn_twin()).collect();
    let mut above = parent(host);
    while let Some(name) = above {
        let found: Vec<(Host, Vec<T>)> = twins(&name).into_iter().map(|twin| (twin.clone(), on(&twin))).collect();
        if found.iter().any(|(_, sites)| !sites.is_empty()) {
            let is_above = |name: &Host| spellings.iter().any(|host| host.is_within(name));
            let sites = found.into_iter().filter(|(name, _)| is_above(name)).flat_map(|(_, sites)| sites);
            return sites.filter(|site| !is_folder(site)).collect();
        }
        above = parent(&name);
    }
    Vec::new()
}

/// The name one label up; none above a top-level domain's children.
pub fn parent(host: &Host) -> Option<Host> {
    host.ascii().split_once('.').and_then(|(_, parent)| Host::parse(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names, the site's number, and whether it is a folder.
    const REGISTERED: &[(&str, u32, bool)] = &[
        ("hd.gov.test", 1, false),
        ("news.hd.gov.test", 2, false),
        ("www.city.gov.test", 3, false),
        ("www.city.gov.test", 4, true),
        ("folder.gov.test", 5, true),
        ("云溪.政务", 6, false),
    ];

    fn of(host: &str) -> Vec<u32> {
        let on = |name: &Host| {
            let same = REGISTERED.iter().filter(|(known, ..)| Host::parse(known).as_ref() == Some(name));
            same.copied().collect::<Vec<_>>()
        };
        let holders = holders(&Host::parse(host).unwrap(), on, |(.., is_folder)| *is_folder);
        holders.into_iter().map(|(_, number, _)| number).collect()
    }

    #[test]
    fn a_host_is_of_the_nearest_registered_name() {
        assert_eq!(of("hd.gov.test"), [1]);
        assert_eq!(of("www.hd.gov.test"), [1]);
        assert_eq!(of("m.hd.gov.test"), [1]);
        assert_eq!(of("news.hd.gov.test"), [2], "registered to somebody else");
        assert_eq!(of("a.news.hd.gov.test"), [2]);
        assert_eq!(of("city.gov.test"), [3, 4]);
        assert_eq!(of("m.www.city.gov.test"), [3], "a folder has no hosts below");
        assert_eq!(of("m.city.gov.test"), [0; 0], "not below the name as registered");
        assert_eq!(of("m.folder.gov.test"), [0; 0]);
        assert_eq!(of("evilhd.gov.test"), [0; 0]);
        assert_eq!(of("www.云溪.政务.cn"), [6]);
        assert_eq!(of("m.云溪.政务.cn"), [6]);
    }
}
