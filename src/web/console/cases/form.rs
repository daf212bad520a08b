//! What is said to an act on a case: the fields it asks for, and the deed that comes of them.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;

use super::outcome;
use crate::domain::beijing::from_beijing;
use crate::domain::case::{
    Authority, Case, CaseAct, CaseEvent, CaseOutcome, Consultation, Effective, HandOver, InstructionAct,
};
use crate::domain::registry::Site;
use crate::flow::cases::{Deed, Proposing};
use crate::web::console::act::{Field, Problem, Stage, day, said};
use crate::web::console::words::word;
use crate::web::tongue::Tongue;

/// The fields of all acts.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    why: String,
    whom: String,
    on: String,
    opinion: String,
    outcome: String,
    names: Vec<String>,
    reason: String,
    when: String,
    at: String,
    pub despite: Vec<String>,
    to: String,
    receipt: String,
    order: String,
    by: String,
    reference: String,
    review: String,
    confirm: String,
    again: String,
    look: String,
}

impl Given {
    pub fn stage(&self) -> Stage {
        Stage::of(&self.confirm, &self.again).or_look(&self.look)
    }
}

/// Does it ask for anything?
pub(super) const fn has_form(act: CaseAct) -> bool {
    !matches!(act, CaseAct::Approve | CaseAct::ApproveReinstatement)
}

/// The fields that an act asks for. `is_shared`: other sites are known to go dark.
pub(super) fn fields(t: Tongue, act: CaseAct, case: &Case, site: &Site, given: &Given, is_shared: bool) -> Vec<Field> {
    match act {
        CaseAct::Approve | CaseAct::ApproveReinstatement => Vec::new(),
        CaseAct::Consult => vec![
            Field::line(
                "whom",
                t.say("商谈部门", "Whom"),
                t.say("例如县委网信办。", "Such as the county's supervisor."),
                &given.whom,
            ),
            Field::day("on", t.say("日期", "Day"), "", &given.on),
            Field::text("opinion", t.say("意见", "Opinion"), "", &given.opinion),
        ],
        CaseAct::Propose => proposal(t, case, site, given, is_shared),
        CaseAct::HandOver => vec![
            Field::line(
                "to",
                t.say("移送单位", "To"),
                t.say("举报中心或公安机关。", "The report centre or the police."),
                &given.to,
            ),
            Field::line("receipt", t.say("回执或文号", "Receipt"), "", &given.receipt),
        ],
        CaseAct::Acknowledge => vec![
            Field::one("order", t.say("执行通知", "Instruction"), &given.order, orders(t, case)),
            Field::line("by", t.say("对方经办人", "Who answered"), "", &given.by),
            Field::line("reference", t.say("回执文号", "Reference"), "", &given.reference),
        ],
        CaseAct::ProposeReinstatement => vec![
            Field::line("review", t.say("重新审核文号", "Reference of the new review"), "", &given.review),
            Field::text("reason", t.say("理由", "Reason"), letter_hint(t), &given.reason),
        ],
        CaseAct::Reject | CaseAct::RejectReinstatement | CaseAct::Withdraw | CaseAct::Close => {
            let hint = t.say("记入办理记录。", "Goes on record.");
            vec![Field::text("why", t.say("理由", "Reason"), hint, &given.why)]
        }
    }
}

fn letter_hint(t: Tongue) -> &'static str {
    t.say("写入决定书，也记入办理记录。", "Stands in the decision, and on record.")
}

fn proposal(t: Tongue, case: &Case, site: &Site, given: &Given, is_shared: bool) -> Vec<Field> {
    let needs = |what: CaseOutcome| what.needs_consultation(case.ground) && case.consultations.is_empty();
    let missing = t.say("（须先记录商有关部门的情况）", " (record the consultation first)");
    let label = |what: &CaseOutcome| format!("{}{}", outcome(t, *what), if needs(*what) { missing } else { "" });
    let outcomes = case.ground.outcomes().iter().map(|what| (what.name().to_owned(), label(what)));
    let names = site.names().map(|host| (host.ascii().to_owned(), host.unicode()));
    let whens = [
        ("next", t.say("批准后的下一工作日 09:00", "09:00 of the working day after its approval")),
        ("once", t.say("批准后立即（限停止解析等情形）", "With its approval (a stop in serious cases)")),
        ("at", t.say("指定时间", "At a set time")),
    ];
    let whens = whens.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let when = if given.when.is_empty() { "next" } else { given.when.as_str() };
    let mut fields = vec![
        Field::one("outcome", t.say("处理意见", "Proposal"), &given.outcome, outcomes),
        Field::many("names", t.say("所涉域名", "Names it touches"), &given.names, names).hinted(t.say(
            "限撤销和停止解析；不选即全部登记域名。",
            "Of a revocation or a stop; none chosen: every registered name.",
        )),
        Field::text("reason", t.say("事实和理由", "Facts and reasons"), letter_hint(t), &given.reason),
        Field::one("when", t.say("生效时间", "When it takes effect"), when, whens),
        Field::moment("at", t.say("指定时间（北京时间）", "The set time (Beijing)"), "", &given.at),
    ];
    if is_shared || !given.despite.is_empty() {
        let sure = t.say("已知悉上述网站将同时无法访问，仍然提出", "I know that these sites go dark, and mean it");
        let all = [("yes".to_owned(), sure.to_owned())];
        fields.push(Field::many(
            "despite",
            t.say("同时受影响的网站", "Sites that go dark with it"),
            &given.despite,
            all,
        ));
    }
    fields
}

/// Instructions that nobody acknowledged yet.
fn orders(t: Tongue, case: &Case) -> Vec<(String, String)> {
    let open = case.executions.iter().filter(|done| done.acknowledged.is_none()).map(|done| &done.order);
    let label = |authority: Authority, act: InstructionAct| {
        format!("{} · {}", word(t, authority.label(), authority.name()), word(t, act.label(), act.name()))
    };
    open.map(|order| (format!("{}:{}", order.authority, order.act), label(order.authority, order.act))).collect()
}

/// What was said, as the deed of the act; or what stands against it.
pub(super) fn deed<'a>(t: Tongue, act: CaseAct, given: &'a Given, actor: &str) -> Result<Deed<'a>, Vec<Problem>> {
    let mut wrong = Vec::new();
    let by = actor.to_owned();
    let event = match act {
        CaseAct::Propose => {
            let proposing = proposing(t, given, &mut wrong);
            return if wrong.is_empty() { Ok(Deed::Propose(proposing)) } else { Err(wrong) };
        }
        CaseAct::Approve => CaseEvent::Approved { by },
        CaseAct::ApproveReinstatement => CaseEvent::ReinstatementApproved { by },
        CaseAct::Consult => CaseEvent::Consulted(Consultation {
            by,
            whom: keep(said(t, "whom", &given.whom), &mut wrong),
            on: keep(day(t, "on", &given.on), &mut wrong),
            opinion: keep(said(t, "opinion", &given.opinion), &mut wrong),
        }),
        CaseAct::HandOver => CaseEvent::HandedOver(HandOver {
            by,
            to: keep(said(t, "to", &given.to), &mut wrong),
            receipt: keep(said(t, "receipt", &given.receipt), &mut wrong),
        }),
        CaseAct::Acknowledge => {
            let (authority, order) = order(given).unwrap_or_else(|| {
                wrong.push(chosen(t, "order"));
                (Authority::Registry, InstructionAct::Revoke)
            });
            let by = keep(said(t, "by", &given.by), &mut wrong);
            let reference = keep(said(t, "reference", &given.reference), &mut wrong);
            CaseEvent::Acknowledged { authority, act: order, by, reference }
        }
        CaseAct::ProposeReinstatement => CaseEvent::ReinstatementProposed {
            by,
            review: keep(said(t, "review", &given.review), &mut wrong),
            reason: keep(said(t, "reason", &given.reason), &mut wrong),
        },
        CaseAct::Reject => CaseEvent::Rejected { by, why: why(t, given, &mut wrong) },
        CaseAct::RejectReinstatement => CaseEvent::ReinstatementRejected { by, why: why(t, given, &mut wrong) },
        CaseAct::Withdraw => CaseEvent::Withdrawn { by, why: why(t, given, &mut wrong) },
        CaseAct::Close => CaseEvent::Closed { by, why: why(t, given, &mut wrong) },
    };
    if wrong.is_empty() { Ok(Deed::Does(event)) } else { Err(wrong) }
}

fn why(t: Tongue, given: &Given, wrong: &mut Vec<Problem>) -> String {
    keep(said(t, "why", &given.why), wrong)
}

fn proposing<'a>(t: Tongue, given: &'a Given, wrong: &mut Vec<Problem>) -> Proposing<'a> {
    let outcome = CaseOutcome::from_name(&given.outcome);
    if outcome.is_none() {
        wrong.push(chosen(t, "outcome"));
    }
    if let Err(problem) = said(t, "reason", &given.reason) {
        wrong.push(problem);
    }
    let effective = match given.when.as_str() {
        "once" => Effective::AtOnce,
        "at" => Effective::At { at: keep(moment(t, &given.at), wrong) },
        _ => Effective::NextWorkingDay,
    };
    let despite_shared = !given.despite.is_empty();
    Proposing { outcome, names: &given.names, reason: given.reason.trim(), effective, despite_shared }
}

/// A moment as a browser writes it, Beijing time.
fn moment(t: Tongue, written: &str) -> Result<DateTime<Utc>, Problem> {
    let read = NaiveDateTime::parse_from_str(written.trim(), "%Y-%m-%dT%H:%M");
    let message = t.say("请填写日期和时间，例如 2026-12-04T09:00", "Give a day and an hour, such as 2026-12-04T09:00");
    read.map(from_beijing).map_err(|_| Problem { field: "at", message: message.to_owned() })
}

fn order(given: &Given) -> Option<(Authority, InstructionAct)> {
    let (authority, act) = given.order.split_once(':')?;
    Some((Authority::from_name(authority)?, InstructionAct::from_name(act)?))
}

fn chosen(t: Tongue, field: &'static str) -> Problem {
    Problem { field, message: t.say("请选择一项", "Choose one").to_owned() }
}

fn keep<T: Default>(read: Result<T, Problem>, problems: &mut Vec<Problem>) -> T {
    read.unwrap_or_else(|problem| {
        problems.push(problem);
        T::default()
    })
}
