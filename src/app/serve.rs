//! Start and ordered stop of the roles a process plays.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{StartError, looking, postman, watch};
use crate::flow::cases;
use crate::flow::deliver::Postman;
use crate::flow::notices;
use crate::flow::sign::{self, Signer, Signs};
use crate::shared::Shared;
use crate::store::StoreResult;
use crate::{closed_set, jobs, web};

closed_set! {
    /// What a process does. All roles of one database may run in one process, or each in many.
    pub enum Role {
        Look = "look", "looks at sites";
        Jobs = "jobs", "runs what goes by the clock: notices, cases, letters, the daily root, retention";
        Web = "web", "serves pages, health and metrics";
    }
}

/// A running daemon.
pub struct Running {
    /// Where it listens, if it plays the role.
    pub address: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: TaskTracker,
    app: Shared,
}

/// Starts the roles. What can fail comes first: a daemon that cannot start begins nothing.
pub async fn start(app: Shared, roles: &[Role]) -> Result<Running, StartError> {
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let plays = |role: Role| roles.contains(&role);
    let watch = plays(Role::Look).then(|| watch(&app)).transpose()?;
    let postman = plays(Role::Jobs).then(|| postman(&app)).transpose()?;
    let listener = if plays(Role::Web) { Some(listen(app.config.web.listen).await?) } else { None };
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    // The metrics speak for this process, whatever it does.
    tasks.spawn(jobs::measure(app.clone(), stop.clone()));
    if let Some(watch) = watch {
        tasks.spawn(looking::run(Arc::new(watch), app.config.watch.at_once as usize, stop.clone()));
    }
    if let Some(postman) = postman {
        tasks.spawn(jobs::run(app.clone(), stop.clone()));
        tasks.spawn(office(app.clone(), stop.clone()));
        tasks.spawn(deliver(postman, stop.clone()));
    }
    if let Some(listener) = listener {
        let installation = installation(&app).await?;
        tasks.spawn(jobs::keep_shelf(app.clone(), installation, stop.clone()));
        tasks.spawn(jobs::keep_seen(app.clone(), stop.clone()));
        tasks.spawn(web::serve(app.clone(), listener, stop.clone()));
    }
    tracing::info!(roles = ?roles.iter().map(|role| role.name()).collect::<Vec<_>>(), ?address, "started");
    Ok(Running { address, stop, tasks, app })
}

/// Notices and cases go on by themselves.
async fn office(app: Shared, stop: CancellationToken) {
    let app = &app;
    let notices = jobs::go_on("notices", stop.clone(), || notices::advance(&app.db, &app.desk, app.clock.now()));
    let cases = jobs::go_on("cases", stop, || async { cases::advance(&cases::Desk::of(app), app.clock.now()).await });
    tokio::join!(notices, cases);
}

/// The outbox is emptied.
async fn deliver(postman: Postman, stop: CancellationToken) {
    let postman = &postman;
    jobs::go_on("mail", stop, || postman.step()).await;
}

/// The name of this installation: that of the key which signs what the public is told.
async fn installation(app: &Shared) -> StoreResult<String> {
    let mut tx = app.db.write().await?;
    let signer = Signer::get(&mut tx, Signs::Certificates, app.clock.now()).await?;
    tx.commit().await?;
    Ok(sign::thumbprint(signer.public()))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| StartError::Listen(address, error))
}

impl Running {
    /// Stops in order: no more accepting and claiming, what is under way ends or is given back, the pool closes.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.app.db.close().await;
        tracing::info!("stopped");
    }
}
