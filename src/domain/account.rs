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

closed_set! {
    /// For whom somebody acts: both bodies of a region work here alike.
    pub enum Body {
        Office = "office", "编办 · the office, which reviews and decides";
        Supervisor = "supervisor", "网信办 · the supervisor of the same level, with which it works (art. 18, 20)";
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

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// What lies beyond one's region does not exist for one.
    Unseen,
    /// It takes another role.
    Role,
}

impl Actor {
    /// As it stands on record.
    pub fn text(&self) -> String {
        format!("account:{}", self.name)
    }

    /// What becomes of somebody who asks for what lies in a region, in a role.
    pub fn access(&self, role: AccountRole, region: Option<&str>) -> Result<(), Denied> {
        match (self.may(AccountRole::Viewer, region), self.may(role, region)) {
            (false, _) => Err(Denied::Unseen),
            (true, false) => Err(Denied::Role),
            (true, true) => Ok(()),
        }
    }

    /// May it act in this role for what lies in a region? What lies in no known region is the whole country's.
    pub fn may(&self, role: AccountRole, region: Option<&str>) -> bool {
        self.role >= role && is_within(region.unwrap_or("000000"), &self.region)
    }
}

/// The longest name of an account.
pub const LONGEST_NAME: usize = 32;

/// Can an account be called so? What stands on record for years is plain and can be typed everywhere.
pub fn is_name(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    let begins = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    begins && text.len() <= LONGEST_NAME && text.bytes().all(is_plain)
}

/// What every token begins with: a scanner finds one that was left in a file.
pub const TOKEN_PREFIX: &str = "bw_";

/// Has it the form of a token: the prefix and 32 bytes in base64url?
pub fn is_token(text: &str) -> bool {
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.strip_prefix(TOKEN_PREFIX).is_some_and(|rest| rest.len() == 43 && rest.bytes().all(is_digit))
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
        let access = |role, region| officer.access(role, Some(region));
        assert_eq!(access(AccountRole::Officer, "140214"), Ok(()));
        assert_eq!(access(AccountRole::Approver, "140214"), Err(Denied::Role));
        assert_eq!(access(AccountRole::Approver, "140200"), Err(Denied::Unseen));
        assert!(of(AccountRole::Admin, "000000").may(AccountRole::Approver, None));
    }

    #[test]
    fn a_name_is_plain() {
        assert!(is_name("chen") && is_name("li.wei-2") && is_name(&"a".repeat(LONGEST_NAME)));
        for odd in ["", "Chen", "陈", "2chen", "chen li", "chen\n", "-chen", &"a".repeat(LONGEST_NAME + 1)] {
            assert!(!is_name(odd), "{odd:?}");
        }
    }

    #[test]
    fn what_has_not_the_form_of_a_token_is_none() {
        let token = format!("bw_{}", "aB3-_".repeat(9).split_at(43).0);
        assert!(is_token(&token));
        for odd in [&token[3..], &token[..45], &format!("{token}A"), &token.replace("aB", "a+"), "bw_", ""] {
            assert!(!is_token(odd), "{odd}");
        }
    }
}
