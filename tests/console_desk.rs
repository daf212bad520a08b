//! What waits in the console for an office's people: notices, cases, leads, held mass changes, the outbox.

#[path = "console_desk/browser.rs"]
mod browser;
#[path = "console_desk/cases.rs"]
mod cases;
#[path = "console_desk/house.rs"]
mod house;
#[path = "console_desk/leads.rs"]
mod leads;
#[path = "console_desk/notices.rs"]
mod notices;
#[path = "console_desk/overview.rs"]
mod overview;
mod support;
#[path = "console_desk/waiting.rs"]
mod waiting;
