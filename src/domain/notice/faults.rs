//! Faults that come into a notice, and go.

use super::step::{Moment, Stepped, telling_kind, write};
use super::{Effect, Item, Notice, NoticeState as S, Refusal, Telling, TellingStatus};
use crate::domain::office::Approval;
use crate::domain::verdict::FindingCode;

impl Notice {
    pub(super) fn found(
        &mut self,
        faults: &[(String, FindingCode)],
        letter_waits: bool,
        at: &Moment<'_>,
    ) -> Vec<Effect> {
        let last = (self.tellings.len() - 1) as u32;
        let status = self.tellings[last as usize].status;
        let joins = status == TellingStatus::Drafted || status == TellingStatus::Queued && letter_waits;
        let step = if joins { last } else { last + 1 };
        if !joins {
            self.tellings.push(Telling::draft(at.limit));
        }
        self.put(faults, step);
        match (status, joins, at.approval) {
            // Written anew, with these in it.
            (TellingStatus::Queued, true, _) => vec![write(telling_kind(step), step)],
            (_, false, Approval::Automatic) => self.queue(step),
            _ => vec![Effect::TellOffice],
        }
    }

    /// A fact that is told already, to another extent: no second letter and no second limit. Where its letter has not
    /// gone yet, that letter tells it as it is now.
    pub(super) fn restated(&mut self, faults: &[(String, FindingCode)], letter_waits: bool) -> Stepped {
        let step = faults.first().and_then(|(_, code)| self.tells(*code)).ok_or(Refusal::Nothing)?;
        if faults.iter().any(|(_, code)| self.tells(*code) != Some(step)) {
            return Err(Refusal::Nothing);
        }
        self.put(faults, step);
        Ok(match self.tellings[step as usize].status {
            TellingStatus::Drafted => vec![Effect::TellOffice],
            TellingStatus::Queued if letter_waits => vec![write(telling_kind(step), step)],
            _ => Vec::new(),
        })
    }

    fn put(&mut self, faults: &[(String, FindingCode)], step: u32) {
        let item =
            |(id, code): &(String, FindingCode)| Item { finding_id: id.clone(), code: *code, step, cleared_at: None };
        self.items.extend(faults.iter().map(item));
    }

    pub(super) fn cleared(&mut self, findings: &[String], letter_waits: bool, at: &Moment<'_>) -> Stepped {
        let gone =
            self.items.iter_mut().filter(|item| item.cleared_at.is_none() && findings.contains(&item.finding_id));
        let gone = gone.map(|item| item.cleared_at = Some(at.now)).count();
        if gone == 0 {
            return Err(Refusal::Nothing);
        }
        if self.live().next().is_some() {
            self.taken_up();
            self.runs_again(at.today);
            return Ok(if letter_waits { self.anew(findings) } else { Vec::new() });
        }
        Ok(match self.state {
            S::Drafted => self.end(S::Closed),
            S::Queued if letter_waits => self.end(S::Closed),
            // It is on its way: what becomes of it decides.
            S::Queued => Vec::new(),
            // Nobody was told; there is nobody to thank.
            S::Bounced => self.end(S::Rectified),
            _ => self.rectify(),
        })
    }

    /// The letters that were stopped because of these, without them; what is left empty is not written.
    fn anew(&self, findings: &[String]) -> Vec<Effect> {
        let of = |step: &u32| self.items.iter().any(|item| item.step == *step && findings.contains(&item.finding_id));
        let stopped = self.steps(TellingStatus::Queued).into_iter().filter(of);
        stopped.map(|step| write(telling_kind(step), step)).collect()
    }
}
