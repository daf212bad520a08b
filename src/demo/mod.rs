//! The sample county.

pub mod loopback;
pub mod names;
