//! The daily mail to the offices: what waits for a person, one letter an office and day, none where nothing waits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};

use crate::clock::day;
use crate::domain::calendar::Calendar;
use crate::domain::case::CaseState;
use crate::domain::letter::{Letter, LetterKind, SiteText};
use crate::domain::office::Offices;
use crate::domain::tasks::{Task, Tasks, of_notice, text, who_hears};
use crate::store::outbox::{self, Channel, Part, Post};
use crate::store::tasks::{self, Waiting};
use crate::store::{Db, StoreResult, Tx, notices};

/// Notices read at once.
const AT_ONCE: i64 = 500;

/// Writes the letters of today. How many were written: none on a day off, none a second time.
pub async fn write(db: &Db, offices: &Offices, calendar: &Calendar, at: DateTime<Utc>) -> StoreResult<u64> {
    let today = day(at);
    if !is_worked(calendar, today) {
        return Ok(0);
    }
    let waiting = gather(&mut db.read().await?, offices, today).await?;
    let (mut tx, mut written) = (db.write().await?, 0);
    for (region, tasks) in &waiting {
        written += u64::from(post(&mut tx, offices, region, tasks, at).await?);
    }
    tx.commit().await?;
    Ok(written)
}

/// In a year without a calendar Monday to Friday are presumed to be worked.
fn is_worked(calendar: &Calendar, today: NaiveDate) -> bool {
    let is_weekday = !matches!(today.weekday(), Weekday::Sat | Weekday::Sun);
    calendar.is_working_day(today).unwrap_or(is_weekday)
}

/// What waits, by the region of the office that hears of it.
async fn gather(tx: &mut Tx, offices: &Offices, today: NaiveDate) -> StoreResult<BTreeMap<String, Tasks>> {
    let mut all: BTreeMap<String, Tasks> = BTreeMap::new();
    let mut add = |region: Option<&str>, task: Task, number: i64| {
        if let Some(office) = who_hears(offices, region) {
            *all.entry(office.to_owned()).or_default().entry(task).or_default() += number.unsigned_abs();
        }
    };
    let mut after = String::new();
    loop {
        let open = notices::open_after(tx, &after, AT_ONCE).await?;
        let Some(last) = open.last() else { break };
        after.clone_from(&last.id);
        for stored in &open {
            of_notice(&stored.notice, today).into_iter().for_each(|task| add(stored.region.as_deref(), task, 1));
        }
    }
    for Waiting { region, name, number } in tasks::cases(tx).await? {
        if let Some(task) = CaseState::from_name(&name).and_then(of_case) {
            add(region.as_deref(), task, number);
        }
    }
    for Waiting { region, number, .. } in tasks::leads(tx).await? {
        add(region.as_deref(), Task::Leads, number);
    }
    for Waiting { region, number, .. } in tasks::parked(tx).await? {
        add(region.as_deref(), Task::Parked, number);
    }
    // A hold is one thing to an office, however many of its regions it touches.
    let mut held = BTreeSet::new();
    for Waiting { region, name, .. } in tasks::holds(tx).await? {
        if held.insert((who_hears(offices, region.as_deref()), name)) {
            add(region.as_deref(), Task::Holds, 1);
        }
    }
    Ok(all)
}

const fn of_case(state: CaseState) -> Option<Task> {
    match state {
        CaseState::Open => Some(Task::CasesOpen),
        CaseState::Proposed | CaseState::ReinstatementProposed => Some(Task::CasesProposed),
        _ => None,
    }
}

async fn post(tx: &mut Tx, offices: &Offices, region: &str, tasks: &Tasks, at: DateTime<Utc>) -> StoreResult<bool> {
    let (Some(text), Some(to)) = (text(tasks), offices.email(Some(region))) else { return Ok(false) };
    let office = offices.text(Some(region));
    let letter = Letter {
        kind: LetterKind::OfficeTask,
        number: None,
        addressee: office.name.clone(),
        parent_unit: None,
        // About no site: that is how the letter knows that it is about the office's whole day.
        site: SiteText::default(),
        office,
        faults: Vec::new(),
        limit: None,
        due: None,
        text: Some(text),
        decision: None,
        copies: Vec::new(),
    };
    let post = Post {
        key: &format!("tasks:{region}:{}", day(at)),
        channel: Channel::Mail,
        part: Part::Office,
        recipient: &to,
        site_id: None,
        notice_id: None,
        case_id: None,
        step: None,
        letter: &letter,
        from: at,
    };
    outbox::post(tx, &post, at).await
}
