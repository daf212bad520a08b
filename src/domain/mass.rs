//! A mass change: many sites that share something turn bad together. It is more likely ours, or one machine's, than
//! the fault of all of them, so an operator looks before anybody is told.

use serde::{Deserialize, Serialize};

use crate::closed_set;

closed_set! {
    /// What sites may share.
    pub enum Dimension {
        Address = "address", "同一托管地址 · the address that serves them";
        BadgeHost = "badge_host", "同一标识服务器 · the host that serves their badges";
        Region = "region", "同一行政区划 · the region of their units";
        Vantage = "vantage", "同一检测点和解析器 · the place and the resolvers they were looked at from";
    }
}

closed_set! {
    /// What became of a hold.
    pub enum HoldState {
        Open = "open", "待处理 · waits for an operator";
        Real = "real", "情况属实 · the operator found it real: the findings may be confirmed";
        Ours = "ours", "检测方原因 · the operator found it ours: the findings are dismissed";
    }
}

/// How much of a group is a mass change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MassRule {
    /// The share of the group's sites that turned bad, 0 to 1.
    pub share: f64,
    /// And so many of them at least.
    pub least: u32,
    /// Together: within so many hours.
    pub hours: u32,
}

impl Default for MassRule {
    fn default() -> Self {
        Self { share: 0.3, least: 5, hours: 24 }
    }
}

impl MassRule {
    /// Are `failing` of `watched` sites too many to be believed unseen?
    pub fn is_met(&self, failing: u64, watched: u64) -> bool {
        failing >= u64::from(self.least) && failing as f64 >= self.share * watched as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_a_share_and_a_number() {
        let rule = MassRule::default();
        assert!(!rule.is_met(4, 4), "a small group proves nothing");
        assert!(rule.is_met(5, 16) && !rule.is_met(5, 17));
        assert!(!rule.is_met(0, 0));
    }
}
