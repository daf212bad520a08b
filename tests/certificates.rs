//! The shelf of certificates and what is said from it: both engines, a manual clock, real files, real HTTP.

mod support;

#[path = "certificates/asked.rs"]
mod asked;
#[path = "certificates/files.rs"]
mod files;
#[path = "certificates/followed.rs"]
mod followed;
#[path = "certificates/hall.rs"]
mod hall;
#[path = "certificates/quick.rs"]
mod quick;
