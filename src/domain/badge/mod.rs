//! The badge in a page: what was read, in which form, and whether a visitor sees it.

pub mod hosts;
pub mod link;
pub mod reading;
pub mod snippet;
pub mod table;

pub use hosts::BadgeHosts;
pub use reading::{Form, Reading, State, Tri, Why};
pub use table::HostTable;
