//! The API of the office over real HTTP, and the same on the command line; a manual clock, both engines.

mod support;

#[path = "api/bounces.rs"]
mod bounces;
#[path = "api/command_line.rs"]
mod command_line;
#[path = "api/decisions.rs"]
mod decisions;
#[path = "api/description.rs"]
mod description;
#[path = "api/input.rs"]
mod input;
#[path = "api/life.rs"]
mod life;
#[path = "api/rights.rs"]
mod rights;
#[path = "api/served.rs"]
mod served;
