//! Every rule, pure: no async, no network, no clock, no logging.

mod sets;

pub mod calendar;
pub mod host;
pub mod ids;
pub mod registry;
pub mod verdict;
