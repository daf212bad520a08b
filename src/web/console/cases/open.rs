//! A case is opened by hand, on one of the grounds that take a person's eye.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::ground;
use crate::domain::account::AccountRole;
use crate::domain::case::Ground;
use crate::flow::cases::{CaseError, Desk, read};
use crate::flow::notices::{ActError, site_of};
use crate::store::sites::StoredSite;
use crate::web::console::act::{ActPage, Field, Problem, Stage, said};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::notices::unit;
use crate::web::console::{Console, Page};

/// The fields; the key may stand in the address, where a site's page leads here.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    site: String,
    ground: String,
    why: String,
    confirm: String,
    again: String,
}

fn page(console: &Console, officer: &Officer, given: &Given, problems: Vec<Problem>) -> ActPage {
    let t = officer.t;
    let by_hand = Ground::ALL.iter().filter(|ground| ground.by_hand());
    let grounds = by_hand.map(|one| (one.name().to_owned(), ground(t, *one)));
    let frame = Frame::of(console, officer, Section::Cases);
    let (eyebrow, title) = (t.say("案件", "Cases").to_owned(), t.say("立案", "Open a case"));
    ActPage {
        lines: vec![
            t.say(
                "逾期未整改、网站关闭超过规定日数、未按要求定期报告的，由系统依记录立案。其他情形在此立案。立案不发出任何信件。",
                "What is counted is opened by the records. Other grounds are opened here. No letter goes by it.",
            )
            .to_owned(),
        ],
        problems,
        fields: vec![
            Field::line(
                "site",
                t.say("网站", "Site"),
                t.say("登记的英文域名；没有的，填中文域名。挂靠的网站带目录，例如 www.yunxi.gov.cn/jyj/。", "Its registered English name, else the Chinese one; with its folder where it has one."),
                &given.site,
            ),
            Field::one("ground", t.say("案由", "Ground"), &given.ground, grounds),
            Field::text("why", t.say("立案理由", "Reason"), t.say("记入案卷。", "Stands in the file."), &given.why),
        ],
        ..ActPage::first(frame, eyebrow, title, "/console/cases".to_owned())
    }
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(given): Query<Given>,
) -> Page {
    Ok(page(&console, &officer, &given, Vec::new()).answer())
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Signed(given): Signed<Given>,
) -> Page {
    if given.stage() == Stage::Again {
        return Ok(page(&console, &officer, &given, Vec::new()).answer());
    }
    let (problems, site) = check(&console, &officer, &given).await?;
    let (Some(site), Some(ground), true) = (site, Ground::from_name(&given.ground), problems.is_empty()) else {
        return Ok(page(&console, &officer, &given, problems).answer());
    };
    match given.stage() {
        Stage::Meant(_) => open(&console, &officer, &given, ground).await,
        _ => Ok(confirm(&console, &officer, &given, &site).answer()),
    }
}

/// What stands against it, and the site that is meant.
async fn check(
    console: &Console,
    officer: &Officer,
    given: &Given,
) -> Result<(Vec<Problem>, Option<StoredSite>), crate::web::console::trouble::Trouble> {
    let t = officer.t;
    let mut problems = Vec::new();
    let mut tx = console.app.db.read().await?;
    let site = match site_of(&mut tx, officer.actor(), AccountRole::Officer, given.site.trim()).await {
        Ok(site) => Some(site),
        Err(ActError::NotFound) => {
            let message = t.say("您的辖区内没有登记这个网站", "No such site is registered in your region");
            problems.push(Problem { field: "site", message: message.to_owned() });
            None
        }
        Err(error) => return Err(error.into()),
    };
    if Ground::from_name(&given.ground).is_none_or(|ground| !ground.by_hand()) {
        problems.push(Problem { field: "ground", message: t.say("请选择案由", "Choose a ground").to_owned() });
    }
    problems.extend(said(t, "why", &given.why).err());
    Ok((problems, site))
}

fn confirm(console: &Console, officer: &Officer, given: &Given, site: &StoredSite) -> ActPage {
    let mut page = page(console, officer, given, Vec::new());
    page.eyebrow = format!("{} · {}", unit(site), site.site.name);
    page.confirmed(Vec::new(), 0, true, officer.t.say("立案", "Open the case"))
}

async fn open(console: &Console, officer: &Officer, given: &Given, ground: Ground) -> Page {
    let (desk, now) = (Desk::of(&console.app), console.app.clock.now());
    let (key, why) = (given.site.trim(), said(officer.t, "why", &given.why).unwrap_or_default());
    let (id, told) = match read::open_at(&desk, officer.actor(), key, ground, &why, now).await {
        Ok(opened) => (opened.id, "opened"),
        // Sent twice, or somebody was quicker.
        Err(CaseError::OpenAlready(id)) => (id, "open_already"),
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/console/cases/{id}?told={told}")).into_response())
}

impl Given {
    fn stage(&self) -> Stage {
        Stage::of(&self.confirm, &self.again)
    }
}
