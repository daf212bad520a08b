//! The office's overview, its list of sites, and the page of each.

mod support;

#[path = "console_sites/browser.rs"]
mod browser;
#[path = "console_sites/county.rs"]
mod county;
#[path = "console_sites/export.rs"]
mod export;
#[path = "console_sites/list.rs"]
mod list;
#[path = "console_sites/overview.rs"]
mod overview;
#[path = "console_sites/page.rs"]
mod page;
#[path = "console_sites/scale.rs"]
mod scale;
#[path = "console_sites/tables.rs"]
mod tables;
