//! What every part of the daemon is handed: built once by [`crate::app`].

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::flow::calendar::CalendarCell;
use crate::flow::certificates::{Shelf, Voice};
use crate::flow::notices::Desk;
use crate::flow::notices::link::Links;
use crate::flow::seen::Seen;
use crate::flow::watch::Terms;
use crate::metrics::Metrics;
use crate::store::Db;

/// The values that all parts share. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: Clock,
    /// Follows imports; each process reads them with its metrics.
    pub calendar: CalendarCell,
    pub metrics: Arc<Metrics>,
    /// The offices and their ways, as the steps of notices and cases need them.
    pub desk: Arc<Desk>,
    /// Makes and reads the links of notices.
    pub links: Links,
    /// The certificates that the public is answered from.
    pub shelf: Shelf,
    /// Counts where badges are seen.
    pub seen: Seen,
    /// Signs what they are told.
    pub voice: Voice,
    /// How the watch goes about it: by its rules an office confirms what was held.
    pub terms: Arc<Terms>,
    /// The public key of instructions, as a JWK.
    pub instructions_key: Arc<serde_json::Value>,
}
