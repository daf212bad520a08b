//! What waits for an office, and what is on its way: notices, letters, cases, leads.

use chrono::{DateTime, Utc};
use prometheus::{Gauge, IntCounterVec, IntGauge, IntGaugeVec};

use super::make::{Label, Made, Maker, Table, label};
use super::seconds;
use crate::domain::case::{CaseState, Ground};
use crate::domain::lead::LeadKind;
use crate::domain::letter::LetterKind;
use crate::domain::notice::NoticeState;
use crate::flow::deliver::Sending;
use crate::flow::measure::OfficeCounts;
use crate::store::outbox::{self, Channel};

#[derive(Debug, Clone)]
pub(super) struct Office {
    notices: Table,
    provisional: IntGauge,
    objections: IntGauge,
    cases: Table,
    messages: Table,
    letters: Table,
    sendings: IntCounterVec,
    oldest_waiting: Gauge,
    bad_contacts: IntGauge,
    leads: Table,
    instructions: IntGauge,
    instructions_overdue: IntGauge,
    mail_mode: IntGaugeVec,
}

/// The states of a notice that is not over.
fn open_notice() -> Label {
    let open = NoticeState::ALL.iter().filter(|state| !state.is_over());
    Label { name: "state", set: "OpenNotice", values: open.map(|state| state.name()).collect() }
}

fn message_state() -> Label {
    Label { name: "state", set: "MessageState", values: outbox::STATES.to_vec() }
}

impl Office {
    pub fn new(make: &mut Maker<'_>) -> Made<Self> {
        let mode = Label { name: "mode", set: "MailMode", values: vec!["dry_run", "to_ourselves", "live"] };
        Ok(Self {
            mail_mode: make.info("mail_mode_info", "Always 1: whether letters really go", mode)?,
            notices: make.table("notices", "Notices that are not over", &[open_notice()])?,
            provisional: make
                .gauge("notices_provisional", "Notices whose due date may still move: a calendar is missing")?,
            objections: make.gauge("objections_waiting", "Objections of units without an answer")?,
            messages: make.table(
                "outbox_messages",
                "Messages; those parked wait for an officer",
                &[message_state()],
            )?,
            letters: make.table(
                "letters",
                "Messages by what they tell and what became of them",
                &[label!("kind", LetterKind), message_state()],
            )?,
            sendings: make.counters(
                "sendings_total",
                "Tries of this process to hand a message over",
                &[label!("channel", Channel), label!("result", Sending)],
            )?,
            oldest_waiting: make
                .float("outbox_oldest_waiting_seconds", "How long the longest waiting message has waited")?,
            bad_contacts: make.gauge("bad_contacts", "Addresses that refuse mail")?,
            cases: make.table(
                "cases",
                "Cases that are not over",
                &[label!("ground", Ground), label!("state", CaseState)],
            )?,
            leads: make.table("leads", "Leads that nobody has decided", &[label!("kind", LeadKind)])?,
            instructions: make
                .gauge("instructions_unconfirmed", "Instructions to authorities that our looks did not confirm")?,
            instructions_overdue: make
                .gauge("instructions_overdue", "Unconfirmed instructions whose time is over: somebody must ask")?,
        })
    }

    pub fn take(&self, counts: &OfficeCounts, at: DateTime<Utc>) {
        self.notices.set(counts.notices.iter().map(|(state, notices)| ([state.as_str()], *notices)));
        self.messages.set(counts.messages.iter().map(|(state, messages)| ([state.as_str()], *messages)));
        self.leads.set(counts.leads.iter().map(|(kind, leads)| ([kind.as_str()], *leads)));
        let letters = counts.letters.iter();
        self.letters.set(letters.map(|(kind, state, letters)| ([kind.as_str(), state.as_str()], *letters)));
        let cases = counts.cases.iter();
        self.cases.set(cases.map(|tally| ([tally.ground.as_str(), tally.state.as_str()], tally.cases)));
        self.provisional.set(counts.provisional);
        self.objections.set(counts.objections);
        self.oldest_waiting.set(counts.oldest_waiting.map_or(0.0, |made| seconds(at, made)));
        self.bad_contacts.set(counts.bad_contacts);
        self.instructions.set(counts.instructions);
        self.instructions_overdue.set(counts.instructions_overdue);
    }

    pub fn sent(&self, channel: Channel, sending: Sending) {
        self.sendings.with_label_values(&[channel.name(), sending.name()]).inc();
    }

    pub fn mail_mode(&self, mode: &str) {
        self.mail_mode.reset();
        self.mail_mode.with_label_values(&[mode]).set(1);
    }
}
