//! The badge itself: what its script says over HTTP, what its pictures are, and what a browser makes of both on a unit's page.

mod support;

#[path = "badge/browser.rs"]
mod browser;
#[path = "badge/command_line.rs"]
mod command_line;
#[path = "public_page/house.rs"]
#[expect(dead_code, reason = "the county of the public's pages, of which the badge needs a part")]
mod house;
#[path = "badge/pictures.rs"]
mod pictures;
#[path = "badge/reading.rs"]
mod reading;
#[path = "badge/served.rs"]
mod served;
