//! The API of the public: signed answers over real HTTP.

use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::sign::{verify, verify_detached};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::hall::{EDU, EDU_ID, Hall, WATER, told};
use crate::support::db::sqlite;

struct Answer {
    status: u16,
    body: String,
    jws: String,
    etag: String,
    cache: String,
}

async fn read(response: reqwest::Response) -> Answer {
    let header =
        |name: &str| response.headers().get(name).map(|text| text.to_str().unwrap().to_owned()).unwrap_or_default();
    let (jws, etag, cache) = (header("x-jws-signature"), header("etag"), header("cache-control"));
    Answer { status: response.status().as_u16(), jws, etag, cache, body: response.text().await.unwrap() }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn verdict(&self) -> String {
        self.json()["verdict"].as_str().unwrap().to_owned()
    }
}

/// The public keys, as anybody gets them.
async fn keys(hall: &Hall) -> Vec<Vec<u8>> {
    let keys: Value = serde_json::from_str(&hall.get("/.well-known/jwks.json").await.text().await.unwrap()).unwrap();
    let x = |key: &Value| URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    keys["keys"].as_array().unwrap().iter().map(x).collect()
}

#[tokio::test]
async fn an_answer_is_signed_to_the_last_byte_by_a_published_key() {
    told(async |hall| {
        let shelf = hall.app.shelf.get().unwrap();
        let key = keys(&hall).await.remove(0);
        let at_once = read(hall.get(&format!("/api/v1/verify/{EDU}")).await).await;
        hall.app.voice.sign_ahead(&shelf, hall.now(), || false).unwrap();
        let ahead = read(hall.get(&format!("/api/v1/verify/{EDU}")).await).await;
        assert_eq!((at_once.status, &at_once.body, &at_once.jws), (200, &ahead.body, &ahead.jws), "at the same moment");
        for path in [
            format!("/api/v1/verify/{EDU}"),
            format!("/api/v1/verify/{EDU_ID}"),
            format!("/api/v1/verify/{EDU}?host=evil.test"),
            "/api/v1/verify/CA182050000412345670009".to_owned(),
        ] {
            let answer = read(hall.get(&path).await).await;
            assert!(verify_detached(&answer.jws, answer.body.as_bytes(), &key), "{path}");
            assert!(!verify_detached(&answer.jws, answer.body.replace("valid", "VALID").as_bytes(), &key));
            let json = answer.json();
            let at = |field: &str| json[field].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
            assert_eq!((at("signed_at"), at("valid_until")), (hall.now(), hall.now() + TimeDelta::hours(24)));
        }
        assert!(verify(&at_once.jws, &key).is_none(), "nothing stands between the dots");
    })
    .await;
}

#[tokio::test]
async fn the_verdict_follows_the_host_that_is_asked_about() {
    told(async |hall| {
        let of = async |path: &str| read(hall.get(&format!("/api/v1/verify/{path}")).await).await;
        for (path, status, verdict) in [
            (EDU.to_owned(), 200, "valid"),
            (EDU.to_lowercase(), 200, "valid"),
            (format!("{EDU}?host=m.edu.yunxi.gov.test"), 200, "valid_here"),
            (format!("{EDU}?host=%E6%95%99%E8%82%B2.%E6%94%BF%E5%8A%A1"), 200, "valid_here"),
            (format!("{EDU}?host=water.yunxi.gov.test"), 200, "valid_elsewhere"),
            ("CA182050000412345670009".to_owned(), 404, "not_issued"),
        ] {
            let answer = of(&path).await;
            assert_eq!((answer.status, answer.verdict().as_str()), (status, verdict), "{path}");
        }
        for wrong in
            ["CA18", "%00", "..%2f..", &format!("{EDU}?host=10.0.0.1"), &format!("{EDU}?hosts=a.test"), "x?host=%ff"]
        {
            let answer = of(wrong).await;
            assert!(matches!(answer.status, 404 | 422), "{wrong}: {} {}", answer.status, answer.body);
            assert_eq!((answer.jws.as_str(), answer.cache.as_str()), ("", "no-store"), "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_revocation_goes_through_caches_within_the_bound() {
    told(async |hall| {
        hall.app.voice.sign_ahead(&hall.app.shelf.get().unwrap(), hall.now(), || false).unwrap();
        let path = format!("/api/v1/verify/{EDU}");
        let first = read(hall.get(&path).await).await;
        assert_eq!(first.cache, "public, max-age=30, must-revalidate");
        let again = || hall.client.get(hall.address(&path)).header("if-none-match", &first.etag);
        hall.clock.advance(TimeDelta::hours(1));
        hall.follow().await;
        let same = read(again().send().await.unwrap()).await;
        assert_eq!((same.status, same.body.as_str(), &same.etag), (304, "", &first.etag));

        hall.decide("edu.yunxi.gov.test", Some(BadgeState::Suspended)).await;
        hall.follow().await;
        let changed = read(again().send().await.unwrap()).await;
        assert_eq!((changed.status, changed.verdict().as_str()), (200, "suspended"));
        assert_eq!(changed.json()["certificate"]["since"], "2026-11-26");
        let signed_at: DateTime<Utc> = changed.json()["signed_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(signed_at, hall.now(), "what changed is not told under an old signature");
    })
    .await;
}

#[tokio::test]
async fn signatures_made_ahead_are_renewed_before_they_run_out() {
    let hall = Hall::open(sqlite().await, |_| ()).await;
    let (voice, shelf) = (&hall.app.voice, hall.app.shelf.get().unwrap());
    assert!(voice.is_due(&shelf, hall.now()));
    voice.sign_ahead(&shelf, hall.now(), || true).unwrap();
    assert!(voice.is_due(&shelf, hall.now()), "it was broken off");
    voice.sign_ahead(&shelf, hall.now(), || false).unwrap();
    assert!(!voice.is_due(&shelf, hall.now() + TimeDelta::hours(11)));
    assert!(voice.is_due(&shelf, hall.now() + TimeDelta::hours(12)));
    hall.clock.advance(TimeDelta::hours(25));
    let answer = read(hall.get(&format!("/api/v1/verify/{WATER}")).await).await;
    assert_eq!(answer.json()["signed_at"], "2026-11-27T05:00:00Z", "none that ran out is shown");
}

#[tokio::test]
async fn many_are_asked_at_once_and_signed_as_a_whole() {
    told(async |hall| {
        let asked = json!({ "ids": [EDU, "nonsense", "CA182050000412345670009", WATER], "host": "edu.yunxi.gov.test" });
        let answer = read(hall.post("/api/v1/verify", &asked).await).await;
        assert!(verify_detached(&answer.jws, answer.body.as_bytes(), &keys(&hall).await[0]));
        let json = answer.json();
        let verdicts: Vec<_> =
            json["answers"].as_array().unwrap().iter().map(|one| one["verdict"].as_str().unwrap()).collect();
        assert_eq!(verdicts, ["valid_here", "malformed", "not_issued", "valid_elsewhere"]);
        assert_eq!(json["answers"][1]["asked"], "nonsense");
        let too_many = json!({ "ids": vec![EDU; 101] });
        assert_eq!(hall.post("/api/v1/verify", &too_many).await.status(), 422);
        assert_eq!(hall.post("/api/v1/verify", &json!({ "ids": [], "hosts": 1 })).await.status(), 422);
    })
    .await;
}

#[tokio::test]
async fn the_public_is_answered_while_the_database_is_gone() {
    told(async |hall| {
        hall.app.db.close().await;
        let answer = read(hall.get(&format!("/api/v1/verify/{EDU}?host=edu.yunxi.gov.test")).await).await;
        assert_eq!((answer.status, answer.verdict().as_str()), (200, "valid_here"));
        assert_eq!(hall.get("/readyz").await.status(), 503);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_said_before_anything_is_known_and_nobody_asks_without_end() {
    let hall = Hall::open(sqlite().await, |config| config.verify.per_minute = 3).await;
    let path = format!("/api/v1/verify/{EDU}");
    for _ in 0..3 {
        assert_eq!(hall.get(&path).await.status(), 200);
    }
    let refused = hall.get(&path).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));

    let bare = Hall::bare(sqlite().await).await;
    assert_eq!(bare.get(&path).await.status(), 503, "never \"not issued\"");
}

/// What a browser lets a page of another origin read (Fetch, 4.10).
#[tokio::test]
async fn a_page_of_anybody_can_read_an_answer_and_prove_it() {
    let hall = Hall::open(sqlite().await, |_| ()).await;
    for path in [&*format!("/api/v1/verify/{EDU}"), "/.well-known/jwks.json"] {
        let answer = hall.get(path).await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{path}");
        if path.contains("verify") {
            assert_eq!(answer.headers()["access-control-expose-headers"], "x-jws-signature, x-as-of, etag");
        }
    }
}

/// RFC 9110, 13.1.2: a list, a weak tag (whoever packs an answer makes it one), or any.
#[tokio::test]
async fn a_cache_asks_again_in_every_way_it_may() {
    let hall = Hall::open(sqlite().await, |_| ()).await;
    let path = hall.address(&format!("/api/v1/verify/{EDU}"));
    let etag = read(hall.client.get(&path).send().await.unwrap()).await.etag;
    let asked = async |tags: &[&str]| {
        let request = hall.client.get(&path);
        let request = tags.iter().fold(request, |request, tag| request.header("if-none-match", *tag));
        request.send().await.unwrap().status().as_u16()
    };
    for same in [&*etag, &format!("W/{etag}"), &format!("\"x\", {etag}"), &format!("{etag},\"x\""), "*"] {
        assert_eq!(asked(&[same]).await, 304, "{same}");
    }
    assert_eq!(asked(&["\"x\"", &etag]).await, 304, "in two headers");
    for other in ["\"x\"", "", &etag[1..], "W/\"x\", \"y\""] {
        assert_eq!(asked(&[other]).await, 200, "{other}");
    }
}
