//! What is really the matter with a site, and what a look at it sees.

use std::collections::HashSet;

use badgewatch::domain::crawl::Coverage;
use badgewatch::domain::finding::Finding;
use badgewatch::domain::site::SiteFinding;
use badgewatch::domain::verdict::{FindingCode, Reason, Verdict};
use badgewatch::flow::check_site::SiteLook;

use super::chance::Chance;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    InOrder,
    /// At fault until this day.
    Faulty(FindingCode, u64),
    /// Every other look finds it.
    Flapping(u64),
    /// Its server is in trouble: nobody can tell anything.
    Unclear(u64),
}

pub struct Truth {
    pub key: String,
    pub state: State,
    /// Was it ever really at fault?
    pub ever_at_fault: bool,
    /// Days on which a look saw a fault, by code.
    pub seen_failing: Vec<(u64, FindingCode)>,
    pub looks: u64,
}

const CODES: [FindingCode; 4] =
    [FindingCode::NotHung, FindingCode::Misplaced, FindingCode::DomainDead, FindingCode::Malformed];

/// A missing badge is taken off the other pages, too, or hung on some.
fn other_extent(code: FindingCode) -> FindingCode {
    match code {
        FindingCode::NotHung => FindingCode::PartlyHung,
        FindingCode::PartlyHung => FindingCode::NotHung,
        code => code,
    }
}

impl Truth {
    pub fn new(key: String) -> Self {
        Self { key, state: State::InOrder, ever_at_fault: false, seen_failing: Vec::new(), looks: 0 }
    }

    /// A day passes.
    pub fn live(&mut self, day: u64, chance: &mut Chance) {
        let over = |until: u64| day >= until;
        self.state = match self.state {
            State::InOrder if chance.once_in(90) => {
                self.ever_at_fault = true;
                let code = CODES[chance.below(4) as usize];
                // Most mend it within weeks, some never do.
                let days = if chance.once_in(6) { 200 } else { 2 + chance.below(30) };
                State::Faulty(code, day + days)
            }
            State::InOrder if chance.once_in(150) => State::Flapping(day + 3 + chance.below(20)),
            State::InOrder if chance.once_in(100) => State::Unclear(day + 1 + chance.below(40)),
            State::Faulty(code, until) if !over(until) && chance.once_in(8) => State::Faulty(other_extent(code), until),
            // Trouble of the server comes on top of a fault, too.
            State::Faulty(code, until) if !over(until) => State::Faulty(code, until),
            State::Flapping(until) if !over(until) => State::Flapping(until),
            State::Unclear(until) if !over(until) => State::Unclear(until),
            _ => State::InOrder,
        };
    }

    /// What a look sees now; `outage`: the badge host is down, and every badge is gone.
    pub fn look(&mut self, day: u64, outage: bool, chance: &mut Chance) -> (SiteLook, HashSet<String>) {
        self.looks += 1;
        // Whose every clean look were blurred would be at fault as far as anybody can see: that is no flapping.
        let blurred = chance.once_in(8) && !matches!(self.state, State::Flapping(_));
        let code = match self.state {
            _ if blurred => None,
            State::Faulty(code, _) => Some(code),
            State::Flapping(_) if self.looks.is_multiple_of(2) => Some(FindingCode::NotHung),
            State::Unclear(_) => None,
            _ if outage => Some(FindingCode::ErrorState),
            _ => None,
        };
        let unclear = blurred || matches!(self.state, State::Unclear(_));
        let page = format!("http://{}/", self.key);
        if let Some(code) = code {
            self.seen_failing.push((day, code));
        }
        let (verdict, cause) = match code {
            Some(code) => (Verdict::Fail, code.into()),
            None if unclear => (Verdict::Undetermined, Reason::ServerError.into()),
            None => (Verdict::Pass, Reason::Verified.into()),
        };
        let pages = if code == Some(FindingCode::DomainDead) { Vec::new() } else { vec![page.clone()] };
        let findings = code.map(|code| SiteFinding { finding: Finding::fault(code), pages });
        let look = SiteLook {
            host: self.key.clone(),
            host_ascii: self.key.clone(),
            verdict,
            cause,
            findings: findings.into_iter().collect(),
            dns: Vec::new(),
            coverage: Coverage { checked: 1, known: 1, complete: true, ..Coverage::default() },
            pages: Vec::new(),
            detail: None,
            names_told: !unclear,
        };
        let saw = !unclear && code != Some(FindingCode::DomainDead);
        (look, saw.then_some(page).into_iter().collect())
    }
}
