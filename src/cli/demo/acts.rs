//! What people do in the story, each by the use-case that a page or a program calls.

use anyhow::Context;
use chrono::Days;

use super::stage::Stage;
use crate::demo::story::{Act, Granted};
use crate::domain::case::{CaseOutcome, Effective};
use crate::domain::certificate::BadgeRef;
use crate::domain::click::From;
use crate::domain::host::Host;
use crate::domain::lead::Reported;
use crate::domain::notice::{NoticeState, RequestKind};
use crate::domain::seen::SeenBy;
use crate::flow::cases::{self, Proposing};
use crate::flow::notices::{self, AnswerGiven, Wish};
use crate::flow::{certificates, leads};
use crate::store::cases::StoredCase;
use crate::store::notices::StoredNotice;
use crate::store::sites;

/// More notices, or cases, than the county has.
const ALL: u32 = 200;
/// Whom the office consults before it acts by art. 20.
const SUPERVISOR: &str = "云溪县委网信办";

impl Stage<'_> {
    /// Does what the story says. What happens to sites overnight has happened by then.
    pub async fn act(&self, act: &Act) -> anyhow::Result<()> {
        match *act {
            Act::Become(..) => Ok(()),
            Act::Approve => self.approve().await,
            Act::Acknowledge(site) => self.acknowledge(site).await,
            Act::Object(site, text) => self.ask(site, RequestKind::Objection, text, None).await,
            Act::AskForTime(site, days, text) => self.ask(site, RequestKind::Extension, text, Some(days)).await,
            Act::AskForLook(site) => self.ask_for_look(site).await,
            Act::Answer(site, kind, granted, text) => self.answer(site, kind, granted == Granted::Yes, text).await,
            Act::Close(site, why) => self.close_notice(site, why).await,
            Act::Consult(site) => self.consult(site).await,
            Act::Propose(site, outcome, effective, why) => self.propose(site, outcome, effective, why).await,
            Act::Agree(site) => self.agree(site).await,
            Act::Acknowledged(site, reference) => self.acknowledged(site, reference).await,
            Act::Report { site, host, text } => self.report(site, host, text).await,
            Act::Seen { site, host, times } => self.seen(site, host, times).await,
        }
    }

    async fn approve(&self) -> anyhow::Result<()> {
        let wanted =
            notices::read::Wanted { state: Some(NoticeState::Drafted), most: ALL, ..notices::read::Wanted::default() };
        let chen = &self.people.chen;
        for (drafted, _) in notices::read::list(&self.app.db, chen, &wanted).await?.notices {
            notices::approve(&self.app.db, &self.app.desk, chen, &drafted.id, self.app.clock.now()).await?;
        }
        Ok(())
    }

    async fn acknowledge(&self, site: &str) -> anyhow::Result<()> {
        let notice = self.notice(site).await?;
        notices::acknowledge(&self.app.db, &self.app.desk, &notice.id, self.app.clock.now()).await?;
        Ok(())
    }

    /// `days`: of a request for time, beyond the due date.
    async fn ask(&self, site: &str, kind: RequestKind, text: &str, days: Option<u64>) -> anyhow::Result<()> {
        let notice = self.notice(site).await?;
        let due = notice.notice.due().map(|due| due.date);
        let until = due.zip(days).map(|(due, days)| due + Days::new(days));
        let wish = Wish { kind, text: text.to_owned(), until, file: None };
        notices::ask(&self.app.db, &self.app.desk, &notice.id, wish, self.app.clock.now()).await?;
        Ok(())
    }

    async fn ask_for_look(&self, site: &str) -> anyhow::Result<()> {
        let notice = self.notice(site).await?;
        Ok(notices::recheck(&self.app.db, &notice.id, self.app.clock.now()).await?)
    }

    async fn answer(&self, site: &str, kind: RequestKind, granted: bool, text: &str) -> anyhow::Result<()> {
        let notice = self.notice(site).await?;
        let given = AnswerGiven { kind, granted, text: text.to_owned(), until: None };
        let (chen, now) = (&self.people.chen, self.app.clock.now());
        notices::answer(&self.app.db, &self.app.desk, chen, &notice.id, given, now).await?;
        Ok(())
    }

    async fn close_notice(&self, site: &str, why: &str) -> anyhow::Result<()> {
        let (notice, now) = (self.notice(site).await?, self.app.clock.now());
        notices::close(&self.app.db, &self.app.desk, &self.people.chen, &notice.id, why, now).await?;
        Ok(())
    }

    async fn consult(&self, site: &str) -> anyhow::Result<()> {
        let (case, desk) = (self.case(site).await?, cases::Desk::of(&self.app));
        let asked = (SUPERVISOR, self.app.clock.today(), "同意依法处理。");
        cases::consult(&desk, &self.people.chen, &case.id, asked, self.app.clock.now()).await?;
        Ok(())
    }

    async fn propose(
        &self,
        site: &str,
        outcome: CaseOutcome,
        effective: Effective,
        reason: &str,
    ) -> anyhow::Result<()> {
        let (case, desk) = (self.case(site).await?, cases::Desk::of(&self.app));
        let proposing = Proposing { outcome: Some(outcome), reason, effective, ..Proposing::default() };
        cases::propose(&desk, &self.people.chen, &case.id, &proposing, self.app.clock.now()).await?;
        Ok(())
    }

    async fn agree(&self, site: &str) -> anyhow::Result<()> {
        let (case, desk) = (self.case(site).await?, cases::Desk::of(&self.app));
        cases::approve(&desk, &self.people.li, &case.id, self.app.clock.now()).await?;
        Ok(())
    }

    async fn acknowledged(&self, site: &str, reference: &str) -> anyhow::Result<()> {
        let (case, desk) = (self.case(site).await?, cases::Desk::of(&self.app));
        for told in &case.case.executions {
            let (order, by) = ((told.order.authority, told.order.act), told.order.authority.label());
            let (chen, now) = (&self.people.chen, self.app.clock.now());
            cases::acknowledge_instruction(&desk, chen, &case.id, order, (by, reference), now).await?;
        }
        Ok(())
    }

    async fn report(&self, site: &str, host: &str, text: &str) -> anyhow::Result<()> {
        let badge = Some(self.badge(site).await?);
        let reported = Reported { host: host.to_owned(), badge, text: text.to_owned(), contact: None };
        leads::report(&self.app.db, &reported, self.app.clock.now()).await?;
        Ok(())
    }

    async fn seen(&self, site: &str, host: &str, times: u32) -> anyhow::Result<()> {
        let app = &self.app;
        // What the public is answered from knows whose the badge is.
        certificates::follow(&app.db, &app.shelf, app.voice.name(), app.clock.now()).await?;
        let badge = BadgeRef::parse(&self.badge(site).await?).context("no badge number")?;
        let from = From::Host(Host::parse(host).context("no host")?);
        (0..times).for_each(|_| app.seen.note_badge(&badge, &from, SeenBy::Script));
        app.seen.flush(&app.db).await.error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// The site's latest notice.
    async fn notice(&self, site: &str) -> anyhow::Result<StoredNotice> {
        let wanted = notices::read::Wanted { most: ALL, ..notices::read::Wanted::default() };
        let all = notices::read::list(&self.app.db, &self.people.chen, &wanted).await?.notices;
        let of_site = all.into_iter().filter(|(_, of)| of.site.key == site).map(|(notice, _)| notice);
        of_site.max_by_key(|notice| notice.drafted_at).with_context(|| format!("{site} has no notice"))
    }

    /// The site's latest case.
    async fn case(&self, site: &str) -> anyhow::Result<StoredCase> {
        let wanted = cases::read::Wanted { most: ALL, ..cases::read::Wanted::default() };
        let all = cases::read::list(&self.app.db, &self.people.chen, &wanted).await?.cases;
        let of_site = all.into_iter().find(|(_, of)| of.site.key == site).map(|(case, _)| case);
        of_site.with_context(|| format!("{site} has no case"))
    }

    /// The number on the site's badge.
    pub async fn badge(&self, site: &str) -> anyhow::Result<String> {
        let found = sites::by_key(&mut self.app.db.read().await?, site).await?;
        let code = found.and_then(|found| found.site.badge_code);
        Ok(code.with_context(|| format!("{site} has no badge"))?.to_string())
    }
}
