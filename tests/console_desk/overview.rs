//! What waits, by the overview: each number is that of the list it leads to.

use badgewatch::clock::day;
use badgewatch::domain::account::AccountRole;
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::confirm::Track;
use badgewatch::domain::finding::Finding;
use badgewatch::domain::letter::Limit;
use badgewatch::domain::notice::{Event, Moment, RequestKind};
use badgewatch::domain::office::Approval;
use badgewatch::domain::verdict::{Effect, FindingCode};
use badgewatch::store::{findings, notices, sites};
use chrono::Days;

use crate::cases::{does, opened};
use crate::house::{draft, told};
use crate::support::bureau::{ELSEWHERE, HERE, registry, row};
use crate::support::console::{House, Person};
use crate::support::db::register;
use crate::waiting::held;

/// Sites of the county; each waits for something else.
const SITES: u32 = 12;

fn key(site: u32) -> String {
    format!("s{site}.yunxi.gov.test")
}

/// A draft about a site, and what happened to it.
async fn notice(house: &House, site: u32, events: &[Event]) {
    let read = draft(house, &key(site), FindingCode::NotHung).await;
    let (now, calendar) = (house.clock.now(), Calendar::builtin());
    let (limit, approval) = (Limit { days: 10, include_start_day: false }, Approval::ApproveEach);
    let moment = Moment { now, today: day(now), calendar: &calendar, limit, approval };
    let to = events.iter().fold(read.notice.clone(), |notice, event| notice.step(event, &moment).unwrap().notice);
    let mut tx = house.test.db.write().await.unwrap();
    assert!(notices::advance(&mut tx, &read, &to, Some(&format!("改{site}号")), None, "c1", now).await.unwrap());
    tx.commit().await.unwrap();
}

async fn notices_of_every_queue(house: &House) {
    let told = |days| vec![Event::Approved, Event::Told { step: 0, on: house.clock.today() - Days::new(days) }];
    let objects = Event::Asked { kind: RequestKind::Objection, text: "请予核实".into(), until: None };
    let all = [
        vec![],
        vec![Event::Approved, Event::Failed { step: 0 }],
        [told(0), vec![objects]].concat(),
        told(10),
        [told(30), vec![Event::DueOver { failing: true }]].concat(),
        [told(30), vec![Event::DueOver { failing: true }]].concat(),
        vec![Event::Withdrawn { why: "误报".into() }],
    ];
    for (site, events) in (0..).zip(&all) {
        notice(house, site, events).await;
    }
}

async fn nobody_can_look_at(house: &House, site: u32) {
    let mut tx = house.test.db.write().await.unwrap();
    let site = sites::by_key(&mut tx, &key(site)).await.unwrap().unwrap();
    let finding = Finding::of(FindingCode::CannotLook, Effect::Queue);
    assert!(findings::open(&mut tx, &site.id, &finding, &Track::open(house.clock.now()), &[]).await.unwrap());
    tx.commit().await.unwrap();
}

/// How many things a list shows.
async fn listed(person: &Person, link: &str) -> usize {
    let page = person.get(link).await;
    assert_eq!(page.status, 200, "{link}");
    match link {
        "/console/holds" => page.texts("article h2").len(),
        _ if link.starts_with("/console/sites") => page.text("#count strong").parse().unwrap(),
        _ => page.texts(".desk .name").len(),
    }
}

/// What the overview says waits: its number, where it leads.
async fn tiles(person: &Person) -> Vec<(usize, String)> {
    let page = person.get("/console").await;
    let html = page.html();
    let links = scraper::Selector::parse("ul.tiles a").unwrap();
    let number = scraper::Selector::parse("strong").unwrap();
    let of = |link: scraper::ElementRef<'_>| {
        let number = link.select(&number).flat_map(|found| found.text()).collect::<String>();
        (number.parse().unwrap(), link.attr("href").unwrap().to_owned())
    };
    html.select(&links).map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_number_of_what_waits_is_that_of_its_list() {
    told(async |house| {
        let rows = (0..SITES).map(|site| row(&format!("云溪县第{site}局"), HERE, &key(site), "", site + 11));
        let csv: Vec<_> = std::iter::once(registry()).chain(rows).collect();
        register(&house.test.db, &csv.join("\n"), house.clock.now()).await;
        notices_of_every_queue(&house).await;
        let li = house.person("li", AccountRole::Approver, HERE).await;
        let wu = house.person("wu", AccountRole::Approver, HERE).await;
        let proposed = opened(&li, &key(7), "name_changed").await;
        let fields = [("outcome", "revocation"), ("reason", "单位已注销网站名称。"), ("when", "next")];
        does(&li, &proposed, "propose", &fields).await;
        opened(&li, &key(8), "name_changed").await;
        held(&house, "192.0.2.1", &[&key(9)]).await;
        nobody_can_look_at(&house, 10).await;
        nobody_can_look_at(&house, 11).await;

        let waiting = tiles(&wu).await;
        for (number, link) in &waiting {
            assert!(*number > 0, "something waits behind {link}");
            assert_eq!(*number, listed(&wu, link).await, "{link}");
        }
        assert_eq!(waiting.len(), 9);
        let second =
            |of: Vec<(usize, String)>| of.into_iter().find(|(_, link)| link.ends_with("second_person")).unwrap().0;
        assert_eq!((second(waiting), second(tiles(&li).await)), (1, 0), "nobody is the second person to oneself");

        let stranger = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        for (number, link) in tiles(&stranger).await {
            assert_eq!((number, listed(&stranger, &link).await), (0, 0), "{link}");
        }
    })
    .await;
}
