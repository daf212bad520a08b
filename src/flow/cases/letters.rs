//! The letters of a case, frozen as data: to the unit with copies, to the authorities with the signed instruction, and to
//! the office where something waits for a hand.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::clock::day;
use crate::domain::case::{Authority, CaseOutcome, Ground, InstructionAct, Order};
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::letter::{DecisionText, Letter, LetterKind, SiteText};
use crate::domain::office::Offices;
use crate::flow::contacts;
use crate::store::cases::StoredCase;
use crate::store::outbox::{self, Channel, Part, Post};
use crate::store::sites::StoredSite;
use crate::store::{StoreResult, Tx};

/// What an instruction's payload is.
pub(super) const SCHEMA: &str = "badgewatch.instruction/1";

/// Who writes about which case.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub offices: &'a Offices,
    pub stored: &'a StoredCase,
    pub site: &'a StoredSite,
    pub now: DateTime<Utc>,
}

impl Sender<'_> {
    /// Tells the unit, with copies; where it has no address the office is told that somebody must carry the letter.
    pub(super) async fn tell(&self, tx: &mut Tx, kind: LetterKind) -> StoreResult<()> {
        let letter = self.unit_letter(kind);
        let to = contacts::usable(tx, &self.site.site).await?;
        for address in &to {
            self.post(tx, &letter, Part::Unit, address, "unit").await?;
        }
        if to.is_empty() {
            let text = format!("案件 {}：单位没有可用的邮箱，{}须由经办人送达。", self.stored.number, kind.label());
            self.note(tx, LetterKind::OfficeTask, &text).await?;
        }
        for (_, address) in self.copies() {
            self.post(tx, &letter, Part::Copy, &address, "copy").await?;
        }
        Ok(())
    }

    /// The letter to the unit.
    pub(super) fn unit_letter(&self, kind: LetterKind) -> Letter {
        self.letter(kind, &self.site.site.unit.name, self.reasons(kind), None)
    }

    /// A letter to the office itself. An office without an address finds it on the case.
    pub(super) async fn note(&self, tx: &mut Tx, kind: LetterKind, text: &str) -> StoreResult<()> {
        self.note_of(tx, kind, text, "note").await
    }

    /// A letter to the office about one thing of a case, told once.
    pub(super) async fn note_of(&self, tx: &mut Tx, kind: LetterKind, text: &str, what: &str) -> StoreResult<()> {
        let Some(address) = self.offices.email(self.stored.region.as_deref()) else { return Ok(()) };
        let office = self.offices.text(self.stored.region.as_deref()).name;
        let mut letter = self.letter(kind, &office, Some(text.to_owned()), None);
        letter.copies.clear();
        self.post(tx, &letter, Part::Office, &address, what).await
    }

    /// An instruction on its way to an authority; without an address an officer carries it.
    pub(super) async fn instruct(
        &self,
        tx: &mut Tx,
        order: &Order,
        jws: String,
        mailbox: Option<&str>,
    ) -> StoreResult<()> {
        let (letter, part, to) = self.instruction(order, jws, mailbox);
        let Some(address) = to else { return Ok(()) };
        self.post(tx, &letter, part, &address, &format!("instruction:{}", order.authority)).await
    }

    /// The letter of an instruction, and to whom: the authority, or the office that carries it; none where neither has an
    /// address.
    pub(super) fn instruction(
        &self,
        order: &Order,
        jws: String,
        mailbox: Option<&str>,
    ) -> (Letter, Part, Option<String>) {
        let label = order.authority.label();
        let mut letter = self.letter(LetterKind::Instruction, label, Some(asked(order)), Some((order, jws)));
        if let Some(address) = mailbox {
            return (letter, Part::Authority, Some(address.to_owned()));
        }
        letter.kind = LetterKind::OfficeTask;
        letter.addressee = self.offices.text(self.stored.region.as_deref()).name;
        letter.text = Some(format!("未设置{label}的邮箱，请将所附执行通知送达{label}并登记回执。{}", asked(order)));
        (letter, Part::Office, self.offices.email(self.stored.region.as_deref()))
    }

    /// What is signed.
    pub(super) fn payload(&self, order: &Order) -> Value {
        let (site, case) = (&self.site.site, &self.stored.case);
        json!({
            "schema": SCHEMA,
            "case": self.stored.number,
            "authority": order.authority,
            "act": order.act,
            "names": order.names,
            "badge_code": site.badge_code.as_ref().map(BadgeCode::as_str),
            "certificate_id": site.certificate_id.as_ref().map(CertificateId::as_str),
            "site": { "key": site.key, "name": site.name },
            "unit": site.unit.name,
            "articles": self.articles(),
            "effective_at": self.now,
            "issued_at": self.now,
            "office": self.offices.text(self.stored.region.as_deref()).name,
            "review": case.reinstatement.as_ref().filter(|_| order.act == InstructionAct::Reinstate).map(|lifted| &lifted.review),
            "bundle_hash": case.decision.as_ref().map(|decision| &decision.proposal.bundle_hash),
        })
    }

    async fn post(&self, tx: &mut Tx, letter: &Letter, part: Part, to: &str, what: &str) -> StoreResult<()> {
        let key = format!("case:{}:{}:{what}:{}:{to}", self.stored.id, letter.kind, self.stored.version);
        let post = Post {
            key: &key,
            channel: Channel::Mail,
            part,
            recipient: to,
            site_id: Some(&self.stored.site_id),
            notice_id: None,
            case_id: Some(&self.stored.id),
            step: None,
            letter,
            from: self.now,
        };
        outbox::post(tx, &post, self.now).await?;
        Ok(())
    }

    pub(super) fn copies(&self) -> Vec<(String, String)> {
        self.offices.copies(self.stored.region.as_deref(), self.site.site.unit.parent.as_deref())
    }

    fn articles(&self) -> Vec<u8> {
        let case = &self.stored.case;
        case.outcome().map_or_else(|| case.ground.articles().to_vec(), |outcome| outcome.articles(case.ground))
    }

    fn letter(&self, kind: LetterKind, to: &str, text: Option<String>, order: Option<(&Order, String)>) -> Letter {
        let site = &self.site.site;
        let names = match &order {
            Some((order, _)) => order.names.clone(),
            None => self.stored.case.decision.as_ref().map(|it| it.proposal.names.clone()).unwrap_or_default(),
        };
        Letter {
            kind,
            number: Some(self.stored.number.clone()),
            addressee: to.to_owned(),
            parent_unit: site.unit.parent.clone(),
            site: SiteText::of(site),
            office: self.offices.text(self.stored.region.as_deref()),
            faults: Vec::new(),
            limit: None,
            due: None,
            text,
            decision: self.stored.case.decision.as_ref().map(|_| DecisionText {
                articles: self.articles(),
                effective_on: day(self.now),
                names,
                jws: order.map(|(_, jws)| jws),
            }),
            copies: self.copies().into_iter().map(|(name, _)| name).collect(),
        }
    }

    /// The reasons of a decision, with the days that were counted.
    fn reasons(&self, kind: LetterKind) -> Option<String> {
        let case = &self.stored.case;
        if let (LetterKind::Reinstatement, Some(lifted)) = (kind, &case.reinstatement) {
            return Some(format!("{}（重新审核：{}）", lifted.reason, lifted.review));
        }
        let reason = case.decision.as_ref().map(|decision| decision.proposal.reason.clone())?;
        let shows_days = case.ground == Ground::SiteClosed && case.outcome() != Some(CaseOutcome::NoAction);
        Some(if shows_days { format!("{reason}\n{}", days_text(&case.counted_days)) } else { reason })
    }
}

/// 不能访问的日期, one by one.
pub(super) fn days_text(days: &[NaiveDate]) -> String {
    let listed: Vec<_> = days.iter().map(|day| format!("{}年{}月{}日", day.year(), day.month(), day.day())).collect();
    format!("检测到网站关闭或域名不能解析的日期共 {} 天：{}。", days.len(), listed.join("、"))
}

fn asked(order: &Order) -> String {
    match (order.act, order.authority) {
        (InstructionAct::Revoke, _) => "请撤销该网站的网站标识。".to_owned(),
        (InstructionAct::Stop, _) => format!("请停止解析下列域名：{}。", order.names.join("、")),
        (InstructionAct::Reinstate, Authority::Registry) => {
            format!("请恢复该网站的标识和下列域名的解析：{}。", order.names.join("、"))
        }
        (InstructionAct::Reinstate, Authority::Cnnic) => format!("请恢复下列域名的解析：{}。", order.names.join("、")),
    }
}
