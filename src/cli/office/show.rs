//! Notices as an officer reads them on a terminal.

use std::fmt::Write;

use crate::clock::beijing;
use crate::domain::calendar::Due;
use crate::domain::letter::{LetterKind, SHOWN_PAGES};
use crate::domain::notice::{EventKind, Item, NoticeState, RequestKind};
use crate::flow::notices::read::Sheet;
use crate::store::audit::Recorded;
use crate::store::notices::StoredNotice;
use crate::store::outbox::Listed;
use crate::store::sites::StoredSite;

/// A notice in one line.
pub(super) fn line(stored: &StoredNotice, site: &StoredSite) -> String {
    let number = stored.number.as_deref().unwrap_or("（未编号）");
    let due = stored.notice.due().map(|due| format!("  期限 {}", day(&due))).unwrap_or_default();
    let asked = stored.notice.open_request(RequestKind::Objection).map_or("", |_| "  有异议待答复");
    let state = stored.notice.state.label();
    format!("{}  {number}  {state}{due}{asked}  {}  {}\n", stored.id, site.site.unit.name, site.site.key)
}

/// All of a notice.
pub(super) fn notice(sheet: &Sheet, history: &[Recorded], letters: &[Listed]) -> String {
    let mut out = format!("{}版本 {}\n", line(&sheet.notice, &sheet.site), sheet.notice.version);
    faults(&mut out, sheet);
    dates(&mut out, sheet);
    requests(&mut out, sheet);
    acts(&mut out, history);
    posted(&mut out, letters);
    out
}

fn day(due: &Due) -> String {
    format!("{}{}", due.date, if due.provisional { "（暂定）" } else { "" })
}

fn faults(out: &mut String, sheet: &Sheet) {
    out.push_str("\n问题\n");
    for item in &sheet.notice.notice.items {
        let gone = item.cleared_at.map(|at| format!("  已消除 {}", minute(at))).unwrap_or_default();
        let which = if item.step == 0 { String::new() } else { format!("（补充通知 {}）", item.step) };
        let _ = writeln!(out, "  {} ({}){which}{gone}", item.code.label(), item.code);
        seen(out, sheet, item);
    }
}

fn seen(out: &mut String, sheet: &Sheet, item: &Item) {
    let Some(found) = sheet.findings.iter().find(|found| found.id == item.finding_id) else { return };
    let (first, last) = (minute(found.track.first_failed_at), minute(found.track.last_failed_at));
    let _ = writeln!(out, "    首次发现 {first}，最近 {last}，连续 {} 次", found.track.failed);
    for page in found.pages.iter().take(SHOWN_PAGES) {
        let _ = writeln!(out, "    {page}");
    }
    if found.pages.len() > SHOWN_PAGES {
        let _ = writeln!(out, "    …… 共 {} 页", found.pages.len());
    }
}

fn dates(out: &mut String, sheet: &Sheet) {
    let machine = &sheet.notice.notice;
    out.push_str("\n期限\n");
    for (step, telling) in machine.tellings.iter().enumerate() {
        let name = if step == 0 { "通知".to_owned() } else { format!("补充通知 {step}") };
        let told = telling.told_on.map(|on| format!("  告知日 {on}")).unwrap_or_default();
        let _ = writeln!(out, "  {name}：{}  {} 个工作日{told}", telling.status.label(), telling.limit.days);
        if let Some(due) = &telling.due {
            let counted: Vec<_> = due.counted.iter().map(|on| on.format("%m-%d").to_string()).collect();
            let _ = writeln!(out, "    截止 {}，计入 {}", day(due), counted.join(" "));
        }
    }
    if let Some(until) = machine.extended_until {
        let _ = writeln!(out, "  延期至 {until}");
    }
    for (from, until) in &machine.pauses {
        let _ = writeln!(out, "  公告维护期 {from} 至 {until} 不计入");
    }
    if let Some(at) = machine.acknowledged_at {
        let _ = writeln!(out, "  签收 {}", minute(at));
    }
}

fn requests(out: &mut String, sheet: &Sheet) {
    if sheet.notice.notice.requests.is_empty() {
        return;
    }
    out.push_str("\n异议与申请\n");
    for request in &sheet.notice.notice.requests {
        let until = request.until.map(|until| format!("（至 {until}）")).unwrap_or_default();
        let _ = writeln!(out, "  {}  {}{until}：{}", minute(request.at), request.kind.label(), plain(&request.text));
        let answer = request
            .answer
            .as_ref()
            .map(|answer| format!("{}：{}", if answer.granted { "同意" } else { "不同意" }, plain(&answer.text)));
        let _ = writeln!(out, "    {}", answer.unwrap_or_else(|| "待答复".to_owned()));
    }
}

fn acts(out: &mut String, history: &[Recorded]) {
    out.push_str("\n经过\n");
    for act in history {
        let body = act.tree().unwrap_or_default();
        let state = |key: &str| body[key].as_str().and_then(NoticeState::from_name).map(NoticeState::label);
        let action = EventKind::from_name(&act.action).map_or(act.action.as_str(), |kind| kind.label());
        let moved = match (state("from"), state("to")) {
            (Some(from), Some(to)) if from != to => format!("  {from} → {to}"),
            (None, Some(to)) => format!("  → {to}"),
            _ => String::new(),
        };
        let why = body["why"].as_str().map(|why| format!("  {}", plain(why))).unwrap_or_default();
        let _ = writeln!(out, "  {}  {}  {action}{moved}{why}", minute(act.at), act.actor);
    }
}

fn posted(out: &mut String, letters: &[Listed]) {
    out.push_str("\n信函\n");
    for letter in letters {
        let _ = writeln!(out, "  {}", message(letter));
    }
}

/// A message of the outbox in one line.
pub(super) fn message(letter: &Listed) -> String {
    let kind = LetterKind::from_name(&letter.kind).map_or(letter.kind.as_str(), |kind| kind.label());
    let at = minute(letter.sent_at.unwrap_or(letter.made_at));
    let error = letter.error.as_deref().map(|error| format!("  {}", plain(error))).unwrap_or_default();
    format!("{}  {at}  {kind}  {} {}  {}{error}", letter.id, letter.part, plain(&letter.recipient), letter.state)
}

/// What strangers wrote, on one line and without what a terminal would obey.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub(super) fn minute(at: chrono::DateTime<chrono::Utc>) -> String {
    beijing(at).format("%Y-%m-%d %H:%M").to_string()
}
