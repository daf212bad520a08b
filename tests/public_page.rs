//! What a member of the public meets, over real HTTP: the certificate behind a badge, the search, the public list. A manual
//! clock, both engines.

mod support;

#[path = "public_page/browser.rs"]
mod browser;
#[path = "public_page/home.rs"]
mod home;
#[path = "public_page/house.rs"]
mod house;
#[path = "public_page/list.rs"]
mod list;
#[path = "public_page/safety.rs"]
mod safety;
#[path = "public_page/search.rs"]
mod search;
#[path = "public_page/strain.rs"]
mod strain;
#[path = "public_page/verdicts.rs"]
mod verdicts;
#[path = "public_page/wire.rs"]
mod wire;
