//! What happened to a site: looks, changes of the registry, and what officers did, the latest first.

use chrono::{DateTime, Utc};

use crate::domain::registry::Column;
use crate::flow::sites::Sheet;
use crate::store::audit::Recorded;
use crate::store::looks::StoredLook;
use crate::store::units::Change;
use crate::web::console::words::{self as words, Chip};
use crate::web::tongue::Tongue;

/// Lines that are shown.
const MOST: usize = 60;

/// One line.
pub(super) struct Line {
    at: DateTime<Utc>,
    pub when: String,
    pub stamp: String,
    pub chip: Option<Chip>,
    pub text: String,
    pub more: Option<String>,
}

pub(super) fn lines(t: Tongue, sheet: &Sheet) -> Vec<Line> {
    let looks = sheet.looks.iter().map(|one| look(t, one));
    let changes = sheet.changes.iter().map(|one| change(t, one));
    let acts = sheet.acts.iter().map(|one| act(t, one));
    let mut lines: Vec<Line> = looks.chain(changes).chain(acts).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    lines.truncate(MOST);
    lines
}

fn line(t: Tongue, at: DateTime<Utc>, text: String) -> Line {
    Line { at, when: t.moment(at), stamp: at.to_rfc3339(), chip: None, text, more: None }
}

fn look(t: Tongue, look: &StoredLook) -> Line {
    let kind = match look.kind.as_str() {
        "home" => t.say("每日检查", "daily look"),
        "pages" => t.say("全站检查", "look at all pages"),
        _ => t.say("复检", "re-check"),
    };
    let why = words::cause(t, &look.verdict, &look.cause);
    Line {
        chip: Some(words::verdict(t, &look.verdict)),
        more: (look.verdict != "pass").then_some(why),
        ..line(t, look.ended_at, format!("{kind} · {}", look.vantage))
    }
}

fn change(t: Tongue, change: &Change) -> Line {
    let column = change.field.as_deref().and_then(Column::from_name);
    let text = match (change.change.as_str(), column) {
        ("added", _) => t.say("列入登记", "entered the registry").to_owned(),
        ("dropped", _) => t.say("移出登记", "left the registry").to_owned(),
        ("restored", _) => t.say("重新列入登记", "came back to the registry").to_owned(),
        (_, Some(column)) => format!("{}{}", t.say("登记变更：", "the registry changed: "), t.half(column.help())),
        _ => t.say("登记变更", "the registry changed").to_owned(),
    };
    let none = t.say("（空）", "(none)");
    let values = |old: &Option<String>, new: &Option<String>| {
        format!("{} → {}", old.as_deref().unwrap_or(none), new.as_deref().unwrap_or(none))
    };
    let has_values = change.old_value.is_some() || change.new_value.is_some();
    Line { more: has_values.then(|| values(&change.old_value, &change.new_value)), ..line(t, change.at, text) }
}

fn act(t: Tongue, act: &Recorded) -> Line {
    let body: serde_json::Value = serde_json::from_str(&act.body).unwrap_or_default();
    let what = match act.action.as_str() {
        "recheck_asked" => t.say("申请复检", "asked for a re-check"),
        "exempted" => t.say("豁免通知", "exempted it from notices"),
        "exemption_ended" => t.say("结束豁免", "ended the exemption"),
        "maintenance_announced" => t.say("登记维护公告", "announced maintenance"),
        "maintenance_withdrawn" => t.say("撤回维护公告", "took announced maintenance back"),
        "edited" => t.say("修改登记信息", "edited what is on file"),
        other => other,
    };
    let until = body["detail"]["until"].as_str().map(|day| format!("{} {day}", t.say("至", "until")));
    let changed = body["detail"]["changed"].as_array().map(|all| {
        let labels =
            all.iter().filter_map(|name| Column::from_name(name.as_str()?)).map(|column| t.half(column.help()));
        labels.collect::<Vec<_>>().join(t.say("、", "; "))
    });
    let why = body["why"].as_str().map(str::to_owned);
    let more: Vec<String> = [until, changed, why].into_iter().flatten().collect();
    let who = act.actor.strip_prefix("account:").unwrap_or(&act.actor);
    Line { more: (!more.is_empty()).then(|| more.join(" · ")), ..line(t, act.at, format!("{who} {what}")) }
}
