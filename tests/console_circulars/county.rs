//! A county with sites that stand in every way there is.

use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::letter::Limit;
use badgewatch::domain::notice::{Notice, NoticeState, Request, RequestKind, TellingStatus};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::findings::{self, Change};
use badgewatch::store::notices::{self, StoredNotice};
use badgewatch::store::{Db, new_id, sites};
use chrono::{DateTime, NaiveDate, Utc};

use crate::support::console::House;
use crate::support::db::register;
use crate::support::standing;

pub const OURS: &str = "140214";
pub const THEIRS: &str = "140213";

/// Names of the units, in the order of their sites; the last is another county's.
pub const UNITS: [&str; 9] = ["甲局", "乙局", "丙局", "丁局", "戊局", "己局", "庚局", "辛局", "邻县某局"];

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn key(at: usize) -> String {
    format!("s{at}.yunxi.gov.test")
}

/// Eight sites of ours, seven with a badge, and one of the next county.
pub async fn stage(house: &House) {
    let rows = UNITS.iter().enumerate().map(|(at, unit)| {
        let region = if at == 8 { THEIRS } else { OURS };
        let badge = if at == 7 { String::new() } else { format!("CA18205000041{at:06}0001") };
        let chinese = if at < 2 { format!("云溪{at}.政务") } else { String::new() };
        format!("云溪县{unit},organ,,,,{region},云溪县{unit}网站,{chinese},{},,{badge},,,,valid,,,,", key(at))
    });
    let head = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,badge_code,\
                certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,contact_phone";
    let csv = format!("{head}\n{}\n", rows.collect::<Vec<_>>().join("\n"));
    register(&house.test.db, &csv, house.clock.now()).await;
}

/// Says how a site stands since its last look.
pub async fn stand(house: &House, at: usize, verdict: &str) {
    let cause = match verdict {
        "pass" => "verified",
        "fail" => "not_hung",
        _ => "challenge",
    };
    standing::stand(&house.test.db, &key(at), verdict, cause, house.clock.now()).await;
}

/// Puts a notice about a site on file, as `with` says.
pub async fn notice(house: &House, at: usize, code: FindingCode, with: impl FnOnce(&mut Notice)) {
    let (db, now) = (&house.test.db, house.clock.now());
    let (site_id, region, finding) = confirmed(db, at, code, now).await;
    let mut notice = Notice::draft([(finding, code)], Limit { days: 10, include_start_day: false });
    with(&mut notice);
    let is_over = notice.state.is_over();
    let stored = StoredNotice {
        id: new_id(),
        number: None,
        site_id,
        region,
        version: 1,
        drafted_at: now,
        calendar: None,
        ended_at: None,
        notice,
    };
    let mut tx = db.write().await.unwrap();
    assert!(notices::insert(&mut tx, &stored).await.unwrap());
    if is_over {
        let number = Some(stored.id.as_str());
        assert!(notices::advance(&mut tx, &stored, &stored.notice, number, None, "test", now).await.unwrap());
    }
    tx.commit().await.unwrap();
}

async fn confirmed(db: &Db, at: usize, code: FindingCode, now: DateTime<Utc>) -> (String, Option<String>, String) {
    let mut tx = db.write().await.unwrap();
    let site = sites::by_key(&mut tx, &key(at)).await.unwrap().unwrap();
    assert!(findings::open(&mut tx, &site.id, &Finding::fault(code), &Track::open(now), &[]).await.unwrap());
    let read = findings::open_of_site(&mut tx, &site.id).await.unwrap().remove(0);
    let to = Track { state: FindingState::Confirmed, failed: 3, ..read.track.clone() };
    let change = Change { at: now, pages: &[], confirmed_by: Some(&Rule::default()), hold_id: None };
    assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
    tx.commit().await.unwrap();
    (site.id, site.region, read.id)
}

pub fn told_on(on: &str, state: NoticeState) -> impl FnOnce(&mut Notice) {
    let on = day(on);
    move |notice: &mut Notice| {
        notice.state = state;
        notice.tellings[0].status = TellingStatus::Told;
        notice.tellings[0].told_on = Some(on);
    }
}

/// Every way a notice stands: two are to be named.
pub async fn notices_of_every_kind(house: &House) {
    let now = house.clock.now();
    notice(house, 0, FindingCode::NotHung, told_on("2026-11-03", NoticeState::Overdue)).await;
    notice(house, 1, FindingCode::PartlyHung, told_on("2026-10-12", NoticeState::Sent)).await;
    notice(house, 2, FindingCode::NotHung, |_| {}).await; // nobody was told
    notice(house, 3, FindingCode::NotHung, |notice| {
        told_on("2026-11-04", NoticeState::Sent)(notice);
        notice.requests.push(Request {
            kind: RequestKind::Objection,
            at: now,
            text: "本站已挂标".into(),
            until: None,
            answer: None,
        });
    })
    .await;
    notice(house, 4, FindingCode::NotHung, |notice| {
        told_on("2026-11-05", NoticeState::Rectified)(notice);
        notice.items[0].cleared_at = Some(now);
    })
    .await;
    notice(house, 5, FindingCode::NotHung, told_on("2026-11-26", NoticeState::Sent)).await; // after the period
    notice(house, 6, FindingCode::NotHung, told_on("2026-11-06", NoticeState::Withdrawn)).await;
    notice(house, 8, FindingCode::NotHung, told_on("2026-11-06", NoticeState::Overdue)).await;
}
