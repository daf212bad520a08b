//! What is told of a badge, by its state and by where the click came from.

use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::badge::link::{Link, classify_href};
use badgewatch::domain::host::Host;
use chrono::TimeDelta;
use reqwest::Method;
use url::Url;

use crate::house::{Answer, BARE, FOLDER, House, LONG, NOBODY, REVOKED, SECRETS, SLJ, SLJ_ID, SUSPENDED, told};
use crate::support::db::sqlite;

const ENGLISH: (&str, &str) = ("accept-language", "en-GB,en;q=0.9");

/// What a reader sees, line by line.
fn read(answer: &Answer) -> String {
    let parts = [
        ".banner h1, .banner p",
        ".act-line a",
        ".stale",
        ".certificate h2, .certificate dt, .certificate dd",
        ".how li",
        ".asked",
        "footer p",
    ];
    let texts = parts.iter().flat_map(|part| answer.texts(part));
    format!("{}\n{}\n", answer.status, texts.collect::<Vec<_>>().join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verdict_has_its_words_in_both_languages() {
    told(async |house| {
        for (name, badge, referer) in [
            ("valid_here", SLJ, Some("https://www.slj.gov.test/index.html")),
            ("valid_elsewhere", SLJ, Some("http://www.slj-gov.test/")),
            ("valid", SLJ, None),
            ("suspended", SUSPENDED, Some("http://lgbj.gov.test/")),
            ("revoked", REVOKED, Some("http://old.gov.test/")),
            ("not_issued", NOBODY, Some("http://www.slj-gov.test/")),
            ("malformed", "CA06014", None),
            ("bare", BARE, None),
        ] {
            for (tongue, language) in [("zh", ("accept-language", "zh-CN")), ("en", ENGLISH)] {
                let mut headers = vec![language];
                headers.extend(referer.map(|referer| ("referer", referer)));
                let answer = house.ask(&format!("/verify/{badge}"), &headers).await;
                insta::assert_snapshot!(format!("{name}_{tongue}"), read(&answer));
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_badge_is_valid_here_on_its_own_sites_names_alone() {
    told(async |house| {
        let headline = async |badge: &str, referer: &str| house.click(badge, referer).await.text("h1");
        for own in [
            "https://www.slj.gov.test/",
            "http://slj.gov.test/a/b?c",
            "http://m.www.slj.gov.test:8080/",
            "https://云溪水利.政务/",
            "https://xn--hxt814e.www.slj.gov.test/",
            "https://www.云溪水利.政务.cn/",
        ] {
            let own = idn(own);
            assert_eq!(headline(SLJ, &own).await, "此网站标识有效", "{own}");
        }
        for other in [
            "https://evil-slj.gov.test/",
            "http://www.slj.gov.test.evil.test/",
            "http://10.0.0.1/",
            "https://lgbj.gov.test",
        ] {
            assert_eq!(headline(SLJ, other).await, "此标识不属于您访问的网站", "{other}");
        }
        for unknown in ["", "https://badge.yunxi.example/search?q=x", "file:///x", "garbage"] {
            assert_eq!(headline(SLJ, unknown).await, "此网站标识有效，请核对域名", "{unknown}");
        }
        let by_origin = house.ask(&format!("/verify/{SLJ}"), &[("origin", "https://www.slj.gov.test")]).await;
        assert_eq!(by_origin.text("h1"), "此网站标识有效");
        assert_eq!(headline(FOLDER, "http://www.yunxi.gov.test/").await, "此网站标识有效", "browsers send no folder");
        assert_eq!(headline(FOLDER, "http://m.www.yunxi.gov.test/").await, "此标识不属于您访问的网站");
    })
    .await;
}

/// An address as a browser writes it.
fn idn(text: &str) -> String {
    url::Url::parse(text).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_led_astray_is_told_the_right_host_and_where_to_report() {
    told(async |house| {
        let answer = house.click(SLJ, "https://www.slj-gov.test/login").await;
        assert_eq!(answer.status, 200);
        assert!(
            answer.text(".banner").contains("www.slj-gov.test") && answer.text(".banner").contains("www.slj.gov.test")
        );
        assert_eq!(answer.links(".act-line a"), [format!("/report?badge={SLJ}&host=www.slj-gov.test")]);
        let look_alike = house.click(SLJ, &idn("https://www.ѕlj.gov.test/")).await;
        assert!(look_alike.text(".banner").contains("www.ѕlj.gov.test (www.xn--"), "a look-alike shows its spelling");
        assert!(house.click(REVOKED, "http://old.gov.test/").await.links(".act-line a").is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_addresses_that_badges_carry_lead_to_the_same_page() {
    told(async |house| {
        let here = [("referer", "https://www.slj.gov.test/")];
        let page = house.ask(&format!("/verify/{SLJ_ID}"), &here).await;
        let old = house.ask(&format!("/sitename?method=show&id={}", SLJ_ID.to_lowercase()), &here).await;
        assert_eq!((old.status, &old.body), (200, &page.body));
        assert_eq!(house.get(&format!("/verify/{}", SLJ.to_lowercase())).await.status, 200);
        for to_search in ["/sitename?method=searchIndex", "/sitename", "/sitename?method=show", "/verify", "/verify/"] {
            let answer = house.get(to_search).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/search"), "{to_search}");
        }
        assert_eq!(house.get("/sitename?method=show&id=http://evil.test/").await.status, 400);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_said_before_anything_is_known() {
    told(async |_| {}).await;
    let house = House::empty(sqlite().await, |_| {}).await;
    let answer = house.get(&format!("/verify/{SLJ}")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "30"));
    assert!(answer.text("main").contains("不说明标识有效或无效") && !answer.body.contains("未查到"));
    assert_eq!(house.get("/search?q=水利").await.status, 503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_what_was_known_is_told_with_its_age() {
    told(async |house| {
        assert!(house.get(&format!("/verify/{SLJ}")).await.texts(".stale").is_empty());
        house.lose_database().await;
        house.wait(TimeDelta::seconds(60));
        assert!(house.get(&format!("/verify/{SLJ}")).await.texts(".stale").is_empty(), "within the bound");
        house.wait(TimeDelta::seconds(1));
        for (badge, status) in [(SLJ, 200), (REVOKED, 200), (NOBODY, 404)] {
            let answer = house.get(&format!("/verify/{badge}")).await;
            assert_eq!(answer.status, status);
            assert!(answer.text(".stale").contains("2026年11月26日 12:00"), "{}", answer.body);
        }
        assert_eq!(house.get("/search?q=水利").await.texts(".found li").len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_contact_and_no_case_is_shown_anywhere() {
    told(async |house| {
        house.hang("www.slj.gov.test").await;
        for path in ["/list", "/list.csv", "/search?q=云溪", "/search?q=secret", "/search?q=保密", "/search?q=0354"]
        {
            let answer = house.get(path).await;
            for secret in SECRETS {
                let seen = answer.body.replace(path.rsplit('=').next().unwrap(), "");
                assert!(!seen.contains(secret), "{path} tells {secret}");
            }
            assert!(!path.contains("secret") || answer.texts(".found li").is_empty());
        }
        for badge in [SLJ, LONG, FOLDER, SUSPENDED, REVOKED, BARE] {
            let answer = house.get(&format!("/verify/{badge}")).await;
            assert!(SECRETS.iter().all(|secret| !answer.body.contains(secret)), "{badge}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_seen_once_the_shelf_follows() {
    told(async |house| {
        let id = house.id("www.slj.gov.test").await;
        let state = badgewatch::domain::registry::BadgeState::Suspended;
        let mut tx = house.test.db.write().await.unwrap();
        assert!(
            badgewatch::store::sites::decide_state(&mut tx, &id, Some(state), house.app.clock.now()).await.unwrap()
        );
        tx.commit().await.unwrap();
        house.follow().await;
        let answer = house.click(SLJ, "https://www.slj.gov.test/").await;
        assert_eq!(answer.text("h1"), "此网站标识自 2026年11月26日起停用");
        assert!(answer.links(".domains a").is_empty(), "a name that is not in force is no link");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_picture_leads_to_our_own_address_and_there_is_none_without_it() {
    let house = House::open(sqlite().await, |_| {}).await;
    let page = house.get(&format!("/verify/{SLJ}")).await;
    assert_eq!(page.links(".qr img"), [format!("/verify/{SLJ}/qr.svg")]);
    assert!(page.text(".qr").contains(&format!("https://badge.yunxi.example/verify/{SLJ}")));
    let picture = house.ask(&format!("/verify/{SLJ}/qr.svg"), &[("host", "evil.test")]).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"));
    assert!(picture.body.starts_with("<?xml") && !picture.body.contains("evil"));
    assert_eq!(house.send(Method::HEAD, &format!("/verify/{SLJ}/qr.svg"), &[]).await.body, "");
    assert_eq!(house.get("/verify/x/qr.svg").await.status, 400);

    let unnamed = House::open(sqlite().await, |config| config.web.public_url = None).await;
    let page = unnamed.ask(&format!("/verify/{SLJ}"), &[("host", "evil.test")]).await;
    assert!(page.texts(".qr").is_empty() && !page.body.contains("evil.test"));
    assert_eq!(unnamed.get(&format!("/verify/{SLJ}/qr.svg")).await.status, 404);
}

/// What our own look takes for a link to a certificate is one to whoever follows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_a_look_takes_for_a_certificates_opens_it() {
    let house = House::open(sqlite().await, |_| {}).await;
    let hosts = BadgeHosts { own: Host::parse("badge.yunxi.example"), ..BadgeHosts::default() };
    let page = Url::parse("https://badge.yunxi.example/").unwrap();
    let registry = BadgeHosts { certificate_hosts: hosts.own.iter().cloned().collect(), ..BadgeHosts::default() };
    for (path, hosts) in [
        (format!("/sitename?method=show&ID={SLJ_ID}"), &registry),
        (format!("/sitename?id={SLJ_ID}&from=singlemessage"), &registry),
        (format!("/sitename/?method=show&id={SLJ_ID}"), &registry),
        (format!("/sitename;jsessionid=0F1E2D?method=show&id={SLJ_ID}"), &registry),
        (format!("/sitename?method=show&id={SLJ_ID}%27"), &registry),
        (format!("/sitename?method=show&id={SLJ_ID}%5C%22"), &registry),
        (format!("/verify/{SLJ}/"), &hosts),
        (format!("/verify/{SLJ};jsessionid=0F1E2D"), &hosts),
    ] {
        let link = classify_href(&path, &page, hosts);
        assert!(matches!(link, Some(Link::Certificate(_))), "{path}: {link:?}");
        let answer = house.ask(&path, &[("referer", "https://www.slj.gov.test/")]).await;
        assert_eq!((answer.status, answer.texts("h1")), (200, vec!["此网站标识有效".to_owned()]), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_put_back_does_not_make_old_word_fresh() {
    let house = House::open(sqlite().await, |_| {}).await;
    house.wait(TimeDelta::hours(-2));
    let answer = house.get(&format!("/verify/{SLJ}")).await;
    assert!(answer.text(".stale").contains("2026年11月26日 12:00"), "{}", answer.body);
}

/// A copied page needs but to pass on no origin: its visitors must not see what those of the site itself see.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sign_of_all_well_is_for_the_sites_own_visitors_alone() {
    let house = House::open(sqlite().await, |_| {}).await;
    let signs = async |referer: &str| {
        let answer = house.click(SLJ, referer).await;
        (
            answer.texts(".banner.pass h1").len(),
            answer.texts(".banner.check h1").len(),
            answer.texts(".banner.fail h1").len(),
            answer.texts(".certificate .chip").concat(),
        )
    };
    assert_eq!(signs("https://www.slj.gov.test/").await, (1, 0, 0, "✔ 有效".to_owned()));
    assert_eq!(signs("").await, (0, 1, 0, "只在下列域名有效".to_owned()));
    assert_eq!(signs("https://www.slj-gov.test/").await, (0, 0, 1, "只在下列域名有效".to_owned()));
}
