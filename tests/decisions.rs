//! Decisions: from an overdue notice, a dead site or somebody else's badge to two people's word, its execution as our own
//! looks see it, and its reversal. A manual clock, both engines.

mod support;

#[path = "decisions/county.rs"]
mod county;
#[path = "decisions/dark.rs"]
mod dark;
#[path = "decisions/desk.rs"]
mod desk;
#[path = "decisions/lost.rs"]
mod lost;
#[path = "decisions/pace.rs"]
mod pace;
#[path = "decisions/records.rs"]
mod records;
#[path = "decisions/shared.rs"]
mod shared;
#[path = "decisions/watched.rs"]
mod watched;
