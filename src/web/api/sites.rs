//! What officers do about a site. A site is named by its registry key; a key with a folder holds slashes, and goes into the
//! path percent-encoded (`www.yunxi.gov.cn%2Fjyj`), as OpenAPI has it.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::{Body, Caller, Place};
use super::trouble::OfActing;
use super::{Api, Nothing, Said};
use crate::flow::notices::{self, Maintenance};
use crate::flow::{recheck, reports};

/// Announced maintenance: limits stand still meanwhile.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MaintenanceBody {
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    reason: String,
}

/// What came of an announcement.
#[derive(Serialize, ToSchema)]
pub(super) struct Announced {
    /// The open notice of the site, whose limit stands still meanwhile.
    notice: Option<String>,
    /// Its due day after it.
    due_on: Option<NaiveDate>,
}

/// Puts announced maintenance on file.
#[utoipa::path(post, path = "/sites/{key}/maintenance", tag = "sites", security(("token" = [])),
    params(("key" = String, Path, description = "Registry key, percent-encoded")), request_body = MaintenanceBody,
    responses((status = 200, description = "What came of it", body = Announced), OfActing))]
pub(super) async fn announce_maintenance(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(key): Place<String>,
    Body(MaintenanceBody { from, until, reason }): Body<MaintenanceBody>,
) -> Said<Announced> {
    let (app, of) = (&api.app, Maintenance { site: key, from, until, reason });
    let moved = notices::announce_maintenance(&app.db, &app.desk, &actor, &of, app.clock.now()).await?;
    let due_on = moved.as_ref().and_then(|moved| moved.notice.due()).map(|due| due.date);
    Ok(Json(Announced { notice: moved.map(|moved| moved.id), due_on }))
}

/// A periodic report (art. 17) that came in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportBody {
    /// The day on which it was made: not ahead.
    made_on: NaiveDate,
}

/// What came of noting a report.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportNoted {
    /// The last day on which the next one is in time; none where none is asked for.
    next_due_on: Option<NaiveDate>,
    /// It was missed until now, and is not any more.
    cleared: bool,
}

/// Puts a periodic report on file.
#[utoipa::path(post, path = "/sites/{key}/report", tag = "sites", security(("token" = [])),
    params(("key" = String, Path, description = "Registry key, percent-encoded")), request_body = ReportBody,
    responses((status = 200, description = "What came of it", body = ReportNoted), OfActing))]
pub(super) async fn note_report(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(key): Place<String>,
    Body(ReportBody { made_on }): Body<ReportBody>,
) -> Said<ReportNoted> {
    let app = &api.app;
    let noted = reports::note(&app.db, &app.config.offices, &actor, &key, made_on, app.clock.now()).await?;
    Ok(Json(ReportNoted { next_due_on: noted.next_due, cleared: noted.cleared }))
}

/// A re-check that was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct RecheckAsked {
    asked: bool,
}

/// Asks for a look that goes before the schedule.
#[utoipa::path(post, path = "/sites/{key}/recheck", tag = "sites", security(("token" = [])),
    params(("key" = String, Path, description = "Registry key, percent-encoded")), request_body = Nothing,
    responses((status = 200, description = "It is asked for", body = RecheckAsked), OfActing))]
pub(super) async fn recheck_site(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(key): Place<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Said<RecheckAsked> {
    recheck::ask(&api.app.db, &actor, &key, api.app.clock.now()).await?;
    Ok(Json(RecheckAsked { asked: true }))
}
