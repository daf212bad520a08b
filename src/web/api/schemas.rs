//! The closed sets, as the OpenAPI text lists them.

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::trouble::Code;
use crate::domain::account::AccountRole;
use crate::domain::case::{Authority, CaseOutcome, CaseState, Ground, InstructionAct};
use crate::domain::click::ClickVerdict;
use crate::domain::lead::{LeadKind, LeadState};
use crate::domain::notice::{NoticeState, RequestKind, TellingStatus};
use crate::domain::verdict::FindingCode;

fn one_of(names: impl Iterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}

macro_rules! schemas {
    ($($name:ident = $set:ident;)+) => {
        $(pub(super) fn $name() -> Object {
            one_of($set::ALL.iter().map(|value| value.name()))
        })+
    };
}

schemas! {
    error_code = Code;
    role = AccountRole;
    click_verdict = ClickVerdict;
    notice_state = NoticeState;
    telling_status = TellingStatus;
    request_kind = RequestKind;
    finding_code = FindingCode;
    lead_kind = LeadKind;
    lead_state = LeadState;
    case_state = CaseState;
    ground = Ground;
    case_outcome = CaseOutcome;
    authority = Authority;
    instruction_act = InstructionAct;
}
