//! Who acts for an office: an account, its role, and the region it acts for.

use serde::Serialize;

use super::region::is_within;
use crate::closed_set;

closed_set! {
    /// What an account may do; each role may do what those before it may.
    pub enum AccountRole {
        Viewer = "viewer", "查看 · reads what its region holds";
        Officer = "officer", "经办 · approves notices, answers units, opens cases, proposes decisions";
        Approver = "approver", "审批 · approves or rejects what another proposed";
        Admin = "admin", "管理 · accounts, calendar, settings";
    }
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    pub account_id: String,
    /// The account's name: what stands on record.
    pub name: String,
    pub role: AccountRole,
    /// GB/T 2260: acts there and below; `000000` everywhere.
    pub region: String,
}

impl Actor {
    /// As it stands on record.
    pub fn text(&self) -> String {
        format!("account:{}", self.name)
    }

    /// May it act in this role for what lies in a region? What lies in no known region is the whole country's.
    pub fn may(&self, role: AccountRole, region: Option<&str>) -> bool {
        self.role >= role && is_within(region.unwrap_or("000000"), &self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_county_acts_for_its_county_and_in_its_role() {
        let of =
            |role, region: &str| Actor { account_id: "1".into(), name: "chen".into(), role, region: region.into() };
        let officer = of(AccountRole::Officer, "140214");
        assert!(officer.may(AccountRole::Officer, Some("140214")) && officer.may(AccountRole::Viewer, Some("140214")));
        assert!(!officer.may(AccountRole::Approver, Some("140214")), "the second person is another role");
        assert!(!officer.may(AccountRole::Viewer, Some("140200")) && !officer.may(AccountRole::Viewer, None));
        assert!(of(AccountRole::Admin, "000000").may(AccountRole::Approver, None));
    }
}
