//! The unit's page over real HTTP: what it shows, what it takes, what it refuses, and what it keeps to itself. A manual
//! clock, both engines, the sample county behind it.

mod support;

#[path = "unit_page/browser.rs"]
mod browser;
#[path = "unit_page/forms.rs"]
mod forms;
#[path = "unit_page/house.rs"]
mod house;
#[path = "unit_page/journey.rs"]
mod journey;
#[path = "unit_page/limits.rs"]
mod limits;
#[path = "unit_page/links.rs"]
mod links;
#[path = "unit_page/safety.rs"]
mod safety;
#[path = "unit_page/states.rs"]
mod states;
