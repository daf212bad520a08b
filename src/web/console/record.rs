//! What was done and what was sent, as every sheet shows it.

use super::words::{who, word};
use crate::domain::letter::LetterKind;
use crate::domain::notice::EventKind;
use crate::store::StoreResult;
use crate::store::audit::Recorded;
use crate::store::outbox::{Channel, Listed, Part};
use crate::web::tongue::Tongue;

/// One line of a history.
pub(super) struct Line {
    pub at: String,
    pub stamp: String,
    pub who: String,
    pub what: String,
    pub why: Option<String>,
}

/// The acts on record, the latest first.
pub(super) fn lines(t: Tongue, acts: &[Recorded]) -> StoreResult<Vec<Line>> {
    acts.iter().rev().map(|act| line(t, act)).collect()
}

fn line(t: Tongue, act: &Recorded) -> StoreResult<Line> {
    let body = act.tree()?;
    Ok(Line {
        at: t.moment(act.at),
        stamp: act.at.to_rfc3339(),
        who: who(t, &act.actor),
        what: done(t, &act.chain, &act.action),
        why: body["why"].as_str().map(str::to_owned).filter(|why| !why.trim().is_empty()),
    })
}

/// What was done, by its name on record.
fn done(t: Tongue, chain: &str, action: &str) -> String {
    let of_notice = EventKind::from_name(action).filter(|_| chain.starts_with("notice:"));
    if let Some(kind) = of_notice.filter(|_| t == Tongue::Chinese) {
        return kind.label().to_owned();
    }
    let chinese = match action {
        "drafted" => "拟出通知",
        "recheck_asked" => "申请复检",
        "opened" => "立案",
        "approved" => "批准",
        "withdrawn" => "撤回",
        "acknowledged" => "登记执行回执",
        "closed" => "结案",
        "joined" => "并入",
        "consulted" => "记录商有关部门的情况",
        "proposed" => "提出处理意见",
        "rejected" => "退回处理意见",
        "effect_reached" => "决定生效",
        "handed_over" => "登记移送回执",
        "names_confirmed" => "检测确认已执行",
        "names_not_confirmed" => "检测尚不能确认已执行",
        "reinstatement_proposed" => "提出恢复",
        "reinstatement_approved" => "批准恢复",
        "reinstatement_rejected" => "不同意恢复",
        "raised" => "产生线索",
        "reported" => "公众举报",
        "dismissed" => "不予跟进",
        "followed" => "跟进",
        other => other,
    };
    word(t, chinese, action)
}

/// A message that was written.
pub(super) struct Sent {
    pub kind: String,
    pub part: String,
    pub recipient: String,
    pub chip: (&'static str, String),
    pub at: String,
    pub error: Option<String>,
}

/// A message and what became of it.
pub(super) fn sent(t: Tongue, letter: &Listed) -> Sent {
    let kind = LetterKind::from_name(&letter.kind).map(|kind| word(t, kind.label(), kind.name()));
    let part = Part::from_name(&letter.part).map(|part| word(t, part.label(), part.name()));
    let hook = if letter.channel == Channel::Webhook.name() { t.say("（消息接口）", " (gateway)") } else { "" };
    Sent {
        kind: kind.unwrap_or_else(|| letter.kind.clone()),
        part: part.unwrap_or_else(|| letter.part.clone()),
        recipient: format!("{}{hook}", letter.recipient),
        chip: state(t, &letter.state),
        at: t.moment(letter.sent_at.unwrap_or(letter.made_at)),
        error: letter.error.clone(),
    }
}

/// Class, and shape with word, of where a message stands.
pub(super) fn state(t: Tongue, state: &str) -> (&'static str, String) {
    let (class, chinese) = match state {
        "waiting" => ("na", "… 待发"),
        "sending" => ("na", "… 正在发送"),
        "sent" => ("pass", "✔ 已发出"),
        "bounced" => ("fail", "✘ 退信"),
        "refused" => ("fail", "✘ 被拒收"),
        "parked" => ("fail", "✘ 已搁置"),
        "cancelled" => ("na", "－ 已取消"),
        other => ("na", other),
    };
    let shape = chinese.split_once(' ').map_or("", |(shape, _)| shape);
    (class, if t == Tongue::Chinese { chinese.to_owned() } else { format!("{shape} {state}") })
}
