//! Use-cases: gather → decide → act. They call probes and rules and hold neither.

pub mod accounts;
pub mod backup;
pub mod calendar;
pub mod cases;
pub mod certificates;
pub mod check_site;
pub mod circulars;
pub mod contacts;
pub mod deliver;
pub mod export_registry;
pub mod figures;
pub mod filters;
pub mod import_history;
pub mod import_registry;
pub mod leads;
pub mod letter_view;
pub mod measure;
pub mod notices;
mod on;
pub mod outbox;
pub mod people;
pub mod recheck;
pub mod reports;
pub mod retention;
pub mod seal;
pub mod seen;
pub mod sign;
pub mod sites;
pub mod tasks;
pub mod watch;

pub use on::On;
