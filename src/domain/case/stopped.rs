//! How a stop of resolution shows in the DNS (domain rules §5).

use crate::domain::dns::DnsOutcome;
use crate::domain::host::Host;

/// What one server said of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    pub outcome: DnsOutcome,
    /// The zone that said no: the owner of the SOA record in its answer (RFC 2308, 3).
    pub zone: Option<&'a str>,
    /// An alias (CNAME) led on: the name itself stands.
    pub is_alias: bool,
}

/// Is a name stopped? Every server says that it does not exist, by the word of a zone above it: a registry that holds a name
/// takes its delegation away. What the name's own zone denies, its holder took out, and may put back at any time.
pub fn is_stopped(name: &Host, said: &[Said<'_>]) -> bool {
    let denied = |said: &Said<'_>| {
        said.outcome == DnsOutcome::Nxdomain && !said.is_alias && said.zone.is_some_and(|zone| is_above(zone, name))
    };
    !said.is_empty() && said.iter().all(denied)
}

/// Does a zone (A-labels; `.` is the root) lie above the one a name stands in at most? `www.` is no zone of its own.
fn is_above(zone: &str, name: &Host) -> bool {
    zone == "." || name.apex().ascii().strip_suffix(zone).is_some_and(|left| left.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn no(zone: &str) -> Said<'_> {
        Said { outcome: DnsOutcome::Nxdomain, zone: Some(zone), is_alias: false }
    }

    fn stopped(name: &str, said: &[Said<'_>]) -> bool {
        is_stopped(&Host::parse(name).unwrap(), said)
    }

    #[test]
    fn a_zone_above_stops_a_name_and_its_own_zone_does_not() {
        for above in ["gov.cn", "cn", "."] {
            assert!(stopped("yunxi.gov.cn", &[no(above)]) && stopped("www.yunxi.gov.cn", &[no(above)]), "{above}");
        }
        for own in ["yunxi.gov.cn", "www.yunxi.gov.cn"] {
            assert!(!stopped("www.yunxi.gov.cn", &[no(own)]), "the unit deleted its record: {own}");
        }
        assert!(stopped("edu.yunxi.gov.cn", &[no("yunxi.gov.cn")]), "the county's zone is above its bureau's");
        assert!(!stopped("edu.yunxi.gov.cn", &[no("edu.yunxi.gov.cn")]));
        assert!(!stopped("yunxi.gov.cn", &[no("xi.gov.cn")]), "at label borders only");
        assert!(stopped("云溪.政务", &[no("xn--zfr164b")]));
    }

    #[test]
    fn every_server_has_to_say_it_and_who_says_nothing_of_the_zone_proves_nothing() {
        assert!(!stopped("yunxi.gov.cn", &[]), "nobody was heard");
        let above = no("gov.cn");
        for other in [
            no("yunxi.gov.cn"),
            Said { zone: None, ..above },
            Said { is_alias: true, ..above },
            Said { outcome: DnsOutcome::Servfail, ..above },
            Said { outcome: DnsOutcome::Nodata, ..above },
        ] {
            assert!(!stopped("yunxi.gov.cn", &[above, other]) && !stopped("yunxi.gov.cn", &[other]), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn only_a_proper_ancestor_is_above(labels in prop::collection::vec("[a-z]{1,8}", 2..6), from in 0usize..6) {
            let name = Host::parse(&labels.join(".")).unwrap();
            let zone = labels.iter().skip(from).cloned().collect::<Vec<_>>().join(".");
            let own = labels.len() - name.apex().ascii().split('.').count();
            prop_assert_eq!(is_stopped(&name, &[no(&zone)]), from > own && from < labels.len());
        }
    }
}
