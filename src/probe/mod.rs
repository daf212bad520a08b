//! All talk with watched sites. What is seen is reported as it is; judging it is the domain's.

pub mod dns;
pub mod http;
