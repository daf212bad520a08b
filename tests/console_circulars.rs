//! Circulars in the console: who is named in one and who is not, and what becomes of it.

mod support;

#[path = "console_circulars/browser.rs"]
mod browser;
#[path = "console_circulars/county.rs"]
mod county;
#[path = "console_circulars/life.rs"]
mod life;
