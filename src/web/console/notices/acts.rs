//! The acts in words: what follows from each, what its last button says, what is said when it is done.

use crate::domain::notice::{Notice, OfficerAct, Refusal};
use crate::web::tongue::Tongue;

use OfficerAct as A;

/// Whom it touches, and what follows.
pub(super) fn lines(t: Tongue, act: OfficerAct, notice: &Notice) -> Vec<String> {
    let line = match act {
        A::Approve => t.say(
            "下列信件将发给单位，整改期限自告知的次日起算。请核对事实、依据、收件人和期限后发出。",
            "The letter below goes to the unit, and the limit begins the day after. Check facts, ground, recipients and limit first.",
        ),
        A::AnswerObjection => t.say(
            "异议成立的，撤回通知；不成立的，通知和期限照常。答复发给单位。",
            "If it is right the notice is withdrawn; if not, notice and limit stand. The unit gets the answer.",
        ),
        A::AnswerExtension => t.say(
            "同意的，到期日相应推后；不同意的，期限不变。答复发给单位。",
            "If it is granted the due date moves; if not, it stays. The unit gets the answer.",
        ),
        A::Resend => t.say(
            "未送达的信件将重新发往单位登记的邮箱。请先核对邮箱是否已经更正。",
            "What did not arrive goes again to the addresses on file. See first that they are mended.",
        ),
        A::Deliver => t.say(
            "登记后期限自送达的次日起算，尚未发出的信件不再发送。",
            "The limit begins the day after the delivery; letters that have not gone will not go.",
        ),
        A::Extend => t.say("单位将收到延期告知。", "The unit is told of the new due date."),
        A::Withdraw if notice.was_told() => t.say(
            "通知到此结束，单位将收到撤回通知，抄送单位同时收到。撤回后不能恢复。",
            "The notice ends here; the unit and whoever had copies are told. This cannot be undone.",
        ),
        A::Withdraw => t.say(
            "单位尚未被告知，撤回后不发任何信件。撤回后不能恢复。",
            "The unit was not told: no letter goes. This cannot be undone.",
        ),
        A::Close => t.say(
            "通知到此结束，尚未发出的信件不再发送，也不另行告知单位。办结后不能恢复。",
            "The notice ends here; letters that have not gone will not go, and the unit is not written to. This cannot be undone.",
        ),
    };
    vec![line.to_owned()]
}

/// The button of the second page.
pub(super) fn button(t: Tongue, act: OfficerAct, is_silent: bool) -> String {
    let text = match act {
        A::Approve => t.say("批准并发出", "Approve and send"),
        A::AnswerObjection | A::AnswerExtension => t.say("答复并发出", "Answer and send"),
        A::Resend => t.say("重新发出", "Send again"),
        A::Deliver => t.say("登记送达", "Note the delivery"),
        A::Extend => t.say("延期并告知单位", "Move the date and tell the unit"),
        A::Withdraw if is_silent => t.say("撤回（不发信）", "Withdraw (no letter)"),
        A::Withdraw => t.say("撤回并告知单位", "Withdraw and tell the unit"),
        A::Close => t.say("办结（不发信）", "Close (no letter)"),
    };
    text.to_owned()
}

/// What was done just before.
pub(super) fn told(t: Tongue, key: &str) -> Option<&'static str> {
    Some(match A::from_name(key)? {
        A::Approve => t.say("已批准，信件进入待发队列。", "Approved: the letter is in the outbox."),
        A::AnswerObjection => t.say("异议已答复。", "The objection is answered."),
        A::AnswerExtension => t.say("延期申请已答复。", "The request for time is answered."),
        A::Resend => t.say("信件已重新进入待发队列。", "The letter is in the outbox again."),
        A::Deliver => t.say("送达已登记，期限起算。", "The delivery is noted and the limit runs."),
        A::Extend => t.say("期限已延长。", "The due date has moved."),
        A::Withdraw => t.say("通知已撤回。", "The notice is withdrawn."),
        A::Close => t.say("通知已办结。", "The notice is closed."),
    })
}

/// The field that a refusal is about; `""`: none of them.
pub(super) const fn field(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::ExtensionTooFar => "until",
        Refusal::NoReason => "why",
        _ => "",
    }
}
