//! All talk with the outside world: it observes, and judges nothing.

pub mod dns;
