//! The registry in the console: a file is looked at, and taken as it was looked at.

mod support;

#[path = "console_registry/browser.rs"]
mod browser;
#[path = "console_registry/files.rs"]
mod files;
#[path = "console_registry/import.rs"]
mod import;
#[path = "console_registry/settings.rs"]
mod settings;
