//! The exemption of a site: granted until a day, and ended before it; shown first with what follows.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::{back, first, link, site};
use crate::clock::day as today;
use crate::domain::confirm::FindingState;
use crate::flow::sites::{self, ExemptionWish, SiteError, end_exemption, exempt};
use crate::store::sites::StoredSite;
use crate::web::console::act::{ActPage, Field, Problem, Stage, day, said};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::tongue::Tongue;
use crate::web::unit::words::name;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    until: String,
    reason: String,
    confirm: String,
    again: String,
}

/// What was said, or what stands against it.
fn read(t: Tongue, key: &str, given: &Given, today: chrono::NaiveDate) -> Result<ExemptionWish, Vec<Problem>> {
    let (until, reason) = match (day(t, "until", &given.until), said(t, "reason", &given.reason)) {
        (Ok(until), Ok(reason)) => (until, reason),
        (until, reason) => return Err(until.err().into_iter().chain(reason.err()).collect()),
    };
    let wish = ExemptionWish { site: key.to_owned(), until, reason };
    let at = |error: SiteError| Problem { field: "until", message: t.half(&error.to_string()).to_owned() };
    wish.check(today).map_err(|error| vec![at(error)])?;
    Ok(wish)
}

fn page(console: &Console, officer: &Officer, site: &StoredSite, given: &Given, problems: Vec<Problem>) -> ActPage {
    let t = officer.t;
    let line = t.say(
        "豁免期内照常检查，但不起草新的通知；已发出的通知不受影响。最长一年。",
        "Looks go on, but no new notice is drafted; notices that went out stay. A year at most.",
    );
    let reason = t.say("记入办理记录。", "Goes on record.");
    ActPage {
        lines: vec![line.to_owned()],
        problems,
        fields: vec![
            Field::day("until", t.say("最后一天", "Last day"), "", &given.until),
            Field::line("reason", t.say("理由", "Reason"), reason, &given.reason),
        ],
        ..first(console, officer, site, t.say("豁免网站", "Exempt the site"))
    }
}

pub(in crate::web::console) async fn grant(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t, now) = (&console.app, officer.t, console.app.clock.now());
    let site = site(&console, &officer, &key).await?;
    let stage = Stage::of(&given.confirm, &given.again);
    let wish = match read(t, &key, &given, today(now)) {
        _ if stage == Stage::Again => return Ok(page(&console, &officer, &site, &given, Vec::new()).answer()),
        Ok(wish) => wish,
        Err(problems) => return Ok(page(&console, &officer, &site, &given, problems).answer()),
    };
    if let Stage::Meant(_) = stage {
        exempt(&app.db, officer.actor(), &wish, now).await?;
        return Ok(back(&key, "exempted"));
    }
    let page = page(&console, &officer, &site, &given, Vec::new());
    Ok(page.confirmed(Vec::new(), 0, true, t.say("豁免", "Exempt it")).answer())
}

/// It ends before its day: asked first, then done.
pub(in crate::web::console) async fn end(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t, now) = (&console.app, officer.t, console.app.clock.now());
    if let Stage::Meant(_) = Stage::of(&given.confirm, "") {
        let done = end_exemption(&app.db, officer.actor(), &key, now).await;
        done.map_err(|error| Trouble::from(error).at(&link(&key)))?;
        return Ok(back(&key, "unexempted"));
    }
    let site = site(&console, &officer, &key).await?;
    let found = sites::sheet(&app.db, &app.desk, officer.actor(), &key, now).await?;
    let holds = found.exemptions.iter().find(|one| one.ended_at.is_none() && one.until_on >= today(now));
    let holds = holds.ok_or_else(|| Trouble::Changed(link(&key)))?;
    let confirmed = found.open.iter().filter(|(stored, _)| stored.track.state == FindingState::Confirmed);
    let faults: Vec<_> = confirmed.map(|(stored, _)| name(t, stored.finding.code)).collect();
    let title = t.say("结束豁免", "End the exemption");
    let line = t.say(
        "结束后，已确认而尚未告知的问题随即起草通知，按本机关设置逐件审核或自动发出。",
        "Faults that are confirmed and were not told are drafted next, and go by your office's way of approval.",
    );
    let none = t.say("无", "none");
    let page = ActPage { lines: vec![line.to_owned()], ..first(&console, &officer, &site, title) };
    let page = page.confirmed(Vec::new(), 0, false, title).reading([
        (t.say("现豁免至", "Exempt until"), t.plain(holds.until_on)),
        (t.say("理由", "Reason"), holds.reason.clone()),
        (
            t.say("已确认的问题", "Confirmed faults"),
            if faults.is_empty() { none.to_owned() } else { faults.join("、") },
        ),
    ]);
    Ok(page.answer())
}
