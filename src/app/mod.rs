//! Everything built once and wired together; started and stopped in order.

mod build;
mod looking;
mod serve;

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::flow::calendar;
use crate::flow::certificates::Shelf;
use crate::flow::notices::link::Links;
use crate::metrics::Metrics;
use crate::shared::Shared;
use crate::store::{Db, StoreError, StoreResult};

use build::seen;
pub use build::{checker, desk, postman, terms, watch};
pub use serve::{Role, Running, start};

/// Why the daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Setting(String),
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
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
    let metrics = Metrics::new().map_err(|error| StartError::Setting(error.to_string()))?;
    metrics.mail_mode(config.mail.mode.name());
    let calendar = calendar::load(&mut db.read().await?).await?.into();
    let links = links(&db, &clock).await?;
    let desk = Arc::new(desk(&config));
    let shelf = Shelf::of(&config.verify.folder);
    let seen = seen(&config, &shelf, &clock);
    let (config, metrics) = (Arc::new(config), Arc::new(metrics));
    Ok(Shared { config, db, clock, calendar, metrics, desk, links, shelf, seen })
}

async fn links(db: &Db, clock: &Clock) -> StoreResult<Links> {
    let mut tx = db.write().await?;
    let links = Links::open(&mut tx, clock.now()).await?;
    tx.commit().await?;
    Ok(links)
}
