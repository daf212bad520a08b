//! When a notice's limits end. Every date is counted from the calendar, so that a changed calendar moves it.

use chrono::NaiveDate;

use super::{Notice, NoticeState, Telling};
use crate::domain::calendar::{Calendar, Due};

/// Working days before the due day on which the unit is reminded; and on the day itself.
pub const REMINDED_BEFORE: u32 = 3;

impl Notice {
    /// Counts every limit anew. `true`: a date moved.
    pub(super) fn count(&mut self, calendar: &Calendar) -> bool {
        let pauses = self.pauses.clone();
        let mut moved = false;
        for telling in &mut self.tellings {
            let due = telling.told_on.map(|on| due(telling, on, &pauses, calendar));
            moved |= due != telling.due;
            telling.due = due;
        }
        moved
    }

    /// The due date of a telling, an extension included; none before it is told.
    pub fn due_of(&self, step: u32) -> Option<Due> {
        let due = self.telling(step)?.due.clone()?;
        Some(match self.extended_until {
            // A day that an officer named is no matter of the calendar.
            Some(until) if until > due.date => Due { date: until, provisional: false, ..due },
            _ => due,
        })
    }

    /// The due date of a telling if it were told on a day.
    pub fn due_if_told(&self, step: u32, on: NaiveDate, calendar: &Calendar) -> Option<Due> {
        self.telling(step).map(|telling| due(telling, on, &self.pauses, calendar))
    }

    /// The earliest due date among the faults that are not gone.
    pub fn due(&self) -> Option<Due> {
        self.live().filter_map(|item| self.due_of(item.step)).min_by_key(|due| due.date)
    }

    /// The faults whose limit had ended before a day began.
    pub fn run_out(&self, today: NaiveDate) -> impl Iterator<Item = (&super::Item, NaiveDate)> {
        let due = |item: &super::Item| self.due_of(item.step).map(|due| due.date);
        self.live().filter_map(move |item| Some((item, due(item)?))).filter(move |(_, due)| *due < today)
    }

    /// A limit that was over runs again where it was moved ahead, or where what ran out is mended and other faults have
    /// time left.
    pub(super) fn runs_again(&mut self, today: NaiveDate) {
        let is_ahead = self.run_out(today).next().is_none();
        if is_ahead && matches!(self.state, NoticeState::AwaitingLook | NoticeState::Overdue) {
            self.state = self.running();
        }
    }

    /// What never arrived has nothing left to tell: the clock goes by the letters that did.
    pub(super) fn taken_up(&mut self) {
        let first = self.first_left().and_then(|step| self.telling(step));
        if self.state == NoticeState::Bounced && first.is_some_and(|telling| telling.told_on.is_some()) {
            self.state = self.running();
        }
    }

    const fn running(&self) -> NoticeState {
        if self.acknowledged_at.is_some() { NoticeState::Acknowledged } else { NoticeState::Sent }
    }

    /// The first telling with a fault that is not gone: whether that arrived decides whether the clock runs.
    pub(super) fn first_left(&self) -> Option<u32> {
        self.live().map(|item| item.step).min()
    }

    /// The days on which the unit is reminded.
    pub fn reminders(&self, calendar: &Calendar) -> Vec<NaiveDate> {
        let Some(due) = self.due() else { return Vec::new() };
        let told = self.tellings.iter().filter_map(|telling| telling.told_on).max();
        let days = [calendar.back(due.date, REMINDED_BEFORE), due.date];
        days.into_iter().filter(|day| Some(*day) > told).collect()
    }

    /// The next day on which the clock has something to say: a reminder, or the day after the due day.
    pub fn wakes_on(&self, calendar: &Calendar) -> Option<NaiveDate> {
        let runs = matches!(self.state, NoticeState::Sent | NoticeState::Acknowledged);
        let reminder = self.reminders(calendar).into_iter().find(|day| runs && !self.reminded.contains(day));
        let over = self.due().and_then(|due| due.date.succ_opt());
        [reminder, over].into_iter().flatten().min()
    }
}

fn due(telling: &Telling, told_on: NaiveDate, pauses: &[(NaiveDate, NaiveDate)], calendar: &Calendar) -> Due {
    calendar.due_skipping(told_on, telling.limit.days, telling.limit.include_start_day, pauses)
}
