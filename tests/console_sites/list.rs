//! The list: whose sites, in which order, by which filters.

use badgewatch::domain::account::AccountRole;
use badgewatch::store::{plan, sites};

use crate::county::{DOUBT, FAILS, FAR, HOSTILE, OTHER, PASSES, chen, told};
use crate::support::console::{Answer, House, Person};

/// The English names in the list, in its order.
async fn listed(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/console/sites?{query}")).await;
    assert_eq!(page.status, 200, "{query}: {}", page.body);
    names(&page)
}

fn names(page: &Answer) -> Vec<String> {
    let cells = page.texts("table.sites td.domain");
    cells
        .iter()
        .map(|cell| cell.split(' ').next().unwrap_or_default().trim_end_matches("云溪").to_owned())
        .map(own)
        .collect()
}

/// The name before a Chinese one that follows it at once.
fn own(cell: String) -> String {
    cell.split("云溪").next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_officer_sees_the_sites_of_the_county_those_first_that_need_a_hand() {
    told(async |house| {
        let chen = chen(&house).await;
        assert_eq!(listed(&chen, "").await, [FAILS, DOUBT, PASSES]);
        let page = chen.get("/console/sites").await;
        assert_eq!(page.text("#count"), "3 个网站");
        assert!(!page.body.contains(HOSTILE), "a name is a text");
        assert!(page.text("table.sites tbody").contains(HOSTILE));
        assert!(page.texts("table.sites .chip")[0].contains("不通过"), "a shape, a word and a colour");

        let city = house.person("li", AccountRole::Viewer, "140200").await;
        assert_eq!(listed(&city, "").await, [OTHER, FAILS, DOUBT, PASSES]);
        assert_eq!(listed(&city, "region=140215").await, [OTHER]);
        let nation = house.person("wang", AccountRole::Viewer, "000000").await;
        assert_eq!(listed(&nation, "sort=domain").await, [FAILS, DOUBT, PASSES, OTHER, FAR]);
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_beyond_the_own_region_by_asking() {
    told(async |house| {
        let chen = chen(&house).await;
        for query in ["region=140215", "region=310101", "region=%25", "region=1402"] {
            assert!(listed(&chen, query).await.is_empty(), "{query}");
        }
        assert_eq!(listed(&chen, "region=140200").await.len(), 3, "of a wider region one's own part");
        for key in [OTHER, FAR, "nobody.gov.test"] {
            assert_eq!(chen.get(&format!("/console/sites/{key}")).await.status, 404, "{key}");
        }
    })
    .await;
}

#[tokio::test]
async fn filters_stand_in_the_address_and_what_nobody_offers_finds_nothing() {
    told(async |house| {
        let chen = chen(&house).await;
        for (query, expected) in [
            ("verdict=fail", vec![FAILS]),
            ("cause=challenge", vec![DOUBT]),
            ("finding=not_hung", vec![FAILS]),
            ("kind=organ&verdict=pass", vec![PASSES]),
            ("code=ca18205000041000001", vec![DOUBT]),
            ("domain=%E4%BA%91%E6%BA%AA.%E6%94%BF%E5%8A%A1", vec![FAILS]),
            ("q=%E7%AC%AC1%E5%B1%80", vec![DOUBT]),
            ("cn=expired", vec![FAILS]),
            ("cn=none", vec![DOUBT]),
            ("badge=hung", vec![PASSES]),
            ("looked=stale", vec![DOUBT]),
            ("address=10.0.0.1&sort=domain", vec![FAILS, DOUBT, PASSES]),
            ("page=99&sort=name&verdict=pass", vec![PASSES]),
            ("verdict=nonsense", vec![]),
            ("q=%25_", vec![]),
            ("finding=%27%20OR%201=1", vec![]),
        ] {
            assert_eq!(listed(&chen, query).await, expected, "{query}");
        }
        let none = chen.get("/console/sites?verdict=nonsense").await;
        assert!(none.text("main .none").contains("没有符合条件的网站"));
        let english = chen.get_in_english("/console/sites?verdict=fail").await;
        assert!(english.text("table.sites tbody").contains("✘ fail"), "{}", english.body);
    })
    .await;
}

#[tokio::test]
async fn a_filter_is_kept_under_a_name_beside_the_two_that_are_always_there() {
    told(async |house| {
        let chen = chen(&house).await;
        assert_eq!(chen.get("/console/sites").await.texts(".kept a"), ["全部网站", "中文域名已过期", "未注册中文域名"]);
        let on = "/console/sites?verdict=fail";
        let fields = [("act", "keep"), ("name", "我县不通过"), ("query", "verdict=fail")];
        let kept = chen.submit(on, "/console/sites/filters", &fields).await;
        assert_eq!((kept.status, kept.location()), (303, "/console/sites?verdict=fail&told=kept"));
        let page = chen.get(kept.location()).await;
        assert!(page.text(".told").contains("已保存") && page.text(".kept [aria-current]") == "我县不通过");
        let wang = house.person("wang", AccountRole::Admin, "000000").await;
        assert!(!wang.get("/console/sites").await.body.contains("我县不通过"), "it is its owner's");
        let unnamed = [("act", "keep"), ("name", "  "), ("query", "verdict=fail")];
        assert!(chen.submit(on, "/console/sites/filters", &unnamed).await.location().ends_with("told=unnamed"));
        chen.submit(on, "/console/sites/filters", &[("act", "drop"), ("name", "我县不通过")]).await;
        assert!(!chen.get("/console/sites").await.body.contains("我县不通过"));
    })
    .await;
}

async fn asked_at(house: &House, key: &str) -> bool {
    let mut tx = house.test.db.read().await.unwrap();
    let id = sites::by_key(&mut tx, key).await.unwrap().unwrap().id;
    plan::of_site(&mut tx, &id).await.unwrap().unwrap().recheck_at.is_some()
}

#[tokio::test]
async fn marked_sites_are_looked_at_again_after_a_page_that_names_them() {
    told(async |house| {
        let chen = chen(&house).await;
        let (on, to) = ("/console/sites", "/console/sites/recheck");
        let marked = [("key", FAILS), ("key", DOUBT), ("key", OTHER)];
        let page = chen.submit(on, to, &marked).await;
        assert!(page.status == 200 && page.text("h1").contains('3') && page.text("main").contains(DOUBT));
        assert!(!asked_at(&house, FAILS).await, "nothing is done before it is confirmed");
        let all: Vec<_> = marked.into_iter().chain([("confirmed", "yes")]).collect();
        let done = chen.submit(on, to, &all).await;
        assert_eq!(done.location(), "/console/sites?told=recheck&number=2", "another county's is passed over");
        assert!(asked_at(&house, FAILS).await && asked_at(&house, DOUBT).await && !asked_at(&house, OTHER).await);
        assert_eq!(chen.submit(on, to, &[]).await.status, 409, "none is marked");
        let li = house.person("li", AccountRole::Viewer, "140214").await;
        assert_eq!(li.submit("/console/sites?q=x", to, &all).await.status, 403);
    })
    .await;
}
