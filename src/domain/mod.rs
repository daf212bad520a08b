//! Every rule, pure: no async, no network, no clock, no logging.

mod sets;

pub mod account;
pub mod address;
pub mod assess;
pub mod attachment;
pub mod badge;
pub mod basis;
pub mod beijing;
pub mod calendar;
pub mod case;
pub mod confirm;
pub mod crawl;
pub mod dns;
pub mod evidence;
pub mod exhibit;
pub mod finding;
pub mod host;
pub mod identity;
pub mod ids;
pub mod kin;
pub mod letter;
pub mod look;
pub mod mass;
pub mod notice;
pub mod observe;
pub mod office;
pub mod page;
pub mod region;
pub mod registry;
pub mod remarks;
pub mod schedule;
pub mod script;
pub mod site;
pub mod tasks;
pub mod verdict;
