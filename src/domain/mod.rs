//! Every rule, pure: no async, no network, no clock, no logging.

mod sets;

pub mod assess;
pub mod badge;
pub mod calendar;
pub mod finding;
pub mod dns;
pub mod address;
pub mod crawl;
pub mod host;
pub mod identity;
pub mod ids;
pub mod look;
pub mod page;
pub mod registry;
pub mod script;
pub mod verdict;
