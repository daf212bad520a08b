//! Cases, as those see and decide them whose region they lie in. Each act is answered with the case as it then is.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::acting::acts;
use super::request::{Asked, Body, Caller, Place};
use super::trouble::{OfActing, OfReading, Trouble};
use super::views::ActView;
use super::{Api, Nothing, Said, schemas};
use crate::domain::case::{Authority, CaseOutcome, CaseState, Effective, Ground, InstructionAct};
use crate::domain::personal::Personal;
use crate::flow::cases::{self, CaseError, Desk, Proposing, read};
use crate::store::cases::StoredCase;
use crate::store::sites::StoredSite;
use crate::store::{StoreResult, outbox};

/// Cases on one page, unless said otherwise.
const PER_PAGE: u32 = 50;

/// What is asked of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CasesAsked {
    #[param(schema_with = schemas::case_state, required = false)]
    state: Option<CaseState>,
    #[param(schema_with = schemas::ground, required = false)]
    ground: Option<Ground>,
    /// Only those that are not over.
    #[serde(default)]
    open: bool,
    /// From 0.
    #[serde(default)]
    page: u32,
    /// 1 to 200.
    per_page: Option<u32>,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseSheet {
    pub id: String,
    /// 案号.
    pub number: String,
    #[schema(schema_with = schemas::case_state)]
    pub state: CaseState,
    /// The state in Chinese.
    pub state_label: &'static str,
    #[schema(schema_with = schemas::ground)]
    pub ground: Ground,
    pub ground_label: &'static str,
    /// What this ground may come to.
    #[schema(value_type = Vec<String>)]
    pub outcomes: &'static [CaseOutcome],
    /// GB/T 2260.
    pub region: Option<String>,
    /// Registry key of the site.
    pub site: String,
    pub unit: String,
    pub notice: Option<String>,
    /// Counts the changes.
    pub version: i64,
    pub opened_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Consultations, proposal and decision, execution, reinstatement: as they are kept.
    #[schema(value_type = Object)]
    pub file: crate::domain::case::Case,
}

impl CaseSheet {
    /// Of a case and its site.
    pub fn of(stored: StoredCase, site: &StoredSite) -> Self {
        let (state, ground) = (stored.case.state, stored.case.ground);
        Self {
            id: stored.id,
            number: stored.number,
            state,
            state_label: state.label(),
            ground,
            ground_label: ground.label(),
            outcomes: ground.outcomes(),
            region: stored.region,
            site: site.site.key.clone(),
            unit: site.site.unit.name.clone(),
            notice: stored.notice_id,
            version: stored.version,
            opened_at: stored.opened_at,
            ended_at: stored.ended_at,
            file: stored.case,
        }
    }
}

/// One page of cases.
#[derive(Serialize, ToSchema)]
pub(super) struct CasePage {
    cases: Vec<CaseSheet>,
    /// The number of the next page, if there is one.
    next_page: Option<u32>,
}

/// The cases of one's region, the latest first.
#[utoipa::path(get, path = "/cases", tag = "cases", params(CasesAsked), security(("token" = [])),
    responses((status = 200, description = "A page of cases", body = CasePage), OfReading))]
pub(super) async fn list_cases(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(asked): Asked<CasesAsked>,
) -> Said<CasePage> {
    let most = asked.per_page.unwrap_or(PER_PAGE);
    if !(1..=read::MOST).contains(&most) {
        return Err(Trouble::invalid(Some("per_page".to_owned()), "1 to 200"));
    }
    let CasesAsked { state, ground, open, page, .. } = asked;
    let found = read::list(&api.app.db, &actor, &read::Wanted { state, ground, open, page, most }).await?;
    let next_page = found.more.then(|| page.saturating_add(1));
    let cases = found.cases.into_iter().map(|(case, site)| CaseSheet::of(case, &site)).collect();
    Ok(Json(CasePage { cases, next_page }))
}

/// One case.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = String, Path)), security(("token" = [])),
    responses((status = 200, description = "The case", body = CaseSheet), OfReading))]
pub(super) async fn show_case(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<CaseSheet> {
    let (case, site) = read::show(&api.app.db, &actor, &id).await?;
    Ok(Json(CaseSheet::of(case, &site)))
}

/// What was done to a case: by whom, when and why.
#[utoipa::path(get, path = "/cases/{id}/history", tag = "cases", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The acts on record, in order", body = Vec<ActView>), OfReading))]
pub(super) async fn case_history(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<ActView>> {
    let acts = read::history(&api.app.db, &actor, &id).await?;
    let acts: StoreResult<_> = acts.iter().map(ActView::of).collect();
    Ok(Json(acts?))
}

/// The letters of a case and what became of them.
#[utoipa::path(get, path = "/cases/{id}/letters", tag = "cases", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The letters, the first first", body = Vec<outbox::Listed>), OfReading))]
pub(super) async fn case_letters(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<outbox::Listed>> {
    let letters = read::letters(&api.app.db, &actor, &id).await?;
    api.viewed(&actor, Personal::Case, &id).await?;
    Ok(Json(letters))
}

/// What an authority was told.
#[derive(Serialize, ToSchema)]
pub(super) struct InstructionView {
    #[schema(schema_with = schemas::authority)]
    authority: Authority,
    #[schema(schema_with = schemas::instruction_act)]
    act: InstructionAct,
    names: Vec<String>,
    /// The signed text (JWS, RFC 7515).
    jws: String,
    made_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
    acknowledged_by: Option<String>,
    reference: Option<String>,
    /// By our own looks at the names.
    confirmed_at: Option<DateTime<Utc>>,
    /// Flagged: the names still say otherwise.
    overdue_at: Option<DateTime<Utc>>,
}

/// What authorities were told, and what came of it.
#[utoipa::path(get, path = "/cases/{id}/instructions", tag = "cases", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The instructions", body = Vec<InstructionView>), OfReading))]
pub(super) async fn case_instructions(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<InstructionView>> {
    let orders = read::orders(&api.app.db, &actor, &id).await?;
    let view = |stored: crate::store::instructions::StoredInstruction| InstructionView {
        authority: stored.order.authority,
        act: stored.order.act,
        names: stored.order.names,
        jws: stored.jws,
        made_at: stored.made_at,
        acknowledged_at: stored.acknowledged_at,
        acknowledged_by: stored.acknowledged_by,
        reference: stored.acknowledged_ref,
        confirmed_at: stored.confirmed_at,
        overdue_at: stored.overdue_at,
    };
    Ok(Json(orders.into_iter().map(view).collect()))
}

type Done = Result<StoredCase, CaseError>;

/// The answer to an act: the case after it.
async fn after(api: &Api, actor: &crate::domain::account::Actor, done: Done) -> Said<CaseSheet> {
    let (case, site) = read::show(&api.app.db, actor, &done?.id).await?;
    Ok(Json(CaseSheet::of(case, &site)))
}

/// Declares a body.
macro_rules! bodies {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)+ })+) => {
        $($(#[doc = $doc])+
        #[derive(Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $($(#[$meta])* $field: $type,)+ })+
    };
}

bodies! {
    /// A new case.
    NewCase {
        /// Registry key of the site.
        site: String,
        #[schema(schema_with = schemas::ground)]
        ground: Ground,
        why: String,
    }
    /// Whom the office consulted, when, and what they said (art. 20).
    Consulted { whom: String, on: NaiveDate, opinion: String, }
    /// A proposal.
    Proposed {
        #[schema(schema_with = schemas::case_outcome)]
        outcome: CaseOutcome,
        /// Names to be stopped, in any spelling; none: every registered one.
        #[serde(default)]
        names: Vec<String>,
        reason: String,
        /// Other sites live on these names and go dark with them: that is meant. Without it such a stop is refused (409), and
        /// the sites are named.
        #[serde(default)]
        despite_shared: bool,
        /// `{"when":"next_working_day"}` unless said otherwise, `{"when":"at_once"}`, or `{"when":"at","at":"…"}`.
        #[serde(default)]
        #[schema(value_type = Object)]
        effective: Effective,
    }
    /// A reason on record.
    Reason { why: String, }
    /// An authority's word.
    Acknowledged {
        #[schema(schema_with = schemas::authority)]
        authority: Authority,
        #[schema(schema_with = schemas::instruction_act)]
        act: InstructionAct,
        /// Who of the authority answered.
        by: String,
        reference: String,
    }
    /// Who took a counterfeit over, against which receipt.
    HandedOver { to: String, receipt: String, }
    /// Why it is lifted, after which new review.
    Lifting { review: String, reason: String, }
}

/// Opens a case on one of the grounds that take a person's eye.
#[utoipa::path(post, path = "/cases", tag = "cases", request_body = NewCase, security(("token" = [])),
    responses((status = 200, description = "The case", body = CaseSheet), OfActing))]
pub(super) async fn open_case(
    State(api): State<Api>,
    Caller(actor): Caller,
    Body(NewCase { site, ground, why }): Body<NewCase>,
) -> Said<CaseSheet> {
    let (desk, now) = (Desk::of(&api.app), api.app.clock.now());
    let done = read::open_at(&desk, &actor, &site, ground, &why, now).await;
    after(&api, &actor, done).await
}

acts! { "cases", "The case", CaseSheet;
    /// Puts a consultation on record.
    "/cases/{id}/consult" consult_case(Consulted { whom, on, opinion }) =>
        |app, actor, id, now| cases::consult(&Desk::of(app), actor, id, (&whom, on, &opinion), now);
    /// Proposes a decision: the evidence is locked in the same moment.
    "/cases/{id}/propose" propose_case(Proposed { outcome, names, reason, despite_shared, effective }) =>
        |app, actor, id, now| {
        let (outcome, names, reason) = (Some(outcome), names.as_slice(), reason.as_str());
        let proposing = Proposing { outcome, names, reason, effective, despite_shared };
        async move { cases::propose(&Desk::of(app), actor, id, &proposing, now).await }
    };
    /// Approves what another proposed.
    "/cases/{id}/approve" approve_case(Nothing {}) => |app, actor, id, now| cases::approve(&Desk::of(app), actor, id, now);
    /// Rejects what was proposed.
    "/cases/{id}/reject" reject_case(Reason { why }) => |app, actor, id, now| cases::reject(&Desk::of(app), actor, id, &why, now);
    /// Takes a proposal back or, before its effect, a decision.
    "/cases/{id}/withdraw" withdraw_case(Reason { why }) =>
        |app, actor, id, now| cases::withdraw(&Desk::of(app), actor, id, &why, now);
    /// Puts an authority's word on record.
    "/cases/{id}/acknowledge" acknowledge_case(Acknowledged { authority, act, by, reference }) =>
        |app, actor, id, now| cases::acknowledge_instruction(&Desk::of(app), actor, id, (authority, act), (&by, &reference), now);
    /// Puts on record that a counterfeit was taken over (art. 21).
    "/cases/{id}/hand-over" hand_over_case(HandedOver { to, receipt }) =>
        |app, actor, id, now| cases::hand_over(&Desk::of(app), actor, id, (&to, &receipt), now);
    /// Proposes to lift what is in force, after a new review.
    "/cases/{id}/propose-reinstatement" propose_reinstatement(Lifting { review, reason }) =>
        |app, actor, id, now| cases::propose_reinstatement(&Desk::of(app), actor, id, (&review, &reason), now);
    /// Lifts what is in force, as another proposed.
    "/cases/{id}/approve-reinstatement" approve_reinstatement(Nothing {}) =>
        |app, actor, id, now| cases::approve_reinstatement(&Desk::of(app), actor, id, now);
    /// Leaves in force what another proposed to lift.
    "/cases/{id}/reject-reinstatement" reject_reinstatement(Reason { why }) =>
        |app, actor, id, now| cases::reject_reinstatement(&Desk::of(app), actor, id, &why, now);
    /// Puts a case away.
    "/cases/{id}/close" close_case(Reason { why }) => |app, actor, id, now| cases::close(&Desk::of(app), actor, id, &why, now);
}
