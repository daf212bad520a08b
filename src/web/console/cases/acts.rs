//! The acts in words: what follows from each, and what is said when it is done.

use crate::domain::case::{CaseAct, CaseRefusal};
use crate::web::tongue::Tongue;

use CaseAct as A;

/// What follows.
pub(super) fn line(t: Tongue, act: CaseAct) -> &'static str {
    match act {
        A::Approve => t.say(
            "您是作出决定的第二人。请核对事实、证据、拟办意见和将要发出的文书。批准后到生效前可以撤回，生效后只能经重新审核恢复。",
            "You are the second person. Check facts, evidence, proposal and what will be sent. It can be withdrawn before its effect, never after.",
        ),
        A::Reject => t.say("退回后案件回到办理中，可以重新提出处理意见。", "The case is open again and may be proposed anew."),
        A::ApproveReinstatement => t.say(
            "您是作出决定的第二人。批准后立即恢复标识和域名，并通知单位和执行单位。",
            "You are the second person. Badge and names are back in force at once; the unit and the authorities are told.",
        ),
        A::RejectReinstatement => t.say("原决定继续有效。", "What is in force stays so."),
        A::Propose => t.say(
            "提出时固定证据；须由另一人批准才发生效力。核对页显示批准后将要发出的文书。",
            "The evidence is locked in the same moment; another person has to approve it. The next page shows what would be sent then.",
        ),
        A::Consult => t.say("依第二十条处理前，须商有关部门并记录。", "Art. 20 asks for a consultation before a decision."),
        A::HandOver => t.say("登记对方回执后结案。", "With the receipt the case is closed."),
        A::Acknowledge => t.say(
            "登记执行单位的回执。撤销标识以回执为准；停止解析和恢复另由检测确认。",
            "Puts an authority's word on record. A stop is confirmed by our own looks besides.",
        ),
        A::ProposeReinstatement => t.say(
            "须附重新审核的文号，并由另一人批准。",
            "It takes the reference of a new review, and another person's approval.",
        ),
        A::Withdraw => t.say("撤回后案件回到办理中。", "The case is open again."),
        A::Close => t.say("结案后标识仍为撤销状态。", "The badge stays revoked."),
    }
}

/// The button of the second page.
pub(super) fn button(t: Tongue, act: CaseAct) -> &'static str {
    match act {
        A::Approve => t.say("批准", "Approve"),
        A::Reject => t.say("退回", "Reject"),
        A::ApproveReinstatement => t.say("批准恢复", "Approve and lift"),
        A::RejectReinstatement => t.say("不同意恢复", "Do not lift"),
        A::Propose => t.say("固定证据并提出", "Lock the evidence and propose"),
        A::Consult => t.say("记录", "Put on record"),
        A::HandOver => t.say("登记并结案", "Note it and close"),
        A::Acknowledge => t.say("登记回执", "Note it"),
        A::ProposeReinstatement => t.say("提出恢复", "Propose to lift"),
        A::Withdraw => t.say("撤回", "Withdraw"),
        A::Close => t.say("结案", "Close"),
    }
}

/// What was done just before.
pub(super) fn told(t: Tongue, key: &str) -> Option<&'static str> {
    let said = match key {
        "opened" => return Some(t.say("已立案。", "The case is open.")),
        "open_already" => {
            return Some(
                t.say("该网站已有同一案由的在办案件，如下。", "The site has an open case on this ground: this one."),
            );
        }
        key => A::from_name(key)?,
    };
    Some(match said {
        A::Approve => t.say("已批准。", "Approved."),
        A::Reject => t.say("已退回。", "Rejected."),
        A::ApproveReinstatement => t.say("已批准恢复。", "Lifted."),
        A::RejectReinstatement => t.say("已记录：不同意恢复。", "Not lifted."),
        A::Propose => t.say(
            "证据已固定，处理意见已提出，待另一人审批。",
            "Proposed: the evidence is locked; another person decides.",
        ),
        A::Consult => t.say("已记录商谈情况。", "The consultation is on record."),
        A::HandOver => t.say("已登记移送，案件办结。", "Handed over; the case is closed."),
        A::Acknowledge => t.say("回执已登记。", "The word is on record."),
        A::ProposeReinstatement => t.say("已提出恢复，待另一人审批。", "Proposed: another person decides."),
        A::Withdraw => t.say("已撤回。", "Withdrawn."),
        A::Close => t.say("已结案。", "Closed."),
    })
}

/// The field that a refusal is about; `""`: none of them.
pub(super) const fn field(refusal: CaseRefusal) -> &'static str {
    match refusal {
        CaseRefusal::NoConsultation | CaseRefusal::OutcomeNotAllowed => "outcome",
        CaseRefusal::TooSoon | CaseRefusal::TimeIsOver => "when",
        CaseRefusal::NoNames | CaseRefusal::NotItsNames => "names",
        CaseRefusal::ConsultationIncomplete => "on",
        _ => "",
    }
}
