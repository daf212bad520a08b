//! What a watched page, a registry or a unit may write does no harm; the link leaks nowhere.

use std::sync::{Arc, Mutex};

use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::Db;
use base64::Engine;
use scraper::Selector;

use crate::house::{House, Letter, SLJ, pages, told};
use crate::support::console::Answer;

const EVIL: &str = "</pre></title></style></textarea><script>alert(1)</script><img src=x onerror=alert(2)>\
                    <a href=\"javascript:alert(3)\">x</a>\u{0}\u{202e}<!--";

async fn evil(house: &House) -> Letter {
    let mut at = pages(SLJ, 1);
    at.push("javascript:alert(4)".into());
    at.push("http://slj.yunxi.gov.cn/\"onmouseover=\"alert(5)\"><script>alert(6)</script>".into());
    at.push("data:text/html,<script>alert(7)</script>".into());
    house.exhibit(SLJ, FindingCode::PartlyHung, &at[2], EVIL).await;
    let sql = "UPDATE sites SET name = '</title><script>alert(8)</script>' WHERE key = 'slj.yunxi.gov.cn'";
    match &house.world.test.db {
        Db::Sqlite { writer, .. } => {
            sqlx::query(sql).execute(writer).await.unwrap();
        }
        Db::Postgres(pool) => {
            sqlx::query(sql).execute(pool).await.unwrap();
        }
    }
    house.letter(SLJ, FindingCode::PartlyHung, &at).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zero_byte_in_a_link_or_a_form_troubles_nobody() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 1)).await;
        for path in ["/n/%00".to_owned(), format!("/n/{}%00", letter.token), format!("/n/{}/%00", letter.token)] {
            assert_eq!(house.get(&path).await.status, 404, "{path}");
        }
        let text = "标识已在页脚\0加挂，请核对。";
        let odd = house.object(&letter, text, Some(("截图\0.txt", "已加挂".as_bytes()))).await;
        assert_eq!(odd.status, 400, "no browser writes such a header");
        let sent = house.object(&letter, text, Some(("截图.txt", "已加挂".as_bytes()))).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        assert_eq!(house.extend(&letter, &house.day(20).to_string(), text).await.status, 303);
        let asked = house.notice(&letter.id).await.notice.requests;
        assert!(
            asked.len() == 2 && asked.iter().all(|request| request.text == "标识已在页脚加挂，请核对。"),
            "{asked:?}"
        );
    })
    .await;
}

/// Nothing runs, nothing is fetched, nothing leads anywhere but to the web and back.
fn is_harmless(answer: &Answer, what: &str) {
    let html = answer.html();
    let found = |selector: &str| html.select(&Selector::parse(selector).unwrap()).count();
    assert_eq!(
        found("script, iframe, object, embed, img, link, base, svg, video, [src], [style], [onerror]"),
        0,
        "{what}"
    );
    for element in html.select(&Selector::parse("*").unwrap()) {
        let names = element.value().attrs().map(|(name, _)| name);
        assert!(names.into_iter().all(|name| !name.starts_with("on")), "{what}: {:?}", element.value());
    }
    for link in html.select(&Selector::parse("[href], [action]").unwrap()) {
        let to = link.attr("href").or(link.attr("action")).unwrap();
        let is_ours = to.starts_with("/n/") || to.starts_with('#') || to.starts_with("mailto:");
        let is_web = to.starts_with("http://") || to.starts_with("https://");
        assert!(is_ours || is_web, "{what}: {to}");
        assert!(!is_web || link.attr("rel").is_some_and(|rel| rel.contains("noreferrer") && rel.contains("nofollow")));
    }
    assert_eq!(found("style"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_wrote_stays_text() {
    told(async |house| {
        let letter = evil(&house).await;
        house.object(&letter, EVIL, Some(("<img src=x>.txt", b"text"))).await;
        for below in ["", "/pages", "/recheck", "/object", "/extend", "?done=%3Cscript%3E"] {
            is_harmless(&house.get(&format!("/n/{}{below}", letter.token)).await, below);
        }
        is_harmless(&house.object(&letter, EVIL, None).await, "the form again");
        is_harmless(&house.extend(&letter, "\"><script>", EVIL).await, "the other form again");
        is_harmless(&house.get("/n/%3Cscript%3Ealert(1)%3C%2Fscript%3E").await, "a token");

        let page = house.page(&letter).await;
        assert!(page.text("pre").starts_with("</pre></title>"), "it is shown as it was written");
        assert_eq!(page.texts(".addresses a").len(), 2, "only addresses of the web are links");
        assert_eq!(page.texts(".addresses li").len(), 4, "and the others are shown all the same");
        assert!(page.text("title").contains("</title><script>"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_keeps_the_link_to_itself() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        let mut answers = Vec::new();
        for below in ["", "/pages", "/pages.csv", "/recheck", "/object", "/extend", "/nothing"] {
            answers.push(house.get(&format!("/n/{}{below}", letter.token)).await);
        }
        answers.push(house.press(&letter, "acknowledge").await);
        answers.push(house.object(&letter, "", None).await);
        answers.push(house.get("/n/x").await);
        for answer in &answers {
            let policy = answer.header("content-security-policy");
            for rule in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
                assert!(policy.contains(rule), "{policy}");
            }
            assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
            for (name, value) in [
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("x-robots-tag", "noindex, nofollow"),
            ] {
                assert_eq!(answer.header(name), value);
            }
            assert!(answer.headers.get("set-cookie").is_none());
        }
        // The policy lets in the very style that stands there.
        let html = answers[0].html();
        let style: String = html.select(&Selector::parse("style").unwrap()).next().unwrap().text().collect();
        let digest = ring::digest::digest(&ring::digest::SHA256, style.as_bytes());
        let hash = base64::engine::general_purpose::STANDARD.encode(digest);
        assert!(answers[0].header("content-security-policy").contains(&format!("style-src 'sha256-{hash}'")));
    })
    .await;
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_names_a_link() {
    let heard = Heard::default();
    let to = heard.clone();
    let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || to.clone());
    let _ = lines.try_init();
    let house = House::open(crate::support::db::sqlite().await).await;
    let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
    house.page(&letter).await;
    house.press(&letter, "acknowledge").await;
    house.press(&letter, "recheck").await;
    house.object(&letter, "短", None).await;
    // A database that is gone: what fails is logged, and still not by its link.
    house.world.test.db.close().await;
    let broken = house.get(&format!("/n/{}", letter.token)).await;
    assert_eq!((broken.status, broken.text("h1").as_str()), (503, "暂时无法读取数据"));
    let log = String::from_utf8_lossy(&heard.0.lock().unwrap()).into_owned();
    assert!(log.contains("a unit's page cannot be shown"), "the failure is logged: {} bytes", log.len());
    let mark = letter.token.split_once('.').unwrap().1;
    // What hyper and reqwest of this very test say of their requests is not the daemon's.
    let ours = log.lines().filter(|line| line.contains("badgewatch") || line.contains("axum"));
    assert!(ours.into_iter().all(|line| !line.contains(mark)));
    assert!(
        !log.lines()
            .any(|line| line.contains(mark) && !line.contains("reqwest") && !line.contains("hyper_util::client"))
    );
}
