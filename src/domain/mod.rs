//! Every rule, pure: no async, no network, no clock, no logging.

mod sets;

pub mod crawl;
pub mod host;
pub mod ids;
pub mod verdict;
