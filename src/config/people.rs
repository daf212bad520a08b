//! Who must log in with a second device.

use serde::{Deserialize, Serialize};

use crate::domain::account::AccountRole;

/// How people log in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    pub second_device: SecondDevice,
}

/// Whom a second device (one-time codes, RFC 6238) is demanded of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondDevice {
    /// Whoever wants one has one.
    Offered,
    /// Of approvers and admins: by their word a badge is revoked, a name goes dark, and others are let in. Officers only
    /// propose, and a county may have no telephones to spare.
    #[default]
    DemandedOfApprovers,
    /// Of everybody.
    Demanded,
}

impl SecondDevice {
    /// Is it demanded of somebody in this role?
    pub fn is_demanded_of(self, role: AccountRole) -> bool {
        match self {
            Self::Offered => false,
            Self::DemandedOfApprovers => role >= AccountRole::Approver,
            Self::Demanded => true,
        }
    }
}
