//! Who has to be told what: names of `.cn` are CNNIC's, all others and the badge itself the registry's.

use serde::{Deserialize, Serialize};

use super::{Authority, InstructionAct};

/// What one authority has to do with which names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub authority: Authority,
    pub act: InstructionAct,
    /// A-labels.
    pub names: Vec<String>,
}

/// Who stops and restores a name (A-labels): `X.政务.cn` is a name of `.cn`.
pub fn authority_of(name: &str) -> Authority {
    if name.ends_with(".cn") { Authority::Cnnic } else { Authority::Registry }
}

/// The orders of a decision. A revocation, and the lifting of one (`of_badge`), is the registry's, which issues badges.
pub fn orders(act: InstructionAct, names: &[String], of_badge: bool) -> Vec<Order> {
    if of_badge {
        return vec![Order { authority: Authority::Registry, act, names: names.to_vec() }];
    }
    let of = |authority: Authority| {
        let names: Vec<String> = names.iter().filter(|name| authority_of(name) == authority).cloned().collect();
        (!names.is_empty()).then_some(Order { authority, act, names })
    };
    Authority::ALL.iter().filter_map(|authority| of(*authority)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_goes_to_who_can_stop_it() {
        let names = ["yunxi.gov.cn", "xn--9kq759e.xn--zfr164b", "xn--9kq759e.xn--zfr164b.cn"].map(str::to_owned);
        let told = orders(InstructionAct::Stop, &names, false);
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].authority, &told[0].names[..]), (Authority::Registry, &names[1..2]));
        assert_eq!((told[1].authority, told[1].names.len()), (Authority::Cnnic, 2), "政务.cn is a name of .cn");
        let revoked = orders(InstructionAct::Revoke, &names, true);
        assert!(revoked.len() == 1 && revoked[0].authority == Authority::Registry && revoked[0].names.len() == 3);
        assert!(orders(InstructionAct::Stop, &[], false).is_empty());
    }
}
