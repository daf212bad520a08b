//! What every part of the daemon is handed: built once by [`crate::app`].

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::calendar::Calendar;
use crate::flow::notices::Desk;
use crate::flow::notices::link::Links;
use crate::metrics::Metrics;
use crate::store::Db;

/// The values that all parts share. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: Clock,
    pub calendar: Calendar,
    pub metrics: Arc<Metrics>,
    /// What all steps on notices and cases share.
    pub desk: Arc<Desk>,
    /// Makes and reads the links of notices.
    pub links: Links,
}
