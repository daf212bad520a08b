//! The script over HTTP.

use badgewatch::domain::ids::BadgeCode;
use badgewatch::domain::registry::BadgeState;
use badgewatch::store::sites;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::house::{Answer, BARE, FOLDER, House, LONG, NOBODY, REVOKED, SLJ, SUSPENDED, told};
use crate::support::db::sqlite;

pub fn path(code: &str) -> String {
    format!("/js/{}/{code}.js", BadgeCode::parse(code).unwrap().path())
}

async fn get(house: &House, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = house.client.get(house.url(path));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

/// What the script is called with.
fn given(answer: &Answer) -> &str {
    answer.body.rsplit_once("})(").unwrap().1.trim_end()
}

#[tokio::test]
async fn each_badge_is_told_what_is_its_own() {
    told(async |house| {
        let told = async |code: &str| given(&get(&house, &path(code), &[]).await).to_owned();
        let cn = r#""xn--2brp60a1ytlqc.xn--zfr164b":2,"\u4e91\u6eaa\u6c34\u5229.\u653f\u52a1":2"#;
        let slj = told(SLJ).await;
        assert!(slj.starts_with(r#"{"slj.gov.test":1,"www.slj.gov.test":2,"xn--"#), "{slj} {cn}");
        assert!(
            slj.ends_with(r#""\u4e91\u6eaa\u6c34\u5229.\u653f\u52a1":2},"CA060140000000000010001","red",1);"#),
            "{slj}"
        );
        assert!(told(LONG).await.ends_with(r#","blue",1);"#));
        assert_eq!(
            told(FOLDER).await,
            format!(r#"{{"www.yunxi.gov.test":1,"yunxi.gov.test":1}},"{FOLDER}","blue",1);"#)
        );
        assert_eq!(told(SUSPENDED).await, format!(r#"{{}},"{SUSPENDED}","red",0);"#));
        assert_eq!(told(REVOKED).await, format!(r#"{{}},"{REVOKED}","red",0);"#));
        assert_eq!(told(BARE).await, format!(r#"{{"redcross.test":2}},"{BARE}","blue",1);"#));
    })
    .await;
}

#[tokio::test]
async fn it_is_small_and_anybody_may_keep_it_for_a_while() {
    let house = House::open(sqlite().await, |_| {}).await;
    let answer = get(&house, &path(SLJ), &[]).await;
    assert!(answer.body.len() <= 1536, "{} bytes", answer.body.len());
    assert!(answer.body.is_ascii() && !answer.body.contains("//"), "{}", answer.body);
    for word in ["eval", "innerHTML", "document.write", "cookie", "Storage", "style", "onclick"] {
        assert!(!answer.body.contains(word), "{word}");
    }
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", "public, max-age=30, must-revalidate"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("set-cookie", ""),
        ("vary", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let etag = answer.header("etag").to_owned();
    let again = get(&house, &path(SLJ), &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", &*etag));
    assert_eq!(again.header("cache-control"), answer.header("cache-control"));

    // Nothing that is asked with changes what is said.
    let tricks = [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("referer", "http://evil.test/"),
        ("origin", "null"),
    ];
    let tricked = get(&house, &format!("{}?evil=1", path(SLJ)), &tricks).await;
    assert_eq!((&tricked.body, tricked.header("etag")), (&answer.body, &*etag));
}

#[tokio::test]
async fn a_decision_changes_the_script() {
    told(async |house| {
        let before = get(&house, &path(SLJ), &[]).await;
        let id = house.id("www.slj.gov.test").await;
        let mut tx = house.test.db.write().await.unwrap();
        assert!(sites::decide_state(&mut tx, &id, Some(BadgeState::Suspended), house.app.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        house.follow().await;
        let after = get(&house, &path(SLJ), &[("if-none-match", before.header("etag"))]).await;
        assert_eq!((after.status, given(&after)), (200, &*format!(r#"{{}},"{SLJ}","red",0);"#)));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_badge_does_nothing() {
    let house = House::open(sqlite().await, |_| {}).await;
    for no in [
        path(NOBODY),
        path(SLJ).replace("/06/", "/07/"),
        "/js/".to_owned() + &"a".repeat(6000),
        "/js/%00%ff/../x.js".to_owned(),
        "/image/green.png".to_owned(),
    ] {
        let answer = get(&house, &no, &[]).await;
        assert_eq!(answer.status, 404, "{no}");
        assert!(answer.body.is_empty() || answer.body.starts_with("// "), "{}", answer.body);
    }
    let empty = House::empty(sqlite().await, |_| {}).await;
    let answer = get(&empty, &path(SLJ), &[]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (503, "no-store"));
    assert!(answer.body.starts_with("// "));
}

#[tokio::test]
async fn nothing_of_a_request_comes_back() {
    let house = House::open(sqlite().await, |_| {}).await;
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(200));
    let nowhere = get(&house, "/nowhere", &[]).await.body;
    let text = proptest::string::string_regex("[a-zA-Z0-9'\"<>%/._-]{0,60}").unwrap();
    for _ in 0..200 {
        let text = text.new_tree(&mut runner).unwrap().current();
        let uri = format!("/js/{}", text.replace(['"', '<', '>'], "%3C"));
        let answer = get(&house, &uri, &[("referer", &text)]).await;
        assert!(matches!(answer.status, 400 | 404), "{uri}: {}", answer.status);
        let is_plain = ["", "// not the address of a badge\n", nowhere.as_str()].contains(&answer.body.as_str());
        assert!(is_plain, "{uri}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_embed_code_is_given_to_anybody() {
    let house = House::open(sqlite().await, |_| {}).await;
    let answer = get(&house, &format!("/api/v1/badges/{SLJ}/snippet"), &[]).await;
    let said: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let text = |key: &str| said[key].as_str().unwrap().to_owned();
    insta::assert_snapshot!(format!("{}\n{}\n{}", text("script"), text("relative"), text("fixed")));
    for (code, state) in [(SLJ, "valid"), (SUSPENDED, "suspended"), (REVOKED, "revoked")] {
        let answer = get(&house, &format!("/api/v1/badges/{code}/snippet"), &[]).await;
        assert_eq!(serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["state"], state);
    }
    assert_eq!(get(&house, &format!("/api/v1/badges/{NOBODY}/snippet"), &[]).await.status, 404);
    assert_eq!(get(&house, "/api/v1/badges/CA1/snippet", &[]).await.status, 422);

    let nowhere = House::open(sqlite().await, |config| config.web.public_url = None).await;
    let answer = get(&nowhere, &format!("/api/v1/badges/{SLJ}/snippet"), &[]).await;
    assert!(answer.status == 422 && answer.body.contains("web.public_url"), "{}", answer.body);
}
