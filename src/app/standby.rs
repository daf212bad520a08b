//! Starting while the database does not answer: the public is told what was known, by what the last process left, until the
//! database is there again.

use std::net::TcpListener;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::serve::{Role, listen};
use super::{StartError, assemble, open};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::calendar::Calendar;
use crate::flow::certificates::Shelf;
use crate::flow::notices::link::Links;
use crate::shared::Shared;
use crate::store::{Db, StoreError};
use crate::web;

/// How long a database may take to answer before the public is told what was known.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long until the database is asked again.
const RETRY: Duration = Duration::from_secs(5);

/// What to start, and where it listens already.
pub struct Opened {
    pub app: Shared,
    pub listener: Option<TcpListener>,
}

/// Opens the database; while it does not answer and certificates are on file, a process with the web role answers the public.
/// `None`: it was stopped meanwhile.
pub async fn open_patiently(
    config: Config,
    clock: Clock,
    roles: &[Role],
    stop: &CancellationToken,
) -> Result<Option<Opened>, StartError> {
    let quickly = tokio::time::timeout(PATIENCE, open(config.clone(), clock.clone())).await;
    let whole = |app| Ok(Some(Opened { app, listener: None }));
    match quickly {
        Ok(Ok(app)) => return whole(app),
        Ok(Err(StartError::Store(StoreError::Sql(error)))) => tracing::error!(%error, "the database does not answer"),
        Ok(Err(error)) => return Err(error),
        Err(_) => tracing::error!("the database does not answer"),
    }
    let plays = roles.contains(&Role::Web);
    let standing = if plays { by_what_is_on_file(&config, &clock) } else { Ok(None) };
    let app = match standing {
        Ok(Some(app)) => app,
        Ok(None) => return open(config, clock).await.and_then(whole),
        // What the last process left is of no use; the database may come in time all the same.
        Err(StartError::Shelf(error)) => {
            tracing::error!(%error, "nothing can be told from what is on file");
            return open(config, clock).await.and_then(whole);
        }
        Err(error) => return Err(error),
    };
    tracing::warn!("the public is told what was known; all else waits for the database");
    let listener = listen(config.web.listen)?;
    let (standing, over) = serve(&app, &listener)?;
    let opened = reopen(config, clock, stop).await;
    over.cancel();
    let _ = standing.await;
    app.shelf.release();
    app.db.close().await;
    Ok(opened?.map(|app| Opened { app, listener: Some(listener) }))
}

fn serve(app: &Shared, listener: &TcpListener) -> Result<(JoinHandle<()>, CancellationToken), StartError> {
    let same = listener.try_clone().and_then(tokio::net::TcpListener::from_std);
    let same = same.map_err(|error| StartError::Listen(app.config.web.listen, error))?;
    let over = CancellationToken::new();
    Ok((tokio::spawn(web::serve(app.clone(), same, over.clone())), over))
}

async fn reopen(config: Config, clock: Clock, stop: &CancellationToken) -> Result<Option<Shared>, StartError> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(RETRY) => {}
        }
        let opened = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            opened = open(config.clone(), clock.clone()) => opened,
        };
        match opened {
            Err(StartError::Store(StoreError::Sql(error))) => {
                tracing::warn!(%error, "the database still does not answer")
            }
            opened => return opened.map(Some),
        }
    }
}

/// What all parts share, as far as it can be had without a database. `None`: nothing is on file.
fn by_what_is_on_file(config: &Config, clock: &Clock) -> Result<Option<Shared>, StartError> {
    let shelf = Shelf::of(&config.verify.folder);
    let Some((voice, instructions)) = shelf.voice(config.verify.signature_hours)? else { return Ok(None) };
    super::serve::claim(&shelf)?;
    if !shelf.load()? {
        return Ok(None);
    }
    let db = Db::lazily(config.database.url.reveal(), config.database.connections)?;
    let (calendar, links) = (Calendar::builtin().into(), Links::nowhere()?);
    Ok(Some(assemble(config.clone(), db, clock.clone(), calendar, links, shelf, (voice, instructions))?))
}
