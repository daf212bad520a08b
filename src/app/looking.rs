//! The looking role: as many sites at once as are allowed, each a task of its own, so that one poisonous site stops
//! nobody else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::flow::watch::Watch;
use crate::store::plan::{self, Claim};

/// How long to rest when nothing is due.
const REST: Duration = Duration::from_millis(500);
/// How long to rest when the database is in trouble.
const TROUBLED_REST: Duration = Duration::from_secs(5);
/// What is under way when the daemon stops may go on for so long.
const GRACE: Duration = Duration::from_secs(5);

/// Looks at what is due until it is stopped; returns when the last look has ended or was given back.
pub(super) async fn run(watch: Arc<Watch>, at_once: usize, stop: CancellationToken) {
    let (turns, tasks) = (Arc::new(Semaphore::new(at_once)), TaskTracker::new());
    while !stop.is_cancelled() {
        let rest = match claim(&watch, &turns, &stop).await {
            Ok(claims) if claims.is_empty() => REST,
            Ok(claims) => {
                for (claim, turn) in claims {
                    tasks.spawn(look(watch.clone(), claim, turn, stop.clone()));
                }
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "cannot claim due sites");
                TROUBLED_REST
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
    tasks.close();
    tasks.wait().await;
}

type Taken = Vec<(Claim, OwnedSemaphorePermit)>;

/// As many due sites as there are free turns; waits until there is one.
async fn claim(
    watch: &Watch,
    turns: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Result<Taken, crate::store::StoreError> {
    let first = tokio::select! {
        () = stop.cancelled() => return Ok(Vec::new()),
        turn = turns.clone().acquire_owned() => turn,
    };
    // Never an error: the semaphore is never closed.
    let mut free: Vec<OwnedSemaphorePermit> = first.into_iter().collect();
    while let Ok(turn) = turns.clone().try_acquire_owned() {
        free.push(turn);
    }
    let claims = watch.claim(free.len()).await?;
    Ok(claims.into_iter().zip(free).collect())
}

async fn look(watch: Arc<Watch>, claim: Claim, _turn: OwnedSemaphorePermit, stop: CancellationToken) {
    let out_of_time = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        done = watch.look(&claim) => {
            if let Err(error) = done {
                tracing::error!(site = claim.site_id, %error, "a look could not be stored: the site is due again when its lease runs out");
            }
        }
        () = out_of_time => give_back(&watch, &claim).await,
    }
}

/// A look broken off by a stop is due again at once.
async fn give_back(watch: &Watch, claim: &Claim) {
    let released = async {
        let mut tx = watch.db.write().await?;
        plan::release(&mut tx, claim, watch.clock.now()).await?;
        tx.commit().await
    };
    if let Err(error) = released.await {
        tracing::warn!(site = claim.site_id, %error, "a site could not be given back: its lease runs out by itself");
    }
}
