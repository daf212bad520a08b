//! The machine: state × event → state and effects. Total: what cannot be is refused by name.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{
    Answer, Effect, Event, LONGEST_EXTENSION, Notice, NoticeState as S, Pause, Refusal, Request, RequestKind, Telegram,
    TellingStatus,
};
use crate::domain::calendar::Calendar;
use crate::domain::letter::{LetterKind, Limit};
use crate::domain::office::Approval;

/// What a step needs to know beside the notice: the moment, the calendar, and the office's terms.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub now: DateTime<Utc>,
    /// Beijing.
    pub today: NaiveDate,
    pub calendar: &'a Calendar,
    pub limit: Limit,
    pub approval: Approval,
}

/// The notice after an event, and what is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub notice: Notice,
    pub effects: Vec<Effect>,
}

pub(super) type Stepped = Result<Vec<Effect>, Refusal>;

impl Notice {
    /// What an event makes of it.
    pub fn step(&self, event: &Event, moment: &Moment<'_>) -> Result<Step, Refusal> {
        let mut notice = self.clone();
        let effects = match self.state.is_over() {
            true => notice.after_its_end(event, moment)?,
            false => notice.take(event, moment)?,
        };
        Ok(Step { notice, effects })
    }

    fn take(&mut self, event: &Event, at: &Moment<'_>) -> Stepped {
        match event {
            Event::Found { faults, letter_waits } => Ok(self.found(faults, *letter_waits, at)),
            Event::Restated { faults, letter_waits } => self.restated(faults, *letter_waits),
            Event::Approved => self.approved(),
            Event::Told { step, on } => self.told(*step, *on, at),
            Event::Failed { step } => self.failed(*step, at),
            Event::Resent => self.resent(),
            Event::DeliveredByHand { on } => self.by_hand(*on, at),
            Event::Acknowledged => self.acknowledged(at),
            Event::Asked { kind, text, until } => self.asked(*kind, text, *until, at),
            Event::Answered { kind, granted, text, until } => self.answered(*kind, *granted, text, *until, at),
            Event::Extended { until, why } => self.extended(*until, why, at),
            Event::Paused { from, until, why } => self.paused((*from, *until), *why, at),
            Event::Cleared { findings, letter_waits } => self.cleared(findings, *letter_waits, at),
            Event::Reminded { day } => self.remind(*day, at),
            Event::DueOver { failing } => self.due_over(*failing, at),
            Event::Recounted => self.recounted(at),
            Event::Withdrawn { why } => self.withdrawn(why),
            Event::Closed { why } => self.closed(why),
        }
    }

    /// A letter that was on its way when the notice ended: what was told after all is taken back, or thanked for.
    fn after_its_end(&mut self, event: &Event, at: &Moment<'_>) -> Stepped {
        match event {
            Event::Told { step, on } if self.telling(*step).is_some_and(|telling| telling.told_on.is_none()) => {
                let first = !self.was_told();
                self.mark_told(*step, *on, at);
                let is_mended = self.state != S::Withdrawn && self.live().next().is_none();
                let kind = if is_mended { LetterKind::Rectified } else { LetterKind::Withdrawn };
                Ok(if first { vec![write(kind, *step)] } else { Vec::new() })
            }
            _ => Err(Refusal::Over),
        }
    }

    pub(super) fn queue(&mut self, step: u32) -> Vec<Effect> {
        self.tellings[step as usize].status = TellingStatus::Queued;
        vec![write(telling_kind(step), step)]
    }

    fn approved(&mut self) -> Stepped {
        let drafted = self.steps(TellingStatus::Drafted);
        if drafted.is_empty() {
            return Err(Refusal::NothingToApprove);
        }
        if self.state == S::Drafted {
            self.state = S::Queued;
        }
        Ok(drafted.into_iter().flat_map(|step| self.queue(step)).collect())
    }

    fn told(&mut self, step: u32, on: NaiveDate, at: &Moment<'_>) -> Stepped {
        let telling = self.telling(step).ok_or(Refusal::Nothing)?;
        if telling.told_on.is_some() || !matches!(telling.status, TellingStatus::Queued | TellingStatus::Failed) {
            return Err(Refusal::Nothing);
        }
        self.mark_told(step, on, at);
        let is_first = self.first_left().is_none_or(|first| step <= first);
        if matches!(self.state, S::Queued | S::Bounced) && is_first {
            self.state = S::Sent;
        }
        // It was mended while the letter was on its way.
        Ok(if self.live().next().is_none() { self.rectify() } else { Vec::new() })
    }

    fn mark_told(&mut self, step: u32, on: NaiveDate, at: &Moment<'_>) {
        let telling = &mut self.tellings[step as usize];
        telling.status = TellingStatus::Told;
        telling.told_on = Some(on);
        self.count(at.calendar);
    }

    /// The limit of what never arrived stands still. Who confirmed receipt has it, whatever a mail server says later.
    fn failed(&mut self, step: u32, at: &Moment<'_>) -> Stepped {
        let telling = self.telling(step).ok_or(Refusal::Nothing)?;
        let is_done = matches!(telling.status, TellingStatus::Drafted | TellingStatus::Failed);
        // It confirmed what it had by then: of a supplement that came later, or the same day, that says nothing.
        let confirmed = self.acknowledged_at.map(crate::domain::beijing::day);
        let has_it = |told: NaiveDate| confirmed.is_some_and(|day| if step == 0 { day >= told } else { day > told });
        if is_done || telling.told_on.is_some_and(has_it) {
            return Err(Refusal::Nothing);
        }
        let telling = &mut self.tellings[step as usize];
        (telling.status, telling.told_on) = (TellingStatus::Failed, None);
        self.count(at.calendar);
        match self.first_left() {
            // It was mended while the letter was on its way, and nobody heard of it.
            None => return Ok(self.end(S::Closed)),
            Some(first) if first == step => self.state = S::Bounced,
            // It tells nothing any more, or the first that does arrived: the clock runs on.
            Some(_) => {}
        }
        Ok(vec![Effect::TellOffice])
    }

    fn resent(&mut self) -> Stepped {
        let failed = self.steps(TellingStatus::Failed);
        if failed.is_empty() {
            return Err(Refusal::NothingUndelivered);
        }
        if self.state == S::Bounced {
            self.state = S::Queued;
        }
        Ok(failed.into_iter().flat_map(|step| self.queue(step)).collect())
    }

    fn by_hand(&mut self, on: NaiveDate, at: &Moment<'_>) -> Stepped {
        let mut open = self.steps(TellingStatus::Failed);
        open.extend(self.steps(TellingStatus::Queued));
        if open.is_empty() {
            return Err(Refusal::NothingUndelivered);
        }
        if on > at.today {
            return Err(Refusal::Day);
        }
        open.into_iter().for_each(|step| self.mark_told(step, on, at));
        if matches!(self.state, S::Queued | S::Bounced) {
            self.state = S::Sent;
        }
        Ok(vec![Effect::StopLetters])
    }

    fn acknowledged(&mut self, at: &Moment<'_>) -> Stepped {
        if self.acknowledged_at.is_some() {
            return Err(Refusal::Nothing);
        }
        match self.state {
            S::Drafted | S::Queued => return Err(Refusal::NotTold),
            S::Sent => self.state = S::Acknowledged,
            // The letter came back, and still the unit has it: by a copy, or another hand. From today it counts.
            S::Bounced => {
                self.state = S::Acknowledged;
                self.steps(TellingStatus::Failed).into_iter().for_each(|step| self.mark_told(step, at.today, at));
            }
            _ => {}
        }
        self.acknowledged_at = Some(at.now);
        Ok(Vec::new())
    }

    fn asked(&mut self, kind: RequestKind, text: &str, until: Option<NaiveDate>, at: &Moment<'_>) -> Stepped {
        if matches!(self.state, S::Drafted | S::Queued) {
            return Err(Refusal::NotTold);
        }
        if text.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        if self.open_request(kind).is_some() {
            return Err(Refusal::AskedAlready);
        }
        self.requests.push(Request { kind, at: at.now, text: text.to_owned(), until, answer: None });
        Ok(vec![Effect::TellOffice])
    }

    fn answered(
        &mut self,
        kind: RequestKind,
        granted: bool,
        text: &str,
        until: Option<NaiveDate>,
        at: &Moment<'_>,
    ) -> Stepped {
        if text.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        let open = self.requests.iter().position(|request| request.kind == kind && request.answer.is_none());
        let open = open.ok_or(Refusal::NothingAsked)?;
        let asked_until = self.requests[open].until;
        let effects = match (kind, granted) {
            (RequestKind::Objection, true) => self.withdrawn(text)?,
            (RequestKind::Extension, true) => self.extended(until.or(asked_until).ok_or(Refusal::Day)?, text, at)?,
            (_, false) => vec![write(LetterKind::Answered, self.last_told())],
        };
        self.requests[open].answer = Some(Answer { at: at.now, granted, text: text.to_owned() });
        Ok(effects)
    }

    fn extended(&mut self, until: NaiveDate, why: &str, at: &Moment<'_>) -> Stepped {
        let due = self.due().ok_or(Refusal::NotTold)?;
        if why.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        if until <= due.date || until < at.today {
            return Err(Refusal::Day);
        }
        if until > at.today + Days::new(LONGEST_EXTENSION) {
            return Err(Refusal::ExtensionTooFar);
        }
        self.extended_until = Some(until);
        self.words = Some(why.to_owned());
        self.runs_again(at.today);
        Ok(vec![write(LetterKind::Extended, self.last_told())])
    }

    fn paused(&mut self, (from, until): (NaiveDate, NaiveDate), why: Pause, at: &Moment<'_>) -> Stepped {
        if until < from || self.pauses.contains(&(from, until)) {
            return Err(Refusal::Nothing);
        }
        let before = self.due().map(|due| due.date);
        self.pauses.push((from, until));
        if !self.count(at.calendar) {
            return Ok(Vec::new());
        }
        self.runs_again(at.today);
        // Where an officer gave more time than the pause, the day that was told stays.
        if before == self.due().map(|due| due.date) {
            return Ok(Vec::new());
        }
        self.words = Some(format!("{}（{from} 至 {until}）不计入期限", why.label()));
        Ok(vec![write(LetterKind::Extended, self.last_told())])
    }

    pub(super) fn rectify(&mut self) -> Vec<Effect> {
        let mut effects = self.end(S::Rectified);
        effects.push(write(LetterKind::Rectified, self.last_told()));
        effects
    }

    pub(super) fn end(&mut self, state: S) -> Vec<Effect> {
        self.state = state;
        vec![Effect::StopLetters]
    }

    fn remind(&mut self, day: NaiveDate, at: &Moment<'_>) -> Stepped {
        let due_now = day <= at.today && self.reminders(at.calendar).contains(&day) && !self.reminded.contains(&day);
        if !due_now || !matches!(self.state, S::Sent | S::Acknowledged) {
            return Err(Refusal::Nothing);
        }
        self.reminded.push(day);
        // A reminder that comes late reminds of nothing, and of two days that have come one reminder is enough.
        let is_over = self.run_out(at.today).next().is_some();
        let has_later = self.reminders(at.calendar).iter().any(|later| *later > day && *later <= at.today);
        Ok(if is_over || has_later { Vec::new() } else { vec![write(LetterKind::Reminder, self.last_told())] })
    }

    /// *Overdue* is said only on a fair failing look after the due day; until then the notice waits for one. An objection
    /// that nobody answered keeps it from being said at all.
    fn due_over(&mut self, failing: bool, at: &Moment<'_>) -> Stepped {
        if self.run_out(at.today).next().is_none() {
            return Err(Refusal::NotDue);
        }
        let objected = self.open_request(RequestKind::Objection).is_some();
        match self.state {
            S::Sent | S::Acknowledged | S::AwaitingLook if failing && !objected => {
                self.state = S::Overdue;
                Ok(vec![write(LetterKind::OverdueNotice, self.last_told()), Effect::OpenCase])
            }
            S::Sent | S::Acknowledged => {
                self.state = S::AwaitingLook;
                Ok(if objected { vec![Effect::TellOffice] } else { vec![Effect::AskLook] })
            }
            _ => Err(Refusal::Nothing),
        }
    }

    fn recounted(&mut self, at: &Moment<'_>) -> Stepped {
        let before = self.due();
        // A later fault's limit may move where the earliest stays.
        if !self.count(at.calendar) {
            return Err(Refusal::Nothing);
        }
        let after = self.due();
        self.runs_again(at.today);
        self.words = Some("工作日历有调整，期限相应重新计算".to_owned());
        let moved = before.map(|due| due.date) != after.map(|due| due.date);
        Ok(if moved { vec![write(LetterKind::Extended, self.last_told())] } else { Vec::new() })
    }

    fn withdrawn(&mut self, why: &str) -> Stepped {
        if why.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        self.words = Some(why.to_owned());
        let mut effects = self.end(S::Withdrawn);
        effects.extend(self.was_told().then(|| write(LetterKind::Withdrawn, self.last_told())));
        Ok(effects)
    }

    fn closed(&mut self, why: &str) -> Stepped {
        if why.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        self.words = Some(why.to_owned());
        Ok(self.end(S::Closed))
    }

    /// The tellings that are so far, and still have something to tell.
    pub(super) fn steps(&self, status: TellingStatus) -> Vec<u32> {
        let all = self.tellings.iter().enumerate().filter(|(_, telling)| telling.status == status);
        all.map(|(step, _)| step as u32).filter(|step| self.live_of(*step).next().is_some()).collect()
    }

    fn last_told(&self) -> u32 {
        let told = self.tellings.iter().rposition(|telling| telling.told_on.is_some());
        told.unwrap_or_default() as u32
    }
}

pub(super) fn write(kind: LetterKind, step: u32) -> Effect {
    Effect::Write(Telegram { kind, step })
}

pub(super) fn telling_kind(step: u32) -> LetterKind {
    if step == 0 { LetterKind::Rectification } else { LetterKind::Supplement }
}
