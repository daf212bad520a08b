//! Whatever is asked, in whatever way: nothing runs, nothing is believed, nothing is kept for another.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use reqwest::Method;
use scraper::{Html, Selector};

use crate::house::{Answer, House, NOBODY, SLJ, told};
use crate::support::db::sqlite;

/// Nothing runs, nothing is fetched from elsewhere, and every text stays in its place.
fn is_harmless(answer: &Answer, what: &str) {
    let html = Html::parse_document(&answer.body);
    let count = |selector: &str| html.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(count("script, iframe, object, embed, base, video, style, [style], [onerror], h1 *"), 0, "{what}");
    assert_eq!(
        (count("main"), count("h1"), count("title"), count("html[lang]")),
        (1, 1, 1, 1),
        "{what}: {}",
        answer.body
    );
    for element in html.select(&Selector::parse("*").unwrap()) {
        assert!(element.value().attrs().all(|(name, _)| !name.starts_with("on")), "{what}: {:?}", element.value());
    }
    for link in html.select(&Selector::parse("[href], [src], [action]").unwrap()) {
        let to = link.attr("href").or(link.attr("src")).or(link.attr("action")).unwrap();
        let is_own = to.starts_with('/') && !to.starts_with("//") || to.starts_with('#');
        let is_registered = to.starts_with("http://") && link.value().name() == "a" && to.contains(".test")
            || to.starts_with("http://xn--");
        assert!(is_own || is_registered, "{what}: {to}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"));
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("vary"), "Referer, Origin, Accept-Language");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_numbers_get_the_page_of_a_wrong_one() {
    told(async |house| {
        let long = "A".repeat(8_000);
        for (path, shown) in [
            ("/verify/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "<script>alert(1)</script>"),
            ("/verify/%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "\"><img src=x onerror=alert(1)>"),
            ("/verify/..%2f..%2fetc%2fpasswd", "../../etc/passwd"),
            ("/verify//evil.test/", "/evil.test/"),
            ("/verify/%00%0d%0aSet-Cookie:x", "Set-Cookie:x"),
            ("/verify/%E2%80%AE%FF", "\u{fffd}"),
            ("/verify/CA06014000000000001000", "CA06014000000000001000"),
            (&format!("/verify/{long}"), &format!("{}…", "A".repeat(60))),
            ("/sitename?method=show&id=%3Cb%3E", "<b>"),
        ] {
            let answer = house.get(path).await;
            assert_eq!((answer.status, answer.text(".asked code").as_str()), (400, shown), "{path}");
            is_harmless(&answer, path);
        }
        for path in [
            &format!("/verify/{NOBODY}") as &str,
            "/search?q=%22%3E%3Cscript%3E",
            "/search?q=%27+onfocus%3Dx",
            "/list?after=%3Cscript%3E",
        ] {
            is_harmless(&house.get(path).await, path);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_are_refused_and_head_is_answered() {
    let house = House::open(sqlite().await, |_| {}).await;
    for path in [&format!("/verify/{SLJ}") as &str, "/sitename", "/search", "/list", "/list.csv"] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = house.send(method, path, &[]).await;
            assert_eq!(answer.status, 405, "{path}");
            assert!(answer.header("allow").contains("GET"));
            assert_eq!(answer.text("h1"), "此页面只能查看");
        }
    }
    let head = house.send(Method::HEAD, &format!("/verify/{SLJ}"), &[]).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_from_wherever_nothing_runs_and_no_stranger_is_at_home() {
    let house = House::open(sqlite().await, |_| {}).await;
    let mut runner = TestRunner::deterministic();
    let mut draw =
        |pattern: &str| proptest::string::string_regex(pattern).unwrap().new_tree(&mut runner).unwrap().current();
    for _ in 0..150 {
        let evil = draw("[a-z<>\"'&;:/%.@#?=A-Z0-9 \u{4e00}-\u{4e20}\u{202e}\\\\]{1,40}");
        let path = format!("/verify/{}", url::form_urlencoded::byte_serialize(evil.as_bytes()).collect::<String>());
        let answer = house.get(&path).await;
        assert!(answer.status == 400, "{path}: {}", answer.status);
        is_harmless(&answer, &path);

        let referer =
            draw("(https?|ftp|javascript)://([a-z0-9.@:-]{0,12}slj[.-]gov[.]test)?[a-z0-9./?#@:\"<>%-]{0,30}");
        let answer = house.click(SLJ, &referer).await;
        is_harmless(&answer, &referer);
        if answer.text("h1") == "此网站标识有效" {
            let host = url::Url::parse(&referer).unwrap().host_str().unwrap().to_owned();
            assert!(
                host == "slj.gov.test" || host == "www.slj.gov.test" || host.ends_with(".www.slj.gov.test"),
                "{referer}"
            );
        }
        let search = draw("[a-z<>\"'&; \u{4e00}-\u{4e20}]{2,40}");
        let query: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
        is_harmless(&house.get(&format!("/search?q={query}")).await, &search);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_too_often_waits_and_searches_sooner() {
    let house = House::open(sqlite().await, |config| config.verify.per_minute = 30).await;
    for _ in 0..3 {
        assert_eq!(house.get("/search?q=水利").await.status, 200);
    }
    let searched = house.get("/search?q=水利").await;
    assert_eq!((searched.status, searched.text("h1").as_str()), (429, "查询过于频繁，请稍后再试"));
    assert!((1..=21).contains(&searched.header("retry-after").parse::<u64>().unwrap()));
    is_harmless(&searched, "too often");
    assert_eq!(house.get(&format!("/verify/{SLJ}")).await.status, 200, "a badge may still be looked up");
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(house.get(&format!("/verify/{SLJ}")).await.status);
    }
    assert!(answers.contains(&429));
    assert_eq!(house.get("/public.css").await.status, 200, "the page of it has its style");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_style_is_kept_as_long_as_it_is_the_same() {
    let house = House::open(sqlite().await, |_| {}).await;
    let link = house.get("/search").await.links("link[rel=stylesheet]").remove(0);
    let sheet = house.get(&link).await;
    assert_eq!((sheet.status, sheet.header("cache-control")), (200, "public, max-age=31536000, immutable"));
    assert_eq!(house.get("/public.css?v=old").await.header("cache-control"), "public, no-cache");
}
