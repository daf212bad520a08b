//! What waits in the console for an office's people: notices, cases, leads, held mass changes, the outbox.

#[path = "console_desk/browser.rs"]
mod browser;
#[path = "console_desk/house.rs"]
mod house;
#[path = "console_desk/notices.rs"]
mod notices;
mod support;
