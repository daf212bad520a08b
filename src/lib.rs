//! badgewatch: is the badge (网站标识) there, at the bottom, valid, and the site's own?
//!
//! The guided tour: [`domain`] holds every rule and touches nothing outside itself; [`cli`] is what an operator types.

pub mod cli;
pub mod clock;
pub mod domain;
pub mod flow;
pub mod probe;
pub mod store;
