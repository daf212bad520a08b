//! What an officer may do to a notice as it stands, and the queues in which notices wait for one.

use super::{Event, Notice, Refusal, RequestKind, TellingStatus};
use crate::closed_set;

closed_set! {
    /// What an officer may do.
    pub enum OfficerAct {
        Approve = "approve", "审核发出 · lets what is drafted go";
        AnswerObjection = "answer_objection", "答复异议 · an objection that is upheld withdraws the notice";
        AnswerExtension = "answer_extension", "答复延期申请 · grants time, or does not";
        Resend = "resend", "重新发送 · to a mended address";
        Deliver = "deliver", "登记送达 · it was delivered by hand or on paper";
        Extend = "extend", "延长期限 · moves the due date";
        Withdraw = "withdraw", "撤回 · the notice was wrong";
        Close = "close", "办结 · ends it for another reason";
    }
}

closed_set! {
    /// Where notices wait, the most urgent queue first.
    pub enum NoticeQueue {
        Objection = "objection", "待答复异议 · the unit says that the notice is wrong";
        Undelivered = "undelivered", "未送达 · no address took the letter: the limit stands still";
        Approval = "approval", "待审核 · drafted: nobody was told";
        Extension = "extension", "待答复延期 · the unit asks for more time";
        Overdue = "overdue", "逾期未改 · a decision is to be taken";
        AwaitingLook = "awaiting_look", "待复核 · the limit is over and no fair look tells";
        DueSoon = "due_soon", "七日内到期 · the limit ends within seven days";
        Open = "open", "全部在办 · all that are not over";
        Ended = "ended", "已结束 · rectified, withdrawn or closed";
    }
}

impl OfficerAct {
    /// The act that an event is; none is what the clock, the mail server or the unit does.
    pub const fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Approved => Self::Approve,
            Event::Answered { kind: RequestKind::Objection, .. } => Self::AnswerObjection,
            Event::Answered { kind: RequestKind::Extension, .. } => Self::AnswerExtension,
            Event::Resent => Self::Resend,
            Event::DeliveredByHand { .. } => Self::Deliver,
            Event::Extended { .. } => Self::Extend,
            Event::Withdrawn { .. } => Self::Withdraw,
            Event::Closed { .. } => Self::Close,
            _ => return None,
        })
    }
}

impl Notice {
    /// May an officer do this now? What [`Notice::step`] would say, before anything was written.
    pub fn may(&self, act: OfficerAct) -> Result<(), Refusal> {
        let must = |is: bool, refusal: Refusal| if is { Ok(()) } else { Err(refusal) };
        let has = |status| !self.steps(status).is_empty();
        must(!self.state.is_over(), Refusal::Over)?;
        match act {
            OfficerAct::Approve => must(has(TellingStatus::Drafted), Refusal::NothingToApprove),
            OfficerAct::AnswerObjection => {
                must(self.open_request(RequestKind::Objection).is_some(), Refusal::NothingAsked)
            }
            OfficerAct::AnswerExtension => {
                must(self.open_request(RequestKind::Extension).is_some(), Refusal::NothingAsked)
            }
            OfficerAct::Resend => must(has(TellingStatus::Failed), Refusal::NothingUndelivered),
            OfficerAct::Deliver => {
                must(has(TellingStatus::Failed) || has(TellingStatus::Queued), Refusal::NothingUndelivered)
            }
            OfficerAct::Extend => must(self.due().is_some(), Refusal::NotTold),
            OfficerAct::Withdraw | OfficerAct::Close => Ok(()),
        }
    }

    /// Does a letter wait for an officer?
    pub fn has_drafts(&self) -> bool {
        self.may(OfficerAct::Approve).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::domain::calendar::Calendar;
    use crate::domain::letter::Limit;
    use crate::domain::notice::Moment;
    use crate::domain::office::Approval;
    use crate::domain::verdict::FindingCode;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// What an officer would send; a due date is moved by a day.
    fn of(act: OfficerAct, life: &Notice) -> Event {
        let (text, why) = ("核实无误".to_owned(), "有误".to_owned());
        let until = life.due().and_then(|due| due.date.succ_opt()).unwrap_or(day("2027-02-01"));
        let answer = |kind| Event::Answered { kind, granted: false, text: text.clone(), until: None };
        match act {
            OfficerAct::Approve => Event::Approved,
            OfficerAct::AnswerObjection => answer(RequestKind::Objection),
            OfficerAct::AnswerExtension => answer(RequestKind::Extension),
            OfficerAct::Resend => Event::Resent,
            OfficerAct::Deliver => Event::DeliveredByHand { on: day("2026-11-26") },
            OfficerAct::Extend => Event::Extended { until, why },
            OfficerAct::Withdraw => Event::Withdrawn { why },
            OfficerAct::Close => Event::Closed { why },
        }
    }

    /// Wherever a life of a few events leads, a button stands exactly where the machine would take its act.
    #[test]
    fn what_is_offered_is_what_the_machine_takes() {
        let calendar = Calendar::builtin();
        let (now, today) = ("2026-11-26T04:00:00Z".parse().unwrap(), day("2026-11-26"));
        let limit = Limit { days: 10, include_start_day: false };
        let at = Moment { now, today, calendar: &calendar, limit, approval: Approval::ApproveEach };
        let fault = |id: &str| (id.to_owned(), FindingCode::NotHung);
        let asked = |kind| Event::Asked { kind, text: "请予核实".to_owned(), until: Some(day("2026-12-20")) };
        let events = [
            Event::Told { step: 0, on: today },
            Event::Failed { step: 0 },
            Event::Found { faults: vec![fault("2")], letter_waits: false },
            asked(RequestKind::Objection),
            asked(RequestKind::Extension),
            Event::Cleared { findings: vec!["1".to_owned()], letter_waits: true },
        ];
        let (mut lives, mut seen) = (vec![Notice::draft([fault("1")], limit)], 0);
        for _ in 0..4 {
            let next = |life: &Notice| {
                let step = |event: &Event| life.step(event, &at).ok().map(|step| step.notice);
                let acts: Vec<_> = OfficerAct::ALL.iter().map(|act| of(*act, life)).collect();
                events.iter().chain(&acts).filter_map(step).collect::<Vec<_>>()
            };
            for life in &lives {
                for act in OfficerAct::ALL {
                    let taken = life.step(&of(*act, life), &at).is_ok();
                    assert_eq!(life.may(*act).is_ok(), taken, "{act} of {life:?}");
                    seen += 1;
                }
            }
            lives = lives.iter().flat_map(next).collect();
        }
        assert!(seen > 500, "{seen}");
    }

    #[test]
    fn every_act_of_an_officer_is_known_by_its_event() {
        let limit = Limit { days: 10, include_start_day: false };
        let draft = Notice::draft([("1".to_owned(), FindingCode::NotHung)], limit);
        for act in OfficerAct::ALL {
            assert_eq!(OfficerAct::of(&of(*act, &draft)), Some(*act));
        }
        assert_eq!(OfficerAct::of(&Event::Acknowledged), None);
    }
}
