//! Notices: the queues of an office, one notice with all that belongs to it, and what an officer does to it.

pub(super) mod act;
mod acts;
pub(super) mod approve;
pub(super) mod file;
mod form;
pub(super) mod list;
pub(super) mod sheet;

use chrono::NaiveDate;

use crate::domain::host::Host;
use crate::domain::notice::{Notice, OfficerAct};
use crate::store::sites::StoredSite;
use crate::web::tongue::Tongue;
use crate::web::unit::words::name;

/// The names of the faults that are not gone.
fn faults(t: Tongue, notice: &Notice) -> String {
    let mut names: Vec<_> = notice.live().map(|item| name(t, item.code)).collect();
    names.dedup();
    names.join(t.say("、", ", "))
}

/// The unit as letters name it; the site where no unit is on file.
pub(super) fn unit(site: &StoredSite) -> &str {
    if site.site.unit.name.is_empty() { &site.site.name } else { &site.site.unit.name }
}

/// A name of the DNS as people read it.
pub(super) fn shown(ascii: &str) -> String {
    Host::parse(ascii).map_or_else(|| ascii.to_owned(), |host| host.unicode())
}

/// `12月4日（周五）· 还剩 4 个工作日`, and whether it wants a hand.
struct Deadline {
    text: String,
    class: &'static str,
    is_provisional: bool,
}

fn deadline(t: Tongue, notice: &Notice, left: Option<usize>, today: NaiveDate) -> Option<Deadline> {
    let due = notice.due().filter(|_| !notice.state.is_over())?;
    let day = t.day(due.date);
    let (class, near) = match left {
        _ if due.date == today => ("fail", t.say("今天到期", "due today").to_owned()),
        Some(left) => ("muted", left_text(t, left)),
        None if due.date < today => ("fail", t.say("已到期", "over").to_owned()),
        None => ("muted", String::new()),
    };
    let text = if near.is_empty() { day } else { format!("{day} · {near}") };
    Some(Deadline { text, class, is_provisional: due.provisional })
}

fn left_text(t: Tongue, left: usize) -> String {
    match (t, left) {
        (Tongue::Chinese, _) => format!("还剩 {left} 个工作日"),
        (Tongue::English, 1) => "1 working day left".to_owned(),
        (Tongue::English, _) => format!("{left} working days left"),
    }
}

/// What an act is called on its button.
fn act_name(t: Tongue, act: OfficerAct) -> &'static str {
    match act {
        OfficerAct::Approve => t.say("审核发出", "Review and send"),
        OfficerAct::AnswerObjection => t.say("答复异议", "Answer the objection"),
        OfficerAct::AnswerExtension => t.say("答复延期申请", "Answer the request for time"),
        OfficerAct::Resend => t.say("重新发送", "Send again"),
        OfficerAct::Deliver => t.say("登记送达", "Note a delivery"),
        OfficerAct::Extend => t.say("延长期限", "Move the due date"),
        OfficerAct::Withdraw => t.say("撤回通知", "Withdraw"),
        OfficerAct::Close => t.say("办结", "Close"),
    }
}

/// The act of an address, and back.
fn act_of(path: &str) -> Option<OfficerAct> {
    OfficerAct::from_name(&path.replace('-', "_"))
}

fn path_of(id: &str, act: OfficerAct) -> String {
    format!("/console/notices/{id}/{}", act.name().replace('_', "-"))
}
