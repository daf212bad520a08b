//! Everything built once and wired together; started and stopped in order.

mod build;
mod looking;
mod serve;
mod standby;

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::flow::calendar::{self, CalendarCell};
use crate::flow::certificates::{Shelf, ShelfError, Voice};
use crate::flow::notices::link::Links;
use crate::flow::sign::{Signer, Signs};
use crate::metrics::Metrics;
use crate::shared::Shared;
use crate::store::{Db, StoreError, StoreResult};

use build::seen;
pub use build::{checker, desk, postman, terms, watch};
pub use serve::{Role, Running, start, start_on};
pub use standby::{Opened, open_patiently};

/// Why the daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Setting(String),
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    #[error("verify.folder: {0}")]
    Shelf(#[from] ShelfError),
}

/// Opens the database, brings its schema up to date, and builds what all parts share.
pub async fn open(config: Config, clock: Clock) -> Result<Shared, StartError> {
    // An error only says that a provider was installed before us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let db = Db::open(config.database.url.reveal(), config.database.connections).await?;
    db.migrate().await?;
    shared(config, db, clock).await
}

/// What all parts share, on a database whose schema is up to date.
pub async fn shared(config: Config, db: Db, clock: Clock) -> Result<Shared, StartError> {
    let calendar = calendar::load(&mut db.read().await?).await?.into();
    let links = links(&db, &clock).await?;
    let shelf = Shelf::of(&config.verify.folder);
    let (certificates, instructions) = signers(&db, &clock).await?;
    let voice = Voice::new(certificates, config.verify.signature_hours);
    assemble(config, db, clock, calendar, links, shelf, (voice, instructions.jwk()))
}

/// Puts the parts together. `voices`: who speaks to the public, and the public key of instructions.
fn assemble(
    config: Config,
    db: Db,
    clock: Clock,
    calendar: CalendarCell,
    links: Links,
    shelf: Shelf,
    voices: (Voice, serde_json::Value),
) -> Result<Shared, StartError> {
    let metrics = Metrics::new().map_err(|error| StartError::Setting(error.to_string()))?;
    metrics.mail_mode(config.mail.mode.name());
    let desk = Arc::new(desk(&config));
    let seen = seen(&config, &shelf, &clock);
    let (config, metrics) = (Arc::new(config), Arc::new(metrics));
    let (voice, instructions_key) = (voices.0, Arc::new(voices.1));
    let terms = Arc::new(terms(&config)?);
    Ok(Shared { config, db, clock, calendar, metrics, desk, links, shelf, seen, voice, terms, instructions_key })
}

/// Who signs what the public is told, and who signs instructions.
async fn signers(db: &Db, clock: &Clock) -> StoreResult<(Signer, Signer)> {
    let mut tx = db.write().await?;
    let certificates = Signer::get(&mut tx, Signs::Certificates, clock.now()).await?;
    let instructions = Signer::get(&mut tx, Signs::Instructions, clock.now()).await?;
    tx.commit().await?;
    Ok((certificates, instructions))
}

async fn links(db: &Db, clock: &Clock) -> StoreResult<Links> {
    let mut tx = db.write().await?;
    let links = Links::open(&mut tx, clock.now()).await?;
    tx.commit().await?;
    Ok(links)
}
