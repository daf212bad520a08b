//! What goes by the clock: one table of jobs, one runner. Each job runs on one machine at a time; a run is idempotent,
//! and the next run is the retry. Beside them goes [`go_on`] what always goes on, on as many machines as there are.

mod measure;

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::closed_set;
use crate::domain::lead::Terms;
use crate::domain::schedule::Rhythm;
use crate::flow::retention::{self, Keep};
use crate::flow::watch::Step;
use crate::flow::{cases, certificates, figures, leads, reports, seal, tasks};
use crate::shared::Shared;
use crate::store::{StoreError, StoreResult, jobs};

pub use measure::measure;

/// How often it is looked whether a job is due.
const POLL: Duration = Duration::from_secs(5);

closed_set! {
    /// The jobs there are.
    pub enum JobName {
        Cases = "cases", "办案 · cases that became due are opened, what authorities did is looked after";
        DailyRoot = "daily_root", "每日封存 · yesterday's evidence is sealed";
        Chains = "chains", "证据链核验 · a share of the evidence is checked, all of it in a day";
        Figures = "figures", "每日指标 · what stood at the end of the day is kept, by county";
        Reports = "reports", "定期报告 · reports that are missing are noted";
        OfficeTasks = "office_tasks", "待办提醒 · offices are told what waits for them";
        Leads = "leads", "线索 · hosts on which badges were seen become leads";
        Retention = "retention", "到期清理 · what has had its time is let go";
    }
}

closed_set! {
    /// What always goes on.
    pub enum Always {
        Notices = "notices", "通知 · notices go on";
        Cases = "cases", "案件 · cases go on";
        Mail = "mail", "邮件 · the outbox is emptied";
    }
}

/// A job: when, and what.
struct Job {
    name: JobName,
    /// Minute hour day month weekday, Beijing time.
    cron: &'static str,
    run: fn(&Shared) -> BoxFuture<'_, StoreResult<Step>>,
}

const JOBS: &[Job] = &[
    // Days are counted here, and looks come once a day: minutes are soon enough.
    Job { name: JobName::Cases, cron: "*/5 * * * *", run: |app| Box::pin(catch_up(app)) },
    // After midnight, when the day's evidence is complete.
    Job { name: JobName::DailyRoot, cron: "10 0 * * *", run: |app| Box::pin(daily_root(app)) },
    Job { name: JobName::Chains, cron: "25 * * * *", run: |app| Box::pin(check_chains(app)) },
    Job { name: JobName::Figures, cron: "5 0 * * *", run: |app| Box::pin(keep_figures(app)) },
    Job { name: JobName::Reports, cron: "20 7 * * *", run: |app| Box::pin(miss_reports(app)) },
    // Every day: of the days off the calendar knows, make-up Saturdays among the days that are worked.
    Job { name: JobName::OfficeTasks, cron: "30 8 * * *", run: |app| Box::pin(tell_offices(app)) },
    Job { name: JobName::Leads, cron: "40 * * * *", run: |app| Box::pin(raise_leads(app)) },
    Job { name: JobName::Retention, cron: "30 3 * * *", run: |app| Box::pin(let_go(app)) },
];

/// Runs the jobs until it is stopped.
pub async fn run(app: Shared, stop: CancellationToken) {
    let mut poll = tokio::time::interval(POLL);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = poll.tick() => {}
        }
        tick(&app, &stop).await;
    }
}

/// Runs every job that is due and that nobody else has.
pub async fn tick(app: &Shared, stop: &CancellationToken) {
    // Read first: who has nothing to do takes no writer's turn.
    let resting = match resting(app).await {
        Ok(resting) => resting,
        Err(error) => return tracing::error!(%error, "the jobs cannot be read"),
    };
    for job in JOBS.iter().filter(|job| resting.iter().all(|name| name != job.name.name())) {
        if let Err(error) = run_if_due(app, job, stop).await {
            tracing::error!(job = job.name.name(), %error, "a job failed; its next run is the retry");
        }
    }
}

/// The jobs whose time has not come.
async fn resting(app: &Shared) -> StoreResult<Vec<String>> {
    jobs::resting(&mut app.db.read().await?, app.clock.now()).await
}

async fn run_if_due(app: &Shared, job: &Job, stop: &CancellationToken) -> StoreResult<()> {
    let now = app.clock.now();
    let again = match Rhythm::parse(job.cron, TimeDelta::zero()) {
        Ok(rhythm) => rhythm.next(job.name.name(), now),
        Err(_) => now + TimeDelta::days(1),
    };
    let mut tx = app.db.write().await?;
    let taken = jobs::take(&mut tx, job.name.name(), now, again).await?;
    tx.commit().await?;
    if !taken {
        return Ok(());
    }
    let begun = Instant::now();
    let done = until_idle(app, job, stop).await;
    app.metrics.ran(job.name, begun.elapsed(), done.is_ok());
    let error = done.as_ref().err().map(ToString::to_string);
    let mut tx = app.db.write().await?;
    jobs::ended(&mut tx, job.name.name(), app.clock.now(), error.as_deref()).await?;
    tx.commit().await?;
    done
}

async fn until_idle(app: &Shared, job: &Job, stop: &CancellationToken) -> StoreResult<()> {
    while !stop.is_cancelled() {
        if (job.run)(app).await? == Step::Idle {
            break;
        }
    }
    Ok(())
}

async fn catch_up(app: &Shared) -> StoreResult<Step> {
    cases::catch_up(&cases::Desk::of(app), app.clock.now()).await
}

async fn daily_root(app: &Shared) -> StoreResult<Step> {
    seal::seal(&app.db, &app.clock).await?;
    Ok(Step::Idle)
}

/// What is broken fails the run, so that it stands in the database, too, which breach it was.
async fn check_chains(app: &Shared) -> StoreResult<Step> {
    let share = seal::ShareOf::at(app.clock.now());
    let verified = seal::verify_share(&app.db, share).await?;
    app.metrics.checked(share, &verified);
    match verified.breaches.first() {
        None => Ok(Step::Idle),
        Some(first) => {
            let all = verified.breaches.len();
            Err(StoreError::Corrupt(format!(
                "{all} breaches of evidence or acts: {first}; run `badgewatch audit verify`"
            )))
        }
    }
}

async fn keep_figures(app: &Shared) -> StoreResult<Step> {
    figures::keep(&app.db, app.clock.now()).await?;
    Ok(Step::Idle)
}

async fn miss_reports(app: &Shared) -> StoreResult<Step> {
    reports::step(&app.db, &app.config.offices, app.clock.now()).await?;
    Ok(Step::Idle)
}

async fn raise_leads(app: &Shared) -> StoreResult<Step> {
    let verify = &app.config.verify;
    let terms = Terms { requests: verify.lead_requests.into(), days: verify.lead_days.into() };
    leads::raise(&app.db, terms, app.clock.now()).await
}

async fn tell_offices(app: &Shared) -> StoreResult<Step> {
    tasks::write(&app.db, &app.config.offices, &app.calendar.get(), app.clock.now()).await?;
    Ok(Step::Idle)
}

async fn let_go(app: &Shared) -> StoreResult<Step> {
    let days = |days: u32| TimeDelta::days(i64::from(days));
    let retention = &app.config.retention;
    let keep = Keep {
        looks: days(retention.looks_days),
        suspicion: days(retention.suspicion_days),
        seen: days(retention.seen_days),
        figures: days(retention.figures_days),
        contacts: days(retention.contact_days),
    };
    retention::step(&app.db, &keep, app.clock.now()).await
}

/// Does one thing after the other as long as there is something to do, and looks again a little later, until it is stopped.
pub async fn go_on<F>(app: &Shared, what: Always, stop: CancellationToken, step: impl Fn() -> F)
where
    F: Future<Output = StoreResult<Step>>,
{
    while !stop.is_cancelled() {
        let rest = match step().await {
            Ok(Step::Worked) => continue,
            Ok(Step::Idle) => POLL,
            Err(error) => {
                tracing::error!(what = what.name(), %error, "a step failed; it is tried again");
                app.metrics.step_failed(what);
                POLL * 2
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Keeps the public's shelf what the database says, and signs ahead what is on it, until it is stopped. A database that does
/// not answer leaves the shelf as it is.
pub async fn keep_shelf(app: Shared, stop: CancellationToken) {
    // Half of the bound is for the caches on the way.
    let every = Duration::from_secs(u64::from(app.config.verify.bound_seconds)) / 4;
    let mut turn = tokio::time::interval(every);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut signing = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = turn.tick() => {}
        }
        if let Err(error) = certificates::follow(&app.db, &app.shelf, app.voice.name(), app.clock.now()).await {
            tracing::error!(%error, "the public's certificates are not brought up to date; the last ones are told");
        }
        while signing.try_join_next().is_some() {}
        if signing.is_empty() {
            let (app, stop) = (app.clone(), stop.clone());
            signing.spawn_blocking(move || sign_ahead(&app, &stop));
        }
    }
    signing.join_all().await;
}

fn sign_ahead(app: &Shared, stop: &CancellationToken) {
    let (Some(shelf), now) = (app.shelf.get(), app.clock.now()) else { return };
    if !app.voice.is_due(&shelf, now) {
        return;
    }
    if let Err(error) = app.voice.sign_ahead(&shelf, now, || stop.is_cancelled()) {
        tracing::error!(%error, "the public's certificates cannot be signed ahead; each is signed as it is asked for");
    }
}

/// How often what was seen is written.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// What a stop waits for at most: a database that does not answer holds nobody.
const LAST_WRITING: Duration = Duration::from_secs(5);

/// Writes where badges were seen, until it is stopped, and once more then.
pub async fn keep_seen(app: Shared, stop: CancellationToken) {
    let mut turn = tokio::time::interval(SEEN_EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = turn.tick() => write_seen(&app).await,
        }
    }
    if tokio::time::timeout(LAST_WRITING, write_seen(&app)).await.is_err() {
        tracing::warn!("what was seen in the last minute is not written: the database does not answer");
    }
}

async fn write_seen(app: &Shared) {
    let flushed = app.seen.flush(&app.db).await;
    app.metrics.seen(&flushed);
    if let Some(error) = flushed.error {
        tracing::warn!(%error, "where badges were seen could not be written; it is tried again");
    }
}
