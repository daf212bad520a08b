//! What must hold at the end, asked of the database and of the mail server.

use std::collections::{BTreeMap, HashMap, HashSet};

use badgewatch::domain::confirm::FindingState;
use badgewatch::domain::kin::{MISSING, is_kin};
use badgewatch::domain::notice::Item;
use badgewatch::domain::registry::BadgeState;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::seal;
use badgewatch::store::cases::Filter;
use badgewatch::store::notices::{Asked, StoredNotice};
use badgewatch::store::{audit, findings, notices, outbox, sites};
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};

use super::Sim;
use crate::support::office::{EVERYWHERE, mail};

const ROWS: &str = include_str!("../../config/calendar/china-workdays-2014-2026.csv");

pub fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The plan of a day's year with what was amended in it.
pub fn year_csv(day: NaiveDate, amended: &BTreeMap<NaiveDate, bool>) -> String {
    let year = format!("{}-", day.year());
    let shipped = ROWS.lines().filter(|row| row.starts_with(&year)).map(str::to_owned);
    let added = amended
        .iter()
        .filter(|(on, _)| on.year() == day.year())
        .map(|(on, worked)| format!("{on},{},调整", if *worked { "workday" } else { "holiday" }));
    let rows: Vec<String> = shipped.chain(added).collect();
    format!("date,kind,name\n{}\n", rows.join("\n"))
}

/// An independent count: is the day worked, by the rows of the file and what was amended?
fn is_worked(day: NaiveDate, amended: &BTreeMap<NaiveDate, bool>) -> bool {
    if let Some(worked) = amended.get(&day) {
        return *worked;
    }
    match ROWS.lines().find(|row| row.starts_with(&day.to_string())) {
        Some(row) => row.contains(",workday,"),
        None => is_weekday(day) && (day.month(), day.day()) != (1, 1),
    }
}

fn counted_by_hand(told: NaiveDate, days: u32, amended: &BTreeMap<NaiveDate, bool>) -> NaiveDate {
    let worked = told.iter_days().skip(1).filter(|day| is_worked(*day, amended));
    worked.take(days as usize).last().unwrap()
}

async fn all_notices(sim: &Sim) -> Vec<StoredNotice> {
    let asked = Asked { most: 1_000_000, ..Asked::default() };
    notices::list(&mut sim.office.db().read().await.unwrap(), &asked).await.unwrap()
}

pub async fn hold(sim: &mut Sim) {
    let all = all_notices(sim).await;
    every_notice_stands_on_confirmed_faults(sim, &all).await;
    no_confirmed_fault_is_forgotten(sim).await;
    every_deadline_is_right(sim, &all);
    nobody_was_told_of_a_missing_badge_twice(&all);
    nobody_was_told_twice(sim, &all).await;
    overdue_came_after_the_due_day(sim, &all).await;
    no_sanction_without_two_people(sim).await;
    let verified = seal::verify(sim.office.db()).await.unwrap();
    assert!(verified.breaches.is_empty(), "{:?}", verified.breaches);
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    all.iter().for_each(|notice| *states.entry(notice.notice.state.name()).or_default() += 1);
    println!(
        "{} notices {states:?}, {} letters, {} acts on record",
        all.len(),
        sim.office.server.kept().len(),
        verified.acts
    );
}

/// A fault that three fair looks over a day really saw, at a site that really was at fault (or was seen so again and again).
async fn every_notice_stands_on_confirmed_faults(sim: &Sim, all: &[StoredNotice]) {
    let mut tx = sim.office.db().read().await.unwrap();
    for notice in all {
        let site = sites::by_id(&mut tx, &notice.site_id).await.unwrap().unwrap().site.key;
        let truth = sim.truths.iter().find(|truth| truth.key == site).unwrap();
        let of_site = findings::of_site(&mut tx, &notice.site_id).await.unwrap();
        for item in &notice.notice.items {
            let found = of_site.iter().find(|found| found.id == item.finding_id).expect("its finding");
            let confirmed = found.confirmed_at.expect("a notice tells what was confirmed");
            assert!(matches!(found.track.state, FindingState::Confirmed | FindingState::Cleared));
            if !is_restated(notice, item) {
                written_after(sim, notice, item.step, confirmed).await;
            }
            let until = day_of(confirmed);
            let is_it = |(day, code): &&(u64, FindingCode)| is_kin(*code, item.code) && *day <= until;
            let seen = truth.seen_failing.iter().filter(is_it).count();
            assert!(seen >= 3, "{site}: {} was seen {seen} times", item.code);
            let seen = &truth.seen_failing;
            assert!(truth.ever_at_fault, "{site} was never at fault, and accused of {item:?} by {found:?}: {seen:?}");
        }
    }
}

/// The same fact to another extent: told before, by the letter of the first.
fn is_restated(notice: &StoredNotice, item: &Item) -> bool {
    let before = notice.notice.items.iter().take_while(|before| before.finding_id != item.finding_id);
    before.into_iter().any(|before| before.step == item.step && is_kin(before.code, item.code))
}

/// A missing badge is told with one limit, however far it reaches, until it is found mended.
fn nobody_was_told_of_a_missing_badge_twice(all: &[StoredNotice]) {
    let mut restated = 0;
    for notice in all {
        let missing: Vec<_> = notice.notice.items.iter().filter(|item| MISSING.contains(&item.code)).collect();
        restated += missing.iter().filter(|item| is_restated(notice, item)).count();
        for (at, later) in missing.iter().enumerate() {
            let before = missing[..at].iter().filter(|before| before.step != later.step);
            assert!(before.into_iter().all(|before| before.cleared_at.is_some()), "{}: told twice", notice.id);
        }
    }
    println!("{restated} times a missing badge was found to another extent");
}

/// A fault may join a draft, or come by a supplement: it is its letter that must not be older than its confirmation.
async fn written_after(sim: &Sim, notice: &StoredNotice, step: u32, confirmed: DateTime<Utc>) {
    let letters = outbox::of_subject(&mut sim.office.db().read().await.unwrap(), &notice.id).await.unwrap();
    let tells = |letter: &&outbox::Listed| {
        matches!(letter.kind.as_str(), "rectification" | "supplement") && letter.step == Some(i64::from(step))
    };
    // What was written before it was found was stopped, and written anew.
    for letter in letters.iter().filter(tells).filter(|letter| letter.state != "cancelled") {
        assert!(letter.made_at >= confirmed, "{}: told before it was confirmed: {letter:?}", notice.id);
    }
}

fn day_of(at: DateTime<Utc>) -> u64 {
    let begin: DateTime<Utc> = super::BEGIN.parse().unwrap();
    (at - begin).num_days().unsigned_abs()
}

async fn no_confirmed_fault_is_forgotten(sim: &Sim) {
    let untold =
        notices::untold(&mut sim.office.db().read().await.unwrap(), sim.office.clock.today(), 10).await.unwrap();
    assert!(untold.is_empty(), "{untold:?}");
    let waiting = notices::mended(&mut sim.office.db().read().await.unwrap(), &MISSING, 10).await.unwrap();
    assert!(waiting.is_empty(), "{waiting:?}");
}

fn every_deadline_is_right(sim: &Sim, all: &[StoredNotice]) {
    for notice in all.iter().filter(|notice| notice.ended_at.is_none()) {
        for telling in &notice.notice.tellings {
            assert_eq!(telling.due.is_some(), telling.told_on.is_some());
            if let (Some(told), Some(due)) = (telling.told_on, &telling.due) {
                let by_hand = counted_by_hand(told, telling.limit.days, &sim.amended);
                assert_eq!(due.date, by_hand, "told on {told}: {due:?}");
            }
        }
    }
}

/// By Message-ID: one letter of a telling to one recipient, and one a day.
async fn nobody_was_told_twice(sim: &Sim, all: &[StoredNotice]) {
    let row = |id: &String| id.trim_start_matches('<').split('@').next().unwrap_or_default().to_owned();
    let ids: HashSet<String> = sim.office.server.message_ids().iter().map(row).collect();
    let mut told: HashMap<(String, Option<i64>, String), u64> = HashMap::new();
    let mut days: HashMap<(String, NaiveDate), u64> = HashMap::new();
    let (mut sent, mut by_hand) = (0, 0);
    for notice in all {
        let letters = outbox::of_subject(&mut sim.office.db().read().await.unwrap(), &notice.id).await.unwrap();
        for letter in letters.iter().filter(|letter| matches!(letter.state.as_str(), "sent" | "bounced")) {
            assert!(ids.contains(&letter.id), "marked as sent, and nobody has it: {letter:?}");
            sent += 1;
            let begins = matches!(letter.kind.as_str(), "rectification" | "supplement");
            if begins && letter.state == "sent" {
                *told.entry((notice.id.clone(), letter.step, letter.recipient.clone())).or_default() += 1;
            }
            if letter.part == "unit" {
                let on = badgewatch::domain::beijing::day(letter.sent_at.unwrap());
                *days.entry((letter.recipient.clone(), on)).or_default() += 1;
            }
        }
        by_hand += usize::from(letters.is_empty());
    }
    let twice: Vec<_> = told.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let crowded: Vec<_> = days.iter().filter(|(_, count)| **count > 1).collect();
    assert!(crowded.is_empty(), "more than one letter a recipient, site and day: {crowded:?}");
    let units: HashSet<String> = (0..sim.truths.len()).map(mail).collect();
    let strangers = sim.office.server.recipients().into_iter().filter(|to| to.ends_with("@yunxi.test"));
    assert!(strangers.into_iter().all(|to| units.contains(&to)), "somebody got a letter who is no unit");
    println!("{sent} letters marked as sent, {} Message-IDs, {by_hand} notices without a letter", ids.len());
}

async fn overdue_came_after_the_due_day(sim: &Sim, all: &[StoredNotice]) {
    for notice in all {
        let acts = sim.office.acts(notice).await;
        let mut due: Option<NaiveDate> = None;
        for act in &acts {
            let tree = act.tree().unwrap();
            let text = |key: &str| tree.get(key).and_then(|value| value.as_str()).map(str::to_owned);
            let on = badgewatch::domain::beijing::day(act.at);
            if text("to").as_deref() == Some("overdue") && text("from").as_deref() != Some("overdue") {
                assert_eq!(act.action, "due_over");
                assert!(due.is_some_and(|due| on > due), "{}: overdue on {on}, due {due:?}", notice.id);
            }
            let detail = tree.get("detail").and_then(|detail| detail.get("due")).and_then(|due| due.as_str());
            due = detail.and_then(|due| due.parse().ok());
        }
    }
}

async fn no_sanction_without_two_people(sim: &mut Sim) {
    let mut tx = sim.office.db().read().await.unwrap();
    let filter = Filter { region: EVERYWHERE, state: None, ground: None, site_id: None, open: false };
    let cases = badgewatch::store::cases::list(&mut tx, &filter, 1_000_000, 0).await.unwrap();
    let mut held: HashSet<String> = HashSet::new();
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    for case in &cases {
        *states.entry(case.case.state.name()).or_default() += 1;
        let acts = audit::chain(&mut tx, &format!("case:{}", case.id), 0, 10_000).await.unwrap();
        let mut proposer: Option<&str> = None;
        let mut approved = false;
        for act in &acts {
            match act.action.as_str() {
                "proposed" => (proposer, approved) = (Some(act.actor.as_str()), false),
                "approved" => {
                    assert!(
                        proposer.is_some_and(|proposer| proposer != act.actor),
                        "{}: one person alone",
                        case.number
                    );
                    approved = true;
                }
                "effect_reached" => assert!(approved, "{}: in effect without approval", case.number),
                _ => {}
            }
        }
        if case.case.holds().is_some() {
            held.insert(case.site_id.clone());
        }
    }
    for site in sites::after_key(&mut tx, "", 1_000_000).await.unwrap() {
        if site.site.state != BadgeState::Valid {
            assert!(held.contains(&site.id), "{} is {:?} without a case in force", site.site.key, site.site.state);
        }
    }
    println!("{} cases {states:?}, {} sites not valid", cases.len(), held.len());
}
