//! A lead is put away, or followed into a case: said, checked, then done.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::kind;
use crate::domain::case::Ground;
use crate::domain::lead::{LeadRefusal, LeadState};
use crate::flow::On;
use crate::flow::leads::read::{self, Sheet};
use crate::flow::leads::{self, Following, LeadError};
use crate::web::console::act::{ActPage, Field, Problem, Stage, said};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::notices::shown;
use crate::web::console::trouble::Trouble;
use crate::web::console::words::word;
use crate::web::console::{Console, Page};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    why: String,
    seen: String,
    ground: String,
    to: String,
    receipt: String,
    confirm: String,
    again: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Dismiss,
    Follow,
}

/// An act on a lead, and who is about to do it.
struct Table<'a> {
    console: &'a Console,
    officer: &'a Officer,
    act: Act,
    sheet: Sheet,
}

impl<'a> Table<'a> {
    async fn open(console: &'a Console, officer: &'a Officer, id: &str, act: &str) -> Result<Self, Trouble> {
        let act = match act {
            "dismiss" => Act::Dismiss,
            "follow" => Act::Follow,
            _ => return Err(Trouble::Missing),
        };
        let (sheet, _) = read::show(&console.app.db, officer.actor(), id).await?;
        if sheet.lead.state != LeadState::New {
            return Err(LeadError::Refused(LeadRefusal::Over).into());
        }
        Ok(Self { console, officer, act, sheet })
    }

    fn back(&self) -> String {
        format!("/console/leads/{}", self.sheet.lead.id)
    }

    fn page(&self, given: &Given, problems: Vec<Problem>) -> ActPage {
        let t = self.officer.t;
        let (title, line) = match self.act {
            Act::Dismiss => (
                t.say("不予跟进", "Put it away"),
                t.say(
                    "不发出任何信件。同一网址以后的请求明显增多的，会再次成为线索。",
                    "No letter goes. If the host is seen far more often later, it becomes a lead again.",
                ),
            ),
            Act::Follow if self.sheet.site.is_some() => (
                t.say("跟进立案", "Follow it into a case"),
                t.say(
                    "将在标识登记的网站名下立案，或并入已有案件。立案前须看过两端：登记网站在线索产生后已经检查，线索网址由您查看并写明。",
                    "A case opens at the site whose badge it is, or an open one is joined. Both ends are looked at first: the site by us, the host by you.",
                ),
            ),
            Act::Follow => (
                t.say("移送", "Hand it over"),
                t.say(
                    "没有对应的登记网站，不能立案。请移送举报中心或公安机关，并登记回执（第二十一条）。",
                    "No registered site is known, so there is no case. Hand it to the report centre or the police, against a receipt (art. 21).",
                ),
            ),
        };
        let frame = Frame::of(self.console, self.officer, Section::Leads);
        let eyebrow = format!("{} · {}", kind(t, self.sheet.lead.kind), shown(&self.sheet.lead.host));
        ActPage {
            lines: vec![line.to_owned()],
            problems,
            fields: self.fields(given),
            ..ActPage::first(frame, eyebrow, title, self.back())
        }
    }

    fn fields(&self, given: &Given) -> Vec<Field> {
        let t = self.officer.t;
        if self.act == Act::Dismiss {
            let hint = t.say("记入办理记录。", "Goes on record.");
            return vec![Field::text("why", t.say("理由", "Reason"), hint, &given.why)];
        }
        let hint = t.say(
            "您打开该网址时看到了什么：标识在哪里，网站是谁的。",
            "What you saw there: where the badge stands, whose site it is.",
        );
        let seen = Field::text("seen", t.say("实际看到的情况", "What you saw"), hint, &given.seen);
        if self.sheet.site.is_none() {
            return vec![
                seen,
                Field::line("to", t.say("移送单位", "To"), "", &given.to),
                Field::line("receipt", t.say("回执或文号", "Receipt"), "", &given.receipt),
            ];
        }
        let grounds = Ground::ALL.iter().filter(|ground| ground.by_lead());
        let grounds = grounds.map(|one| (one.name().to_owned(), word(t, one.label(), one.name())));
        let chosen = if given.ground.is_empty() { self.sheet.lead.kind.ground().name() } else { &given.ground };
        vec![seen, Field::one("ground", t.say("案由", "Ground"), chosen, grounds)]
    }

    /// What stands against what was said.
    fn problems(&self, given: &Given) -> Vec<Problem> {
        let t = self.officer.t;
        let needed: &[(&'static str, &str)] = match (self.act, &self.sheet.site) {
            (Act::Dismiss, _) => &[("why", &given.why)],
            (Act::Follow, Some(_)) => &[("seen", &given.seen)],
            (Act::Follow, None) => &[("seen", &given.seen), ("to", &given.to), ("receipt", &given.receipt)],
        };
        needed.iter().filter_map(|(field, text)| said(t, field, text).err()).collect()
    }

    fn confirm(&self, given: &Given) -> ActPage {
        let t = self.officer.t;
        let button = match (self.act, &self.sheet.site) {
            (Act::Dismiss, _) => t.say("不予跟进", "Put it away"),
            (Act::Follow, Some(_)) => t.say("立案", "Open the case"),
            (Act::Follow, None) => t.say("登记移送", "Note the hand-over"),
        };
        self.page(given, Vec::new()).confirmed(Vec::new(), self.sheet.lead.version, true, button)
    }

    async fn done(&self, given: &Given, version: i64) -> Page {
        let (app, actor) = (&self.console.app, self.officer.actor());
        let (on, now) = (On::seen(&self.sheet.lead.id, version), self.console.app.clock.now());
        let (done, key) = match self.act {
            Act::Dismiss => (leads::dismiss(&app.db, actor, on, &given.why, now).await, "dismiss"),
            Act::Follow => {
                let handed_over = self.sheet.site.is_none().then_some((given.to.as_str(), given.receipt.as_str()));
                let following = Following { seen: &given.seen, ground: Ground::from_name(&given.ground), handed_over };
                (leads::follow(&app.db, actor, on, &following, now).await, "follow")
            }
        };
        match done {
            Ok(_) => Ok(Redirect::to(&format!("{}?told={key}", self.back())).into_response()),
            Err(LeadError::Refused(refusal)) => {
                let message = self.officer.t.half(refusal.help()).to_owned();
                Ok(self.page(given, vec![Problem { field: "", message }]).answer())
            }
            Err(error) => Err(Trouble::from(error).at(&self.back())),
        }
    }
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
) -> Page {
    let table = Table::open(&console, &officer, &id, &act).await?;
    Ok(table.page(&Given::default(), Vec::new()).answer())
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
    Signed(given): Signed<Given>,
) -> Page {
    let table = Table::open(&console, &officer, &id, &act).await?;
    let stage = Stage::of(&given.confirm, &given.again);
    let problems = if stage == Stage::Again { Vec::new() } else { table.problems(&given) };
    match stage {
        Stage::Again => Ok(table.page(&given, problems).answer()),
        _ if !problems.is_empty() => Ok(table.page(&given, problems).answer()),
        Stage::Meant(version) => table.done(&given, version).await,
        _ => Ok(table.confirm(&given).answer()),
    }
}
