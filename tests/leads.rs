//! What the public's clicks and reports tell: counted, written, raised, reported and decided. A manual clock, both engines.

mod support;

#[path = "leads/decided.rs"]
mod decided;
#[path = "leads/form.rs"]
mod form;
#[path = "leads/house.rs"]
mod house;
#[path = "leads/raised.rs"]
mod raised;
#[path = "leads/seen.rs"]
mod seen;
