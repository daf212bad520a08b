//! Held mass changes and the outbox: decided by whose they are, once.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::mass::Dimension;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::findings::{self, Change, Group};
use badgewatch::store::{audit, contacts, sites};

use crate::house::{draft, letters, told};
use crate::support::bureau::{ELSEWHERE, FOLDER, HERE, OTHER_SITE, SITE};
use crate::support::console::{House, Person};
use crate::support::db::run;

/// A mass change on hold at these sites; its id.
pub async fn held(house: &House, member: &str, keys: &[&str]) -> String {
    let (mut tx, now) = (house.test.db.write().await.unwrap(), house.clock.now());
    let code = FindingCode::NotHung;
    let group = Group { failing: 6, watched: 9 };
    let id = findings::open_hold(&mut tx, Dimension::Address, member, code, group, now).await.unwrap();
    for key in keys {
        let site = sites::by_key(&mut tx, key).await.unwrap().unwrap();
        let finding = Finding::fault(code);
        assert!(findings::open(&mut tx, &site.id, &finding, &Track::open(now), &[]).await.unwrap());
        let read = findings::open_of_site(&mut tx, &site.id).await.unwrap().remove(0);
        let to = Track { state: FindingState::Held, ..read.track.clone() };
        let change = Change { at: now, pages: &[], confirmed_by: None, hold_id: Some(&id) };
        assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
    }
    tx.commit().await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_mass_change_is_decided_where_all_its_sites_lie() {
    told(async |house| {
        let own = held(&house, "192.0.2.1", &[SITE]).await;
        let wide = held(&house, "192.0.2.2", &[FOLDER, OTHER_SITE]).await;
        let li = house.person("li", AccountRole::Approver, HERE).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let liu = house.person("liu", AccountRole::Approver, ELSEWHERE).await;
        let list = li.get("/console/holds").await;
        assert_eq!(list.texts("article h2").len(), 2, "{}", list.body);
        assert!(list.body.contains("192.0.2.1") && !list.body.contains(OTHER_SITE), "sites of one's own alone");
        assert_eq!(liu.get("/console/holds").await.texts("article h2").len(), 1);
        let path = format!("/console/holds/{own}/ours");
        assert_eq!(chen.get(&path).await.status, 403);
        assert_eq!(liu.submit("/console/holds", &path, &[("reason", "x"), ("confirm", "0")]).await.status, 409);
        let beyond = format!("/console/holds/{wide}/real");
        let refused = li.submit(&beyond, &beyond, &[("reason", "属实"), ("confirm", "0")]).await;
        assert!(refused.status == 409 && refused.text("main").contains("上级机关"), "{}", refused.body);
        assert_eq!(li.submit(&path, &path, &[("reason", " ")]).await.status, 422);
        let shown = li.submit(&path, &path, &[("reason", "解析器故障")]).await;
        assert_eq!(li.mean(&shown, &path).await.location(), "/console/holds?told=ours");
        assert_eq!(li.mean(&shown, &path).await.status, 409, "sent twice, decided once");
        let mut tx = house.test.db.read().await.unwrap();
        let acts = audit::chain(&mut tx, "holds", 0, 10).await.unwrap();
        assert_eq!((acts.len(), acts[0].actor.as_str(), acts[0].action.as_str()), (1, "account:li", "ours"));
        let site = sites::by_key(&mut tx, SITE).await.unwrap().unwrap();
        assert_eq!(findings::of_site(&mut tx, &site.id).await.unwrap()[0].track.state, FindingState::Dismissed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parked_letter_is_let_go_or_put_away_and_an_address_used_again() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let approve = format!("/console/notices/{}/approve", notice.id);
        let shown = chen.get(&approve).await;
        assert_eq!(chen.mean(&shown, &approve).await.status, 303);
        run(&house.test.db, "UPDATE outbox SET state = 'parked', error = 'mailbox <b>full</b>'").await;
        let stranger = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        let list = chen.get("/console/outbox").await;
        assert_eq!(list.texts(".desk tbody tr").len(), letters(&house, &notice.id).await.len());
        assert!(
            list.body.contains("mailbox &#60;b&#62;full") || list.body.contains("mailbox &lt;b&gt;full"),
            "escaped"
        );
        assert_eq!(stranger.get("/console/outbox").await.texts(".desk tbody tr").len(), 0);
        let release = list.attr(".desk a[href$='/release']", "href").unwrap();
        assert_eq!(stranger.get(&release).await.status, 409, "there is none for a stranger");
        let shown = chen.get(&release).await;
        let at = shown.attr("iframe", "src").unwrap();
        assert!(
            shown.text(".paper").contains("/n/********"),
            "the letter is read before it goes again: {}",
            shown.body
        );
        let letter = chen.get(&at).await;
        assert_eq!((letter.status, letter.text("h1")), (200, "责令整改通知书".to_owned()));
        assert!(!letter.body.contains("/n/.") && letter.body.contains("/n/********"), "its link is the unit's alone");
        assert_eq!(stranger.get(&at).await.status, 404);
        assert_eq!(chen.mean(&shown, &release).await.status, 303, "{}", shown.body);
        assert_eq!(chen.mean(&shown, &release).await.status, 409, "sent twice, let go once");
        let settle = chen.get("/console/outbox").await.attr(".desk a[href$='/settle']", "href").unwrap();
        assert_eq!(chen.submit(&settle, &settle, &[("why", "")]).await.status, 422);
        let shown = chen.submit(&settle, &settle, &[("why", "已当面送达")]).await;
        assert_eq!(chen.mean(&shown, &settle).await.status, 303);

        let address = "office1@www.yunxi.gov.test";
        let mut tx = house.test.db.write().await.unwrap();
        contacts::mark_bad(&mut tx, address, "550 no such user", house.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(chen.get("/console/outbox").await.body.contains("550 no such user"));
        let good = "/console/outbox/good";
        let shown = chen.submit("/console/outbox", good, &[("address", address)]).await;
        assert!(shown.status == 200 && shown.text("dd.given") == address, "{}", shown.body);
        assert_eq!(chen.mean(&shown, good).await.location(), "/console/outbox?told=good");
        let theirs = [("address", address), ("confirm", "0")];
        assert_eq!(stranger.submit("/console/outbox", good, &theirs).await.status, 404);
    })
    .await;
}

/// What the first tiles of the overview say, and how much is in the list that each leads to.
async fn tiles(person: &Person) -> Vec<(String, usize, usize)> {
    let page = person.get("/console").await;
    let (links, labels) = (page.hrefs("ul.tiles a"), page.texts("ul.tiles a"));
    let numbers = page.texts("ul.tiles a strong");
    let mut all = Vec::new();
    for ((link, label), number) in links.iter().zip(labels).zip(numbers) {
        let list = person.get(link).await;
        assert_eq!(list.status, 200, "{link}");
        let listed = match link.split(['?', '/']).nth(2) {
            Some("holds") => list.texts("article h2").len(),
            Some("sites") => list.text("#count").split(' ').next().unwrap().parse().unwrap(),
            _ => list.texts(".desk .name").len(),
        };
        all.push((label, number.parse().unwrap(), listed));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_number_of_what_waits_is_that_of_its_queue() {
    told(async |house| {
        draft(&house, SITE, FindingCode::NotHung).await;
        draft(&house, OTHER_SITE, FindingCode::WrongLink).await;
        held(&house, "192.0.2.9", &[FOLDER]).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let li = house.person("li", AccountRole::Approver, HERE).await;
        let path = "/console/cases/open";
        let fields = [("site", SITE), ("ground", "name_changed"), ("why", "来函")];
        let shown = chen.submit(path, path, &fields).await;
        let opened = chen.mean(&shown, path).await;
        let propose = format!("{}/propose", opened.location().split('?').next().unwrap());
        let fields = [("outcome", "revocation"), ("reason", "已注销"), ("when", "next")];
        let shown = chen.submit(&propose, &propose, &fields).await;
        assert_eq!(chen.mean(&shown, &propose).await.status, 303);

        let liu = house.person("liu", AccountRole::Approver, ELSEWHERE).await;
        let wang = house.person("wang", AccountRole::Admin, "000000").await;
        for (who, person, waits) in [("chen", &chen, 3), ("li", &li, 4), ("liu", &liu, 1), ("wang", &wang, 5)] {
            let tiles = tiles(person).await;
            assert!(tiles.iter().all(|(_, number, listed)| number == listed), "{who}: {tiles:?}");
            assert_eq!(tiles.iter().map(|(_, number, _)| number).sum::<usize>(), waits, "{who}: {tiles:?}");
            let is_second = tiles.iter().any(|(label, ..)| label.contains("待我审批"));
            assert_eq!(is_second, who != "chen", "an officer is no second person");
        }
    })
    .await;
}
