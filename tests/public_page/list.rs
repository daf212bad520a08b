//! The public list.

use badgewatch::domain::registry::BadgeState;
use badgewatch::store::sites;

use crate::house::{House, many, noon, told};
use crate::support::db::{register, sqlite};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_is_listed_once_its_badge_was_seen_until_it_is_not_in_force() {
    told(async |house| {
        let listed = async || house.get("/list").await.texts(".found .title a");
        assert!(house.get("/list").await.text(".empty").contains("暂无公示的网站"));
        for key in ["www.slj.gov.test", "www.yunxi.gov.test/dag/", "lgbj.gov.test", "old.gov.test", "redcross.test"] {
            house.hang(key).await;
        }
        let all = ["云溪县档案馆网页", "云溪县水利局网站", "云溪县红十字会网"];
        assert_eq!(listed().await, all, "the latest first, one without a day last; neither suspended nor revoked ones");

        let id = house.id("www.slj.gov.test").await;
        let mut tx = house.test.db.write().await.unwrap();
        assert!(sites::decide_state(&mut tx, &id, Some(BadgeState::Suspended), noon()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(listed().await, [all[0], all[2]]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_chooses_a_region_step_by_step() {
    told(async |house| {
        for key in ["www.slj.gov.test", "www.yunxi.gov.test/dag/", "redcross.test"] {
            house.hang(key).await;
        }
        let country = house.get("/list").await;
        assert!(country.links(".places li a").contains(&"/list?region=140000".to_owned()));
        for (region, sites, trail) in [
            ("140000", 2, "全国 › 山西省"),
            ("140200", 2, "全国 › 山西省 › 大同市"),
            ("140214", 1, "全国 › 山西省 › 大同市 › 云冈区"),
            ("130000", 1, "全国 › 河北省"),
            ("110101", 0, "全国 › 北京市 › 东城区"),
        ] {
            let answer = house.get(&format!("/list?region={region}")).await;
            assert_eq!((answer.texts(".found li").len(), answer.text(".trail").as_str()), (sites, trail));
        }
        assert_eq!(house.get("/list?region=999999").await.status, 404);
        assert_eq!(house.get("/list?region='; --").await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_is_whole_and_runs_nothing() {
    let test = sqlite().await;
    let site = |n: u32| {
        let day = if n.is_multiple_of(3) { String::new() } else { format!("2025-01-{:02}", n % 28 + 1) };
        [format!("=1+{n}"), format!("站{n}"), format!("s{n}.gov.test"), format!("CA060140000000{n:05}0001"), day]
    };
    let csv = many((0..1_203).map(site));
    register(&test.db, &csv, noon()).await;
    let house = House::empty(test, |_| {}).await;
    crate::support::db::run(&house.test.db, "UPDATE sites SET hung_at = changed_at").await;
    let table = house.get("/list.csv").await;
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"badges-000000.csv\"");
    let mut lines = table.body.lines();
    assert!(lines.next().unwrap().starts_with("\u{feff}网站名称,"));
    let mut sites: Vec<&str> = lines.clone().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(sites.len(), 1_203);
    sites.sort_unstable();
    sites.dedup();
    assert_eq!(sites.len(), 1_203, "each once");
    assert!(lines.all(|line| line.split(',').nth(1).unwrap().starts_with("'=1+")));

    let (mut seen, mut path) = (0, "/list".to_owned());
    loop {
        let answer = house.get(&path).await;
        seen += answer.texts(".found li").len();
        let Some(next) = answer.links("a[rel=next]").pop() else { break };
        path = next;
    }
    assert_eq!(seen, 1_203, "page by page, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_the_list_says_so() {
    told(async |house| {
        house.lose_database().await;
        for path in ["/list", "/list.csv"] {
            let answer = house.get(path).await;
            assert_eq!((answer.status, answer.header("retry-after")), (503, "30"));
            assert_eq!(answer.text("h1"), "公示名单暂时无法显示，请稍后再试");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_to_go_on_may_be_any_day_a_visitor_writes() {
    told(async |house| {
        house.hang("www.slj.gov.test").await;
        for (day, sites) in [
            ("-262143-01-01", 1),
            ("-4800-01-01", 1),
            ("0000-01-01", 1),
            ("%2B262142-12-31", 1),
            ("9999-12-31", 1),
            ("1970-01-01", 0),
        ] {
            let answer = house.get(&format!("/list?after={day}.0193a0b1c2d3e4f50193a0b1c2d3e4f5")).await;
            assert_eq!((answer.status, answer.texts(".found li").len()), (200, sites), "{day}");
        }
    })
    .await;
}
