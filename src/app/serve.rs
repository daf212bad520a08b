//! Start and ordered stop of the roles a process plays.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Opened, StartError, looking, postman, watch};
use crate::flow::cases;
use crate::flow::certificates::{Seal, Shelf};
use crate::flow::deliver::Postman;
use crate::flow::notices;
use crate::flow::sign::{Signer, Signs};
use crate::jobs::Always;
use crate::shared::Shared;
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
    start_on(Opened { app, listener: None }, roles).await
}

/// The same, where a listener may be open already.
pub async fn start_on(opened: Opened, roles: &[Role]) -> Result<Running, StartError> {
    let Opened { app, listener } = opened;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let plays = |role: Role| roles.contains(&role);
    let watch = plays(Role::Look).then(|| watch(&app)).transpose()?;
    let postman = plays(Role::Jobs).then(|| postman(&app)).transpose()?;
    let listener = match listener {
        None if plays(Role::Web) => Some(listen(app.config.web.listen)?),
        listener => listener,
    };
    let listener = listener.map(|listener| accepting(&app, listener)).transpose()?;
    if plays(Role::Web) {
        open_shelf(&app).await?;
    }
    let address = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    // The metrics speak for this process, whatever it does.
    tasks.spawn(jobs::measure(app.clone(), stop.clone()));
    if let Some(watch) = watch {
        tasks.spawn(looking::run(Arc::new(watch), app.config.watch.at_once as usize, stop.clone()));
    }
    if let Some(postman) = postman {
        tasks.spawn(jobs::run(app.clone(), stop.clone()));
        tasks.spawn(office(app.clone(), stop.clone()));
        tasks.spawn(deliver(app.clone(), postman, stop.clone()));
    }
    if let Some(listener) = listener {
        tasks.spawn(jobs::keep_shelf(app.clone(), stop.clone()));
        tasks.spawn(jobs::keep_seen(app.clone(), stop.clone()));
        tasks.spawn(web::serve(app.clone(), listener, stop.clone()));
    }
    tracing::info!(roles = ?roles.iter().map(|role| role.name()).collect::<Vec<_>>(), ?address, "started");
    Ok(Running { address, stop, tasks, app })
}

/// Notices and cases go on by themselves.
async fn office(app: Shared, stop: CancellationToken) {
    let app = &app;
    let notices =
        jobs::go_on(app, Always::Notices, stop.clone(), || notices::advance(&app.db, &app.desk, app.clock.now()));
    let cases = jobs::go_on(app, Always::Cases, stop, || async {
        cases::advance(&cases::Desk::of(app), app.clock.now()).await
    });
    tokio::join!(notices, cases);
}

/// The outbox is emptied.
async fn deliver(app: Shared, postman: Postman, stop: CancellationToken) {
    let postman = &postman;
    jobs::go_on(&app, Always::Mail, stop, || postman.step()).await;
}

/// What the last process left is told until the database was heard; what it takes to speak without one is left for the next.
async fn open_shelf(app: &Shared) -> Result<(), StartError> {
    claim(&app.shelf)?;
    let shelf = app.shelf.clone();
    match tokio::task::spawn_blocking(move || shelf.load()).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the certificates on file are not used; they are written anew"),
        Err(error) => tracing::error!(%error, "the certificates on file could not be read"),
    }
    let mut tx = app.db.write().await?;
    let secret = Signer::secret(&mut tx, Signs::Certificates, app.clock.now()).await?;
    tx.commit().await?;
    // While the database is there the public is answered without it: a full disk stops nobody.
    if let Err(error) = app.shelf.keep_seal(&Seal { secret, instructions: app.instructions_key.as_ref().clone() }) {
        tracing::error!(%error, "the next process will find nothing to speak by without the database");
    }
    Ok(())
}

/// Takes the shelf's folder for this process.
pub(super) fn claim(shelf: &Shelf) -> Result<(), StartError> {
    let taken = "another process keeps its certificates there: give each process a folder of its own";
    shelf.claim()?.then_some(()).ok_or_else(|| StartError::Setting(format!("verify.folder: {taken}")))
}

pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let opened = TcpListener::bind(address).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    opened.map_err(|error| StartError::Listen(address, error))
}

fn accepting(app: &Shared, listener: TcpListener) -> Result<tokio::net::TcpListener, StartError> {
    let accepting = tokio::net::TcpListener::from_std(listener);
    accepting.map_err(|error| StartError::Listen(app.config.web.listen, error))
}

impl Running {
    /// Stops in order: no more accepting and claiming, what is under way ends or is given back, the pool closes.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.app.db.close().await;
        self.app.shelf.release();
        tracing::info!("stopped");
    }
}
