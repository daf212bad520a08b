//! What waits for a person, and how the daily mail to an office says it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};

use super::notice::{Notice, NoticeState, RequestKind, TellingStatus};
use super::office::Offices;
use crate::closed_set;

/// Calendar days after which a notice that waits for a fair look is told to the office.
const PATIENCE: TimeDelta = TimeDelta::days(7);

closed_set! {
    /// The kinds of work that wait for an officer.
    pub enum Task {
        Drafted = "drafted", "待审核的通知或补充通知 · drafted, nobody was told";
        Undelivered = "undelivered", "未送达的通知 · no address took the letter: the limit stands still";
        Objections = "objections", "待答复的异议 · the unit says that the notice is wrong";
        Extensions = "extensions", "待答复的延期申请 · the unit asks for more time";
        AwaitingLook = "awaiting_look", "到期超过 7 日仍未能复核的通知 · no fair look since tells whether it was mended";
        Overdue = "overdue", "逾期未改的通知 · a decision is to be taken";
        CasesOpen = "cases_open", "办理中的案件 · nothing is proposed";
        CasesProposed = "cases_proposed", "待审批的案件 · one person proposed, another has to approve";
        Leads = "leads", "待核实的线索 · a badge on another host, or what the public reported";
        Parked = "parked", "已搁置或退回的信件 · the last try failed, or it came back";
        Holds = "holds", "暂缓处理的批量异常 · many sites turned bad at once: ours, or real?";
    }
}

impl Task {
    /// What the officer does about it.
    const fn advice(self) -> &'static str {
        match self {
            Self::Drafted => "请审核后发出或撤回",
            Self::Undelivered => "请核对联系邮箱后重新发出，或当面、书面送达并登记",
            Self::Objections => "请核实后答复",
            Self::Extensions => "请答复同意与否",
            Self::AwaitingLook => "请查看网站为何无法检查，必要时人工核实",
            Self::Overdue => "请依法决定如何处理",
            Self::CasesOpen => "请提出处理意见或结案",
            Self::CasesProposed => "请由另一人审批",
            Self::Leads => "请查看登记网站和线索所列网址后跟进，或写明理由不予跟进",
            Self::Parked => "请查看原因，核对邮箱后放行，或另行送达并登记",
            Self::Holds => "请判明是本方故障还是确有其事",
        }
    }
}

/// What waits, by kind.
pub type Tasks = BTreeMap<Task, u64>;

/// What of a notice that is not over waits for a person today.
pub fn of_notice(notice: &Notice, today: NaiveDate) -> Vec<Task> {
    let late = notice.due().is_some_and(|due| today - due.date > PATIENCE);
    let waits = [
        (Task::Drafted, notice.tellings.iter().any(|telling| telling.status == TellingStatus::Drafted)),
        (Task::Undelivered, notice.state == NoticeState::Bounced),
        (Task::Objections, notice.open_request(RequestKind::Objection).is_some()),
        (Task::Extensions, notice.open_request(RequestKind::Extension).is_some()),
        (Task::AwaitingLook, notice.state == NoticeState::AwaitingLook && late),
        (Task::Overdue, notice.state == NoticeState::Overdue),
    ];
    waits.into_iter().filter(|(_, is)| *is && !notice.state.is_over()).map(|(task, _)| task).collect()
}

/// The text of the daily mail: a line a kind. `None`: nothing waits.
pub fn text(tasks: &Tasks) -> Option<String> {
    let lines: Vec<_> = tasks.iter().filter(|(_, many)| **many > 0).collect();
    let in_all: u64 = lines.iter().map(|(_, many)| **many).sum();
    if in_all == 0 {
        return None;
    }
    let line = |(task, many): &(&Task, &u64)| format!("{}：{many} 件，{}。", task.label(), task.advice());
    let head = format!("共 {in_all} 件事项等待处理");
    Some(std::iter::once(head).chain(lines.iter().map(line)).collect::<Vec<_>>().join("\n"))
}

/// The region of the office that hears of what waits in a region: the narrowest one with an address of its own. A region
/// that is not known is the country's.
pub fn who_hears<'a>(offices: &'a Offices, region: Option<&str>) -> Option<&'a str> {
    let region = region.unwrap_or("000000");
    let hears =
        offices.0.iter().filter(|(area, office)| office.email.is_some() && super::region::is_within(region, area));
    hears.map(|(area, _)| area.as_str()).max_by_key(|area| super::region::digits_of(area).len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::office::Office;

    #[test]
    fn nothing_that_waits_is_no_letter_and_the_rest_is_counted() {
        assert_eq!(text(&Tasks::new()), None);
        assert_eq!(text(&Tasks::from([(Task::Overdue, 0)])), None);
        let told = text(&Tasks::from([(Task::Drafted, 3), (Task::Parked, 1)])).unwrap();
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines[0], "共 4 件事项等待处理");
        assert_eq!(lines[1], "待审核的通知或补充通知：3 件，请审核后发出或撤回。");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn each_thing_is_told_to_the_narrowest_office_with_an_address() {
        let office = |email: Option<&str>| Office { email: email.map(str::to_owned), ..Office::default() };
        let offices = Offices(BTreeMap::from([
            ("140000".to_owned(), office(Some("sheng@yunshan.example"))),
            ("140200".to_owned(), office(None)),
            ("140214".to_owned(), office(Some("xian@yunxi.example"))),
        ]));
        assert_eq!(who_hears(&offices, Some("140214")), Some("140214"));
        assert_eq!(who_hears(&offices, Some("140212")), Some("140000"));
        assert_eq!((who_hears(&offices, Some("110000")), who_hears(&offices, None)), (None, None));
    }
}
