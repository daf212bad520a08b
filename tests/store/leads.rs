//! Where badges are seen, and leads: bounded, one open of a kind, moved on by who read them last.

use badgewatch::domain::lead::{LeadFile, LeadKind, LeadState, Report, Sights};
use badgewatch::domain::seen::{Bounds, Counts, Sighting};
use badgewatch::store::leads::{self, Filter, NewLead, StoredLead};
use badgewatch::store::seen_on::{self, Pair};
use badgewatch::store::tasks::{self, Waiting};
use chrono::NaiveDate;

use super::stage::{Stage, at, told};
use crate::{ask, tell};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn sighting(site: &str, host: &str, on: u32, scripts: i64) -> Sighting {
    let counts = Counts { scripts, images: 1, clicks: 0 };
    Sighting { site_id: site.into(), host: host.into(), day: day(on), counts }
}

fn pair(site: &str, host: &str) -> Pair {
    Pair { site_id: site.into(), host: host.into() }
}

#[tokio::test]
async fn what_is_seen_adds_up_and_is_found_by_how_often() {
    told(0, async |stage| {
        let first = [sighting("a", "x.test", 1, 9), sighting("a", "y.test", 1, 2), sighting("b", "x.test", 2, 4)];
        tell!(stage, seen_on::add, &first);
        tell!(stage, seen_on::add, &[sighting("a", "x.test", 1, 10), sighting("a", "x.test", 3, 5)]);
        let sights = Sights { first_on: day(1), last_on: day(3), days: 2, scripts: 24, images: 3, clicks: 0 };
        assert_eq!(ask!(stage, seen_on::sum, &pair("a", "x.test"), None), Some(sights));
        let later = Sights { first_on: day(3), days: 1, scripts: 5, images: 1, ..sights };
        assert_eq!(ask!(stage, seen_on::sum, &pair("a", "x.test"), Some(day(1))), Some(later));
        assert_eq!(ask!(stage, seen_on::sum, &pair("a", "x.test"), Some(day(3))), None);
        let days = ask!(stage, seen_on::days, &pair("a", "x.test"), 1);
        assert_eq!(days, [(day(3), Counts { scripts: 5, images: 1, clicks: 0 })]);

        let often = async |since, after: &Pair, least, most| ask!(stage, seen_on::often, since, after, least, most);
        let none = Pair::default();
        let all = [pair("a", "x.test"), pair("a", "y.test"), pair("b", "x.test")];
        assert_eq!(often(day(1), &none, (1, 1), 9).await, all);
        assert_eq!(often(day(1), &none, (1, 1), 2).await, all[..2]);
        assert_eq!(often(day(1), &all[1], (1, 1), 9).await, all[2..]);
        assert_eq!(often(day(2), &none, (27, 2), 9).await, all[..1], "all its days count");
        assert!(often(day(2), &none, (28, 2), 9).await.is_empty() && often(day(4), &none, (1, 1), 9).await.is_empty());

        assert_eq!(tell!(stage, seen_on::purge, day(3), 2), 2);
        assert_eq!(tell!(stage, seen_on::purge, day(3), 2), 1);
        assert_eq!(often(day(1), &none, (1, 1), 9).await, all[..1]);
    })
    .await;
}

#[tokio::test]
async fn a_day_keeps_the_hosts_that_were_seen_most() {
    told(0, async |stage| {
        let of = |site: &str, hosts: i64| -> Vec<Sighting> {
            (1..=hosts).map(|n| sighting(site, &format!("h{n}.test"), 1, n)).collect()
        };
        tell!(stage, seen_on::add, &[of("a", 5), of("b", 3), vec![sighting("a", "h1.test", 2, 1)]].concat());
        let gone = tell!(stage, seen_on::trim, day(1), Bounds { a_badge: 4, all: 100 });
        assert_eq!(gone, 2, "one host with a script and an image");
        let gone = tell!(stage, seen_on::trim, day(1), Bounds { a_badge: 4, all: 5 });
        assert_eq!(gone, 2 + 3, "the least of all badges");
        let left = ask!(stage, seen_on::often, day(1), &Pair::default(), (1, 1), 99);
        let hosts: Vec<_> = left.iter().map(|pair| format!("{}{}", pair.site_id, &pair.host[..2])).collect();
        assert_eq!(hosts, ["ah1", "ah3", "ah4", "ah5", "bh2", "bh3"], "another day is another matter");
        assert_eq!(tell!(stage, seen_on::trim, day(1), Bounds { a_badge: 4, all: 5 }), 0);
    })
    .await;
}

fn file(contact: Option<&str>) -> LeadFile {
    let report = Report {
        number: "2026-000001".into(),
        at: at(0),
        badge: None,
        text: "x".into(),
        contact: contact.map(str::to_owned),
    };
    LeadFile { reports: vec![report], ..LeadFile::default() }
}

async fn raise(stage: &Stage, site: Option<&str>, region: Option<&str>, host: &str, minute: i64) -> Option<String> {
    let file = file(Some("z@mail.test"));
    let new = NewLead { kind: LeadKind::Report, site_id: site, region, host, seen: 1, days: 0, file: &file };
    tell!(stage, leads::raise, &new, at(minute))
}

fn dismissed(read: &StoredLead, minute: i64) -> StoredLead {
    let (decided_at, reason) = (Some(at(minute)), Some("误报".to_owned()));
    StoredLead {
        state: LeadState::Dismissed,
        decided_at,
        reason,
        decided_by: Some("account:chen".into()),
        ..read.clone()
    }
}

#[tokio::test]
async fn one_lead_is_open_of_a_badge_on_a_host_and_who_read_an_old_version_changes_nothing() {
    told(1, async |stage| {
        let site = Some(stage.ids[0].as_str());
        let id = raise(stage, site, None, "x.test", 0).await.unwrap();
        assert_eq!(raise(stage, site, None, "x.test", 1).await, None);
        assert!(raise(stage, None, None, "x.test", 1).await.is_some(), "of no known badge");
        assert_eq!(raise(stage, None, None, "x.test", 1).await, None, "one of these, too");
        let read = ask!(stage, leads::by_id, &id).unwrap();
        assert_eq!((read.state, read.version, &read.file), (LeadState::New, 1, &file(Some("z@mail.test"))));
        assert!(tell!(stage, leads::change, &read, &dismissed(&read, 2)));
        assert!(!tell!(stage, leads::change, &read, &dismissed(&read, 3)));
        let now = ask!(stage, leads::by_id, &id).unwrap();
        assert_eq!(now, StoredLead { version: 2, ..dismissed(&read, 2) });
        let second = raise(stage, site, None, "x.test", 4).await.expect("a new one may follow");
        let latest = async |site| ask!(stage, leads::latest, LeadKind::Report, site, "x.test").map(|lead| lead.id);
        assert_eq!(latest(site).await, Some(second));
        assert_ne!(latest(None).await, latest(site).await);
        assert_eq!(ask!(stage, leads::latest, LeadKind::BadgeElsewhere, site, "x.test"), None);
    })
    .await;
}

#[tokio::test]
async fn a_county_sees_its_own_leads_and_the_country_sees_all() {
    told(0, async |stage| {
        stage
            .run("INSERT INTO regions (code, name) VALUES ('140214', '甲'), ('140311', '乙') ON CONFLICT DO NOTHING")
            .await;
        raise(stage, None, Some("140214"), "a.test", 0).await;
        raise(stage, None, Some("140311"), "b.test", 1).await;
        raise(stage, None, None, "c.test", 2).await;
        let hosts = async |own, asked, state| -> Vec<String> {
            let filter = Filter { regions: [own, asked], kind: None, state };
            ask!(stage, leads::list, &filter, 9, 0).into_iter().map(|lead| lead.host).collect()
        };
        assert_eq!(hosts("000000", "000000", None).await, ["c.test", "b.test", "a.test"]);
        assert_eq!(hosts("140214", "140214", None).await, ["a.test"]);
        assert_eq!(hosts("140000", "140300", None).await, ["b.test"]);
        assert!(hosts("140214", "140311", None).await.is_empty() && hosts("140214", "%", None).await.is_empty());
        assert!(hosts("000000", "000000", Some(LeadState::Dismissed)).await.is_empty());
        let filter = Filter { regions: ["000000"; 2], kind: Some(LeadKind::Report), state: Some(LeadState::New) };
        assert_eq!(ask!(stage, leads::list, &filter, 1, 1)[0].host, "b.test");
        assert_eq!(ask!(stage, leads::counts), [("report".to_owned(), 3)]);
        let waiting = ask!(stage, tasks::leads);
        let here = Waiting { region: Some("140214".into()), name: "report".into(), number: 1 };
        assert!(waiting.len() == 3 && waiting.contains(&here), "{waiting:?}");
    })
    .await;
}

#[tokio::test]
async fn addresses_are_found_after_the_decision_and_once() {
    told(0, async |stage| {
        let id = raise(stage, None, None, "x.test", 0).await.unwrap();
        assert!(ask!(stage, leads::with_contacts, at(99), 9).is_empty(), "nobody has decided it");
        let read = ask!(stage, leads::by_id, &id).unwrap();
        tell!(stage, leads::change, &read, &dismissed(&read, 5));
        assert!(ask!(stage, leads::with_contacts, at(5), 9).is_empty());
        let found = ask!(stage, leads::with_contacts, at(6), 9);
        assert_eq!(found.len(), 1);
        let without = StoredLead { file: file(None), ..found[0].clone() };
        assert!(tell!(stage, leads::change, &found[0], &without));
        assert!(ask!(stage, leads::with_contacts, at(6), 9).is_empty());
    })
    .await;
}
