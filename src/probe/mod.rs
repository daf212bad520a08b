//! All talk with the outside world: it observes, and judges nothing.

pub mod dns;
//! All talk with watched sites. What is seen is reported as it is; judging it is the domain's.

pub mod http;
