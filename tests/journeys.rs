//! From a look to a letter to a decision, end to end: the sample county under a real watch, a real mail server, the unit's
//! page over HTTP, over the National Day holiday of 2026. A manual clock, both engines.

mod support;

#[path = "journeys/decided.rs"]
mod decided;
#[path = "journeys/house.rs"]
mod house;
#[path = "journeys/mended.rs"]
mod mended;
#[path = "journeys/outage.rs"]
mod outage;
#[path = "journeys/weather.rs"]
mod weather;
