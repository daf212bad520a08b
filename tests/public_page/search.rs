//! The public search.

use crate::house::{House, LONG, SLJ, SLJ_ID, told};
use crate::support::db::sqlite;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_badge_is_found_by_unit_site_domain_or_number() {
    told(async |house| {
        for q in ["水利局", "SLJ.gov", "云溪水利", "xn--"] {
            let answer = house.get(&format!("/search?q={q}")).await;
            assert!(answer.links(".found .title a").contains(&format!("/verify/{SLJ_ID}")), "{q}: {}", answer.body);
        }
        for number in [SLJ, SLJ_ID, &SLJ.to_lowercase()] {
            let answer = house.get(&format!("/search?q=+{number}+")).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (303, &*format!("/verify/{}", number.to_uppercase()))
            );
        }
        let all = house.get("/search?q=云溪").await;
        assert_eq!(all.texts(".found li").len(), 6);
        assert!(
            all.texts(".chip").contains(&"✘ 撤销".to_owned()),
            "what is not in force says so: {:?}",
            all.texts(".chip")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_a_whole_domain_is_stands_first() {
    told(async |house| {
        for (q, site) in [("m.www.slj.gov.test", "云溪县水利局网站"), ("云溪水利.政务.cn", "云溪县水利局网站")]
        {
            let answer = house.get(&format!("/search?q={q}")).await;
            assert_eq!(answer.texts(".found .title a"), [site], "{q}");
        }
        assert_eq!(house.get("/search?q=www.slj.gov.test").await.texts(".found li").len(), 1, "and only once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_question_a_short_one_and_one_without_an_answer_say_what_to_do() {
    let house = House::open(sqlite().await, |_| {}).await;
    let empty = house.get("/search").await;
    assert_eq!((empty.status, empty.texts(".error, .empty, .found").len()), (200, 0));
    for (q, error) in [("水", "请输入至少两个字"), (&"长".repeat(101) as &str, "输入过长：最多 100 个字")]
    {
        let answer = house.get(&format!("/search?q={q}")).await;
        assert_eq!((answer.status, answer.text("#q-error").as_str()), (400, error));
    }
    let none = house.get("/search?q=没有这个单位").await;
    assert_eq!(none.status, 200);
    assert!(none.text(".empty").contains("未查到不等于网站是仿冒的"));
    assert_eq!(
        house.get(&format!("/search?q={}", "云溪县第一实验中学")).await.links(".found .title a"),
        [format!("/verify/{LONG}")]
    );
}

fn townships(many: u32) -> String {
    let site = |n| {
        let texts = [format!("镇{n:02}政府"), format!("镇{n:02}网站"), format!("z{n:02}.gov.test")];
        let [unit, site, name] = texts;
        [unit, site, name, format!("CA060140000000{n:05}0001"), "2025-01-01".to_owned()]
    };
    crate::house::many((0..many).map(site))
}

/// Everything that is found, page by page.
async fn leafed_through(house: &House, q: &str) -> Vec<String> {
    let (mut seen, mut path) = (Vec::new(), format!("/search?q={q}"));
    loop {
        let answer = house.get(&path).await;
        let found = answer.texts(".found .title a");
        assert!(found.len() <= 20, "{} on a page", found.len());
        seen.extend(found);
        let Some(next) = answer.links("a[rel=next]").pop() else { break };
        path = next;
    }
    seen.sort();
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_results_are_leafed_through_those_of_the_last_hour_too() {
    let test = sqlite().await;
    crate::support::db::register(&test.db, &townships(45), crate::house::noon()).await;
    let house = House::empty(test, |_| {}).await;
    house.follow().await;
    let all = |many: u32| (0..many).map(|n| format!("镇{n:02}网站")).collect::<Vec<_>>();
    assert_eq!(leafed_through(&house, "政府").await, all(45));

    // What is new stands beside the file until that is written anew.
    crate::support::db::register(&house.test.db, &townships(98), crate::house::noon()).await;
    house.follow().await;
    assert_eq!(leafed_through(&house, "政府").await, all(98));
    assert_eq!(leafed_through(&house, "z97.gov.test").await, ["镇97网站"]);
}

/// What people have at hand is the address of the page before them, or a number as it was written down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_address_and_a_number_typed_in_any_width_are_understood() {
    told(async |house| {
        for q in [
            "https://www.slj.gov.test/index.html?from=app#top",
            "http://www.slj.gov.test:8080",
            "www.slj.gov.test/",
            "//slj.gov.test/zwgk/",
            "HTTPS://云溪水利.政务/",
            "ｗｗｗ．ｓｌｊ．ｇｏｖ．ｔｅｓｔ",
            "www。slj。gov。test",
            &format!("https://www.slj.gov.test/{}", "a".repeat(300)),
        ] {
            let answer = house.get(&format!("/search?q={}", quoted(q))).await;
            assert_eq!(answer.texts(".found .title a"), ["云溪县水利局网站"], "{q}");
        }
        let wide: String = SLJ.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        let spaced = format!("{} {} {}", &SLJ[..4], &SLJ[4..12], &SLJ[12..]);
        let page_of_theirs = format!("https://www.slj.gov.test/art/{}/", "0A55".repeat(8));
        let answer = house.get(&format!("/search?q={}", quoted(&page_of_theirs))).await;
        assert_eq!(answer.texts(".found .title a"), ["云溪县水利局网站"], "not every long number is a badge's");
        let ours = format!("https://badge.yunxi.example/verify/{SLJ}");
        let registrys = format!("http://bszs.conac.cn/sitename?method=show&id={SLJ_ID}");
        let answer = house.get(&format!("/search?q={}", quoted(&registrys))).await;
        assert_eq!(answer.header("location"), format!("/verify/{SLJ_ID}"));
        for q in [&wide, &spaced, &ours] {
            let answer = house.get(&format!("/search?q={}", quoted(q))).await;
            assert_eq!((answer.status, answer.header("location")), (303, &*format!("/verify/{SLJ}")), "{q}");
        }
        for q in ["https://nobody.example/", "http://", "https://10.0.0.1/", "://", "a://b", "50%", "云溪/水利"] {
            let answer = house.get(&format!("/search?q={}", quoted(q))).await;
            assert!(answer.status == 200 && answer.texts(".empty").len() == 1, "{q}: {}", answer.body);
        }
    })
    .await;
}

fn quoted(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signs_of_a_pattern_stand_for_themselves() {
    told(async |house| {
        for q in ["%%", "__", ".*", "[a-z]", "云_县", "云%局", r"\\", "\"\"", "'';", "雲溪", "   云溪县水利局   "]
        {
            let answer = house.get(&format!("/search?q={}", quoted(q))).await;
            let found = answer.texts(".found li").len();
            assert_eq!((answer.status, found), (200, usize::from(q.contains("水利局"))), "{q}");
        }
        for from in ["c", "cx", "4294967295", "-1", "%00", "c%F0%9F%98%80"] {
            assert_eq!(house.get(&format!("/search?q=水利&from={from}")).await.status, 200, "{from}");
        }
    })
    .await;
}
