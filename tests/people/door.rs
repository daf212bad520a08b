//! Logging in and out.

use badgewatch::domain::account::AccountRole;
use badgewatch::flow::people::{IDLE, LONGEST};
use badgewatch::store::audit;
use chrono::TimeDelta;

use crate::support::console::{Answer, House, PASSWORD, Person, ordinary, told};
use crate::support::db::every_engine;

#[tokio::test]
async fn an_officer_logs_in_works_and_logs_out() {
    told(async |house| {
        house.account("chen", AccountRole::Officer, "140214").await;
        let chen = house.stranger();
        let answer = chen.get("/console?days=30").await;
        assert_eq!((answer.status, answer.location()), (303, "/console/log-in?to=%2Fconsole%3Fdays%3D30"));

        assert_eq!(chen.log_in("chen", "something else").await.status, 401);
        assert_eq!(chen.log_in("nobody", PASSWORD).await.status, 401);
        let answer = chen.log_in("chen", PASSWORD).await;
        assert_eq!((answer.status, answer.location()), (303, "/console"));
        assert!(answer.header("set-cookie").contains("HttpOnly"), "{}", answer.header("set-cookie"));

        let page = chen.get("/console").await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.text(".who").contains("chen（某）"));

        let forged = chen.send_form("/console/log-out", &[("form_token", "x")]).await;
        assert_eq!(forged.status, 403, "a form that was not read here");
        assert_eq!(chen.submit("/console", "/console/log-out", &[]).await.status, 303);
        assert_eq!(chen.get("/console").await.status, 303, "logged out");
    })
    .await;
}

#[tokio::test]
async fn who_is_idle_or_there_for_too_long_logs_in_again() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Viewer, "140214").await;
        house.clock.advance(IDLE);
        assert_eq!(chen.get("/console").await.status, 303, "idle");

        chen.log_in("chen", PASSWORD).await;
        let step = IDLE - TimeDelta::minutes(1);
        for _ in 0..(LONGEST.num_minutes() - 1) / step.num_minutes() {
            house.clock.advance(step);
            assert_eq!(chen.get("/console").await.status, 200);
        }
        house.clock.advance(step);
        assert_eq!(chen.get("/console").await.status, 303, "a day's work is over");
    })
    .await;
}

/// What is on record of accounts: who, what, and the rest as JSON.
pub async fn acts(house: &House) -> Vec<(String, String, serde_json::Value)> {
    let acts = audit::chain(&mut house.test.db.read().await.unwrap(), "accounts", 0, 1_000).await.unwrap();
    acts.into_iter().map(|act| (act.actor.clone(), act.action.clone(), act.tree().unwrap()["detail"].clone())).collect()
}

#[tokio::test]
async fn what_was_seen_before_a_log_in_lets_nobody_in_after_it() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let before = chen.cookie();
        assert_eq!(chen.log_in("chen", PASSWORD).await.status, 303);
        assert_ne!(chen.cookie(), before);
        let thief = house.stranger();
        let with = |cookie: &str| thief.client().get(thief.url("/console")).header("cookie", cookie.to_owned());
        assert_eq!(thief.send(with(&before)).await.status, 303, "it was over by that");
        assert_eq!(chen.get("/console").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn one_ends_ones_own_sessions_elsewhere() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let bai = house.person("bai", AccountRole::Officer, "140214").await;
        let phone = house.stranger();
        phone.log_in("chen", PASSWORD).await;
        let page = chen.get("/console/me").await;
        assert_eq!(page.texts("tbody tr").len(), 2, "{}", page.body);
        assert_eq!(page.texts("tbody strong").len(), 1, "one of them is this one");

        let answer = chen.submit("/console/me", "/console/me/end-others", &[]).await;
        assert_eq!((answer.status, answer.location()), (303, "/console/me?told=ended"));
        assert_eq!(phone.get("/console").await.status, 303, "it is over there");
        let page = chen.get("/console/me?told=ended").await;
        assert!(page.text(".told").contains("已全部退出"));
        assert_eq!(page.texts("tbody tr").len(), 1);
        assert_eq!(bai.get("/console").await.status, 200, "nobody else's");
        let (actor, action, detail) = acts(&house).await.pop().unwrap();
        assert_eq!(
            (actor.as_str(), action.as_str(), &detail["sessions"]),
            ("account:chen", "sessions_ended", &1.into())
        );
    })
    .await;
}

/// A log-in from somewhere else, through a proxy of ours.
async fn log_in_from(person: &Person, address: &str, name: &str, password: &str) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", name), ("password", password)])
        .finish();
    let request = person.client().post(person.url("/console/log-in")).header("x-forwarded-for", address);
    person.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

#[tokio::test]
async fn a_stranger_who_guesses_is_stopped_and_stops_nobody_else() {
    for test in every_engine().await {
        let mut config = ordinary();
        config.web.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        let clock = badgewatch::clock::Clock::manual(crate::support::world::start());
        let house = House::open(test, clock, config).await;
        house.account("chen", AccountRole::Officer, "140214").await;
        let (stranger, chen) = (house.stranger(), house.stranger());
        for _ in 0..10 {
            assert_eq!(log_in_from(&stranger, "203.0.113.9", "chen", "a guess of many").await.status, 401);
        }
        let stopped = log_in_from(&stranger, "203.0.113.9", "chen", PASSWORD).await;
        assert_eq!(stopped.status, 429, "not even with the right one");
        let wait: u64 = stopped.header("retry-after").parse().unwrap();
        assert!(
            (1..=61).contains(&wait) && stopped.text(".wrong").contains("1 分钟后再试"),
            "{wait}: {}",
            stopped.body
        );
        assert_eq!(log_in_from(&chen, "198.51.100.7", "chen", PASSWORD).await.status, 303, "its owner elsewhere");

        let failed: Vec<_> = acts(&house).await.into_iter().filter(|act| act.1 == "log_in_failed").collect();
        let counts: Vec<_> = failed.iter().map(|act| act.2["failures"].as_i64().unwrap()).collect();
        assert_eq!(counts, [1, 10], "and no row each");
        assert_eq!(failed[0].2["address"], "203.0.113.9");
    }
}

#[tokio::test]
async fn what_was_typed_in_place_of_a_name_is_on_no_record() {
    told(async |house| {
        house.account("chen", AccountRole::Officer, "140214").await;
        assert_eq!(house.stranger().log_in(PASSWORD, "chen").await.status, 401);
        let (_, action, detail) = acts(&house).await.pop().unwrap();
        assert_eq!((action.as_str(), &detail["account"]), ("log_in_failed", &serde_json::Value::Null));
        assert!(!detail.to_string().contains("invented"), "{detail}");
    })
    .await;
}

#[tokio::test]
async fn behind_https_the_cookie_is_of_this_host_and_of_https_alone() {
    for test in every_engine().await {
        let mut config = ordinary();
        config.web.public_url = Some("https://badge.yunxi.example".to_owned());
        let clock = badgewatch::clock::Clock::manual(crate::support::world::start());
        let house = House::open(test, clock, config).await;
        house.account("chen", AccountRole::Officer, "140214").await;
        let chen = house.stranger();
        let set = chen.log_in("chen", PASSWORD).await.header("set-cookie").to_owned();
        for part in ["__Host-badgewatch=", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] {
            assert!(set.contains(part), "{part}: {set}");
        }
        assert!(!set.contains("Domain") && !set.contains("Expires") && !set.contains("Max-Age"), "{set}");
        let thief = house.stranger();
        let plain = chen.cookie().replace("__Host-", "");
        let request = thief.client().get(thief.url("/console/me")).header("cookie", plain);
        assert_eq!(thief.send(request).await.status, 303, "by its plain name a neighbour could have set it");
    }
}

#[tokio::test]
async fn nobody_is_logged_in_by_another_site_nor_into_a_session_that_was_prepared() {
    told(async |house| {
        house.account("mallory", AccountRole::Officer, "140214").await;
        let victim = house.stranger();
        let body = format!("name=mallory&password={}", PASSWORD.replace(' ', "+"));
        for (header, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let post = victim.client().post(victim.url("/console/log-in")).header(header, value);
            let post = post.header("content-type", "application/x-www-form-urlencoded").body(body.clone());
            let answer = victim.send(post).await;
            assert_eq!((answer.status, answer.header("set-cookie")), (403, ""), "{header}: {value}");
        }
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let prepared = "badgewatch=a-secret-that-somebody-put-there";
        let post = victim.client().post(victim.url("/console/log-in")).header("cookie", prepared);
        let post = post.header("content-type", "application/x-www-form-urlencoded").body(body);
        assert_eq!(victim.send(post).await.status, 303);
        assert!(!victim.cookie().contains("a-secret-that-somebody-put-there"), "{}", victim.cookie());
        // What another officer's page says stays with that officer.
        for path in ["/console", "/console/me", "/console/sites", "/console/nothing", "/console/log-in"] {
            let page = chen.get(path).await;
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
            assert_eq!(
                (page.header("x-frame-options"), page.header("referrer-policy")),
                ("DENY", "no-referrer"),
                "{path}"
            );
            let policy = page.header("content-security-policy");
            assert!(
                policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"),
                "{path}: {policy}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_moved_lowered_or_shut_out_is_so_from_the_next_request_on() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, "000000").await;
        let chen = house.person("chen", AccountRole::Admin, "140214").await;
        let token = chen.get("/console/settings/tokens").await.form_token();
        let at = "/console/settings/users/chen";
        let to = |region, role| [("region", region), ("role", role), ("body", "office")];
        assert_eq!(wang.submit(at, at, &to("310101", "admin")).await.status, 303);
        let users = chen.get("/console/settings/users").await;
        assert!(users.status == 200 && !users.body.contains("140214"), "another county's admin by now");
        assert_eq!(chen.get("/console/sites?region=140214").await.text("#count"), "0 个网站");
        assert_eq!(wang.submit(at, at, &to("310101", "viewer")).await.status, 303);
        assert_eq!(chen.get("/console/settings/users").await.status, 403);
        let late = [("account", "chen"), ("days", "1"), ("form_token", token.as_str())];
        assert_eq!(chen.send_form("/console/settings/tokens", &late).await.status, 403, "by a form of before, too");
        assert_eq!(wang.submit(at, &format!("{at}/disable"), &[]).await.status, 303);
        assert_eq!(chen.get("/console").await.status, 303);
        assert_eq!(chen.send_form("/console/me/end-others", &[("form_token", &token)]).await.status, 401);
    })
    .await;
}
