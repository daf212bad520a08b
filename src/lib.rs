//! badgewatch: is the badge (网站标识) there, at the bottom, valid, and the site's own?
//!
//! The guided tour: [`domain`] holds every rule and touches nothing outside itself; [`cli`] is what an operator types;
//! [`demo`] is a county to look at without a network.

pub mod cli;
pub mod demo;
pub mod domain;
pub mod flow;
pub mod probe;
