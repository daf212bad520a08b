//! Leads, as officers see and decide them whose region they lie in.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::acting::acts;
use super::request::{Asked, Body, Caller, Place};
use super::trouble::{OfActing, OfReading, Trouble};
use super::views::ActView;
use super::{Api, Said, schemas};
use crate::domain::account::Actor;
use crate::domain::case::Ground;
use crate::domain::host::Host;
use crate::domain::lead::{LeadFile, LeadKind, LeadState};
use crate::domain::personal::Personal;
use crate::domain::seen::Counts;
use crate::flow::leads::read::{self, Sheet};
use crate::flow::leads::{self, Following, LeadError};
use crate::store::StoreResult;
use crate::store::leads::StoredLead;

/// Leads on one page, unless said otherwise.
const PER_PAGE: u32 = 50;

/// What is asked of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LeadsAsked {
    #[param(schema_with = schemas::lead_state, required = false)]
    state: Option<LeadState>,
    #[param(schema_with = schemas::lead_kind, required = false)]
    kind: Option<LeadKind>,
    /// GB/T 2260: there and below, within one's own.
    region: Option<String>,
    /// From 0.
    #[serde(default)]
    page: u32,
    /// 1 to 200.
    per_page: Option<u32>,
}

/// A lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadSheet {
    pub id: String,
    #[schema(schema_with = schemas::lead_kind)]
    pub kind: LeadKind,
    pub kind_label: &'static str,
    #[schema(schema_with = schemas::lead_state)]
    pub state: LeadState,
    pub state_label: &'static str,
    /// GB/T 2260; none: the whole country's.
    pub region: Option<String>,
    /// Where it was seen: A-labels, or an address in numbers.
    pub host: String,
    /// As people read it.
    pub host_name: String,
    /// Registry key of the site whose badge it is, where that is known.
    pub site: Option<String>,
    pub site_name: Option<String>,
    pub unit: Option<String>,
    /// Counts the changes.
    pub version: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// Requests, or reports.
    pub seen: i64,
    /// With requests.
    pub days: i64,
    /// The case it led to.
    pub case: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
    /// What was seen, whose the host is, the reports, and what was stated: as they are kept.
    #[schema(value_type = Object)]
    pub file: LeadFile,
    /// The days behind it that are kept, the latest first; not in a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen_on: Vec<DayView>,
}

/// Requests of one day in Beijing.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayView {
    pub day: NaiveDate,
    pub scripts: i64,
    pub images: i64,
    pub clicks: i64,
}

impl LeadSheet {
    /// Of a lead and the days behind it.
    pub fn of(Sheet { lead, site }: Sheet, days: &[(NaiveDate, Counts)]) -> Self {
        let day = |(day, counts): &(NaiveDate, Counts)| {
            let Counts { scripts, images, clicks } = *counts;
            DayView { day: *day, scripts, images, clicks }
        };
        Self {
            kind_label: lead.kind.label(),
            state_label: lead.state.label(),
            host_name: Host::parse(&lead.host).map_or_else(|| lead.host.clone(), |host| host.unicode()),
            site: site.as_ref().map(|site| site.site.key.clone()),
            site_name: site.as_ref().map(|site| site.site.name.clone()),
            unit: site.map(|site| site.site.unit.name),
            seen_on: days.iter().map(day).collect(),
            id: lead.id,
            kind: lead.kind,
            state: lead.state,
            region: lead.region,
            host: lead.host,
            version: lead.version,
            first_at: lead.first_at,
            last_at: lead.last_at,
            seen: lead.seen,
            days: lead.days,
            case: lead.case_id,
            decided_at: lead.decided_at,
            decided_by: lead.decided_by,
            reason: lead.reason,
            file: lead.file,
        }
    }
}

/// One page of leads.
#[derive(Serialize, ToSchema)]
pub(super) struct LeadPage {
    leads: Vec<LeadSheet>,
    /// The number of the next page, if there is one.
    next_page: Option<u32>,
}

/// The leads of one's region, those that grew last first.
#[utoipa::path(get, path = "/leads", tag = "leads", params(LeadsAsked), security(("token" = [])),
    responses((status = 200, description = "A page of leads", body = LeadPage), OfReading))]
pub(super) async fn list_leads(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(asked): Asked<LeadsAsked>,
) -> Said<LeadPage> {
    let most = asked.per_page.unwrap_or(PER_PAGE);
    if !(1..=read::MOST).contains(&most) {
        return Err(Trouble::invalid(Some("per_page".to_owned()), "1 to 200"));
    }
    let LeadsAsked { state, kind, region, page, .. } = asked;
    let wanted = read::Wanted { kind, state, region, page, most };
    let (found, more) = read::list(&api.app.db, &actor, &wanted).await?;
    let leads = found.into_iter().map(|sheet| LeadSheet::of(sheet, &[])).collect();
    Ok(Json(LeadPage { leads, next_page: more.then(|| page.saturating_add(1)) }))
}

/// One lead, with the days behind it.
#[utoipa::path(get, path = "/leads/{id}", tag = "leads", params(("id" = String, Path)), security(("token" = [])),
    responses((status = 200, description = "The lead", body = LeadSheet), OfReading))]
pub(super) async fn show_lead(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<LeadSheet> {
    let (sheet, days) = read::show(&api.app.db, &actor, &id).await?;
    if sheet.lead.file.has_contacts() {
        api.viewed(&actor, Personal::Report, &sheet.lead.id).await?;
    }
    Ok(Json(LeadSheet::of(sheet, &days)))
}

/// What was done to a lead: by whom, when and why.
#[utoipa::path(get, path = "/leads/{id}/history", tag = "leads", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The acts on record, in order", body = Vec<ActView>), OfReading))]
pub(super) async fn lead_history(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<ActView>> {
    let acts = read::history(&api.app.db, &actor, &id).await?;
    let acts: StoreResult<_> = acts.iter().map(ActView::of).collect();
    Ok(Json(acts?))
}

type Done = Result<StoredLead, LeadError>;

/// The answer to an act: the lead after it.
async fn after(api: &Api, actor: &Actor, done: Done) -> Said<LeadSheet> {
    let (sheet, days) = read::show(&api.app.db, actor, &done?.id).await?;
    Ok(Json(LeadSheet::of(sheet, &days)))
}

/// Why a lead is put away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DismissBody {
    why: String,
}

/// What an officer saw, and what it leads to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowBody {
    /// What was seen on the host: both ends are looked at first.
    seen: String,
    /// `badge_misused` or `counterfeit`; unless said, by the kind of the lead.
    #[schema(schema_with = schemas::ground, required = false)]
    ground: Option<Ground>,
    /// Where no registered site is known: who took it over (art. 21).
    to: Option<String>,
    /// Their receipt.
    receipt: Option<String>,
}

acts! { "leads", "The lead", LeadSheet;
    /// Puts a lead away: nothing is to be followed.
    "/leads/{id}/dismiss" dismiss_lead(DismissBody { why }) =>
        |app, actor, id, now| leads::dismiss(&app.db, actor, id, &why, now);
    /// Follows a lead: a case at the site whose badge it is, or a handing over where none is known.
    "/leads/{id}/follow" follow_lead(FollowBody { seen, ground, to, receipt }) => |app, actor, id, now| {
        let following = Following { seen: &seen, ground, handed_over: to.as_deref().zip(receipt.as_deref()) };
        async move { leads::follow(&app.db, actor, id, &following, now).await }
    };
}
