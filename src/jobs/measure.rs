//! Counting for the metrics, beside all else.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::flow::measure as counts;
use crate::shared::Shared;
use crate::store::looks;

/// How often a process counts for its metrics and reads the calendar anew.
const EVERY: Duration = Duration::from_secs(30);
/// What reads every site is counted once in so many times, half a minute after the start first.
const SELDOM: u32 = 20;

/// Counts for the metrics, and follows the imports of calendars, until it is stopped.
pub async fn measure(app: Shared, stop: CancellationToken) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for turn in (0..SELDOM).cycle() {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        follow_calendar(&app).await;
        match counts::measure(&app.db, &app.clock, &app.calendar.get()).await {
            Ok(measured) => app.metrics.take(&measured),
            Err(error) => {
                app.metrics.unmeasured();
                tracing::warn!(%error, "the metrics could not be counted");
            }
        }
        if turn == 1 {
            count_provinces(&app).await;
        }
    }
}

async fn count_provinces(app: &Shared) {
    let counted = async { looks::by_province(&mut app.db.read().await?).await };
    match counted.await {
        Ok(counts) => app.metrics.take_provinces(&counts),
        Err(error) => tracing::warn!(%error, "the sites of the provinces could not be counted"),
    }
}

/// Takes the calendar over that this or another process imported.
async fn follow_calendar(app: &Shared) {
    match app.calendar.refresh(&app.db).await {
        Ok(false) => {}
        Ok(true) => tracing::info!(version = app.calendar.get().version(), "another calendar of working days holds"),
        Err(error) => tracing::warn!(%error, "the calendar could not be read: the last one holds"),
    }
}
