//! A circular is released, or taken back: shown with whom it names, then done.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::document;
use crate::domain::account::AccountRole;
use crate::domain::circular::CircularState;
use crate::flow::circulars::{self, CircularError};
use crate::store::circulars::StoredCircular;
use crate::web::console::act::{ActPage, Field, Problem, Stage};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::tongue::Tongue;

/// Sites that are named before a release; the document has all.
const NAMED: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    why: String,
    confirm: String,
    again: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Release,
    Withdraw,
}

/// An act on a circular, and who is about to do it.
struct Table<'a> {
    console: &'a Console,
    officer: &'a Officer,
    act: Act,
    circular: StoredCircular,
}

impl<'a> Table<'a> {
    async fn open(console: &'a Console, officer: &'a Officer, id: &str, act: &str) -> Result<Self, Trouble> {
        let act = match act {
            "release" => Act::Release,
            "withdraw" => Act::Withdraw,
            _ => return Err(Trouble::Missing),
        };
        let circular = circulars::read(&console.app.db, officer.actor(), id).await?;
        if !officer.actor().may(AccountRole::Officer, Some(&circular.area)) {
            return Err(CircularError::NotYours.into());
        }
        let table = Self { console, officer, act, circular };
        let is_open = match act {
            Act::Release => table.circular.state == CircularState::Draft,
            Act::Withdraw => table.circular.state != CircularState::Withdrawn,
        };
        if is_open { Ok(table) } else { Err(Trouble::Changed(table.back())) }
    }

    fn back(&self) -> String {
        format!("/console/circulars/{}", self.circular.id)
    }

    fn page(&self, given: &Given, problems: Vec<Problem>) -> ActPage {
        let t = self.officer.t;
        let (title, line) = self.words();
        let hint =
            t.say("至少 4 个字，记录在案，并印在通报上。", "At least 4 characters; on record, and on the document.");
        let why = Field::text("why", t.say("撤回原因", "Why"), hint, &given.why);
        let frame = Frame::of(self.console, self.officer, Section::Circulars);
        let eyebrow = document::title(&frame::region(self.console, Tongue::Chinese, &self.circular.area));
        ActPage {
            lines: vec![line.to_owned()],
            problems,
            fields: if self.act == Act::Withdraw { vec![why] } else { Vec::new() },
            ..ActPage::first(frame, eyebrow, title, self.back())
        }
    }

    /// The heading, and what follows.
    fn words(&self) -> (&'static str, &'static str) {
        let t = self.officer.t;
        match (self.act, self.circular.state) {
            (Act::Release, _) => (
                t.say("发布通报", "Release the circular"),
                t.say(
                    "发布后编号，成为本机关的正式文件，文字和数据不能再改，下列单位被公开点名。本系统不会自动发送，由您打印或另行下发。",
                    "It gets a number and is your office's word: text and figures cannot be changed any more, and the units below are named in public. Nothing is sent: print it or pass it on.",
                ),
            ),
            (Act::Withdraw, CircularState::Draft) => (
                t.say("撤回草稿", "Put the draft away"),
                t.say(
                    "草稿未发布，没有对外效力。撤回后不能恢复，可重新起草。",
                    "The draft was not released. It does not come back; another can be drafted.",
                ),
            ),
            (Act::Withdraw, _) => (
                t.say("撤回通报", "Withdraw the circular"),
                t.say(
                    "通报不再有效，文号不再使用。撤回后不能恢复。已经下发的，请另行告知收到通报的单位。",
                    "It holds no more, and its number is not given again. It does not come back. Tell those who have it already.",
                ),
            ),
        }
    }

    /// What is released or taken back, to be read once more.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let (t, circular) = (self.officer.t, &self.circular);
        let period = format!("{}至{}", document::date(circular.from_on), document::date(circular.until_on));
        let mut facts = vec![
            (t.say("文号", "Number"), circular.number.clone().unwrap_or_default()),
            (t.say("期间", "Period"), period),
            (t.say("主送", "Addressed to"), circular.words.addressee.clone()),
        ];
        if self.act == Act::Release {
            facts.push((t.say("开头", "Opening"), circular.words.opening.clone()));
            facts.push((t.say("总体情况", "Figures"), document::totals(circular)));
            facts.push((t.say("下一步工作要求", "Next steps"), circular.words.next_steps.clone()));
        }
        facts.push((t.say("点名的网站", "Sites that are named"), named(t, circular)));
        facts.retain(|(_, text)| !text.is_empty());
        facts
    }

    fn confirm(&self, given: &Given) -> ActPage {
        let t = self.officer.t;
        let button = match self.act {
            Act::Release => t.say("发布通报", "Release it"),
            Act::Withdraw => t.say("撤回", "Withdraw it"),
        };
        let page = self.page(given, Vec::new());
        let has_form = self.act == Act::Withdraw;
        page.confirmed(Vec::new(), self.circular.version, has_form, button).reading(self.facts())
    }

    async fn done(&self, given: &Given, version: i64) -> Page {
        let (db, actor, now) = (&self.console.app.db, self.officer.actor(), self.console.app.clock.now());
        let id = &self.circular.id;
        let (done, told) = match self.act {
            Act::Release => (circulars::release(db, actor, id, version, now).await.map(|_| ()), "released"),
            Act::Withdraw => (circulars::withdraw(db, actor, id, version, &given.why, now).await, "withdrawn"),
        };
        match done {
            Ok(()) => Ok(Redirect::to(&format!("{}?told={told}", self.back())).into_response()),
            Err(CircularError::Changed) => Err(Trouble::Changed(self.back())),
            Err(error) => Err(error.into()),
        }
    }
}

/// Every site that is named, a line each, as far as they can be read at a sitting.
fn named(t: Tongue, circular: &StoredCircular) -> String {
    let all = &circular.figures.named;
    let mut lines: Vec<_> = all.iter().take(NAMED).map(|one| format!("{} · {}", one.unit, one.site)).collect();
    lines.insert(
        0,
        match t {
            Tongue::Chinese => format!("{} 个", all.len()),
            Tongue::English => all.len().to_string(),
        },
    );
    if all.len() > NAMED {
        lines.push(t.say("……其余见通报附件", "… the rest stands in the annex").to_owned());
    }
    lines.join("\n")
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
) -> Page {
    let table = Table::open(&console, &officer, &id, &act).await?;
    let given = Given::default();
    Ok(match table.act {
        Act::Release => table.confirm(&given),
        Act::Withdraw => table.page(&given, Vec::new()),
    }
    .answer())
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
    Signed(given): Signed<Given>,
) -> Page {
    let table = Table::open(&console, &officer, &id, &act).await?;
    let stage = Stage::of(&given.confirm, &given.again);
    if table.act == Act::Withdraw {
        let problem = circulars::reason(&given.why).err().filter(|_| stage != Stage::Again);
        let problem =
            problem.map(|error| Problem { field: "why", message: officer.t.half(&error.to_string()).to_owned() });
        if stage == Stage::Again || problem.is_some() {
            return Ok(table.page(&given, problem.into_iter().collect()).answer());
        }
    }
    match stage {
        Stage::Meant(version) => table.done(&given, version).await,
        _ => Ok(table.confirm(&given).answer()),
    }
}
