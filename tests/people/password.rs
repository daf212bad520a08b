//! First passwords, and those of one's own.

use badgewatch::domain::account::AccountRole;
use badgewatch::flow::accounts::OPERATOR;
use badgewatch::flow::people;
use chrono::TimeDelta;
use tempfile::TempDir;

use crate::door::acts;
use crate::support::badgewatch;
use crate::support::console::{House, PASSWORD, Person, told};

const OWN: &str = "three egrets under the bridge";

async fn first_visit(house: &House, name: &str) -> (Person, String) {
    let first = people::first_password().unwrap();
    people::set_password(&house.test.db, name, &first, true, OPERATOR, house.clock.now()).await.unwrap();
    let person = house.stranger();
    assert_eq!(person.log_in(name, &first).await.status, 303);
    (person, first)
}

#[tokio::test]
async fn a_first_password_opens_nothing_but_the_page_that_changes_it() {
    told(async |house| {
        house.account("chen", AccountRole::Admin, "140214").await;
        let (chen, first) = first_visit(&house, "chen").await;
        for path in ["/console", "/console/me", "/console/settings/users", "/console/second-device"] {
            let answer = chen.get(path).await;
            assert_eq!((answer.status, answer.location()), (303, "/console/password"), "{path}");
        }
        let new = [("name", "li"), ("person", "李某"), ("region", "140214"), ("role", "admin"), ("body", "office")];
        let answer = chen.submit("/console/password", "/console/settings/new-user", &new).await;
        assert_eq!((answer.status, answer.location()), (303, "/console/password"), "no act either");
        assert!(!acts(&house).await.iter().any(|act| act.2["account"] == "li"));

        let change = async |present: &str, new: &str, again: &str| {
            let fields = [("present", present), ("new", new), ("again", again)];
            chen.submit("/console/password", "/console/password", &fields).await
        };
        for (present, new, again, why) in [
            ("wrong", OWN, OWN, "当前密码不对"),
            (&first, OWN, "three egrets", "不一致"),
            (&first, "short", "short", "至少 12 个字符"),
            (&first, "password2026", "password2026", "太常见"),
            (&first, "chen20262026", "chen20262026", "太常见"),
            (&first, &first, &first, "相同"),
        ] {
            let page = change(present, new, again).await;
            assert_eq!(page.status, 422, "{new}");
            assert!(page.text(".wrong li").contains(why), "{why}: {}", page.text(".wrong"));
        }
        let cookie = chen.cookie();
        let answer = change(&first, OWN, OWN).await;
        assert_eq!((answer.status, answer.location()), (303, "/console/me?told=password"));
        assert_ne!(chen.cookie(), cookie, "the session goes on under another secret");
        assert_eq!(chen.get("/console/settings/users").await.status, 200);
        assert_eq!(house.stranger().log_in("chen", &first).await.status, 401);
        assert!(acts(&house).await.iter().all(|act| !act.2.to_string().contains(OWN)));
    })
    .await;
}

#[tokio::test]
async fn a_change_ends_every_other_session() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let phone = house.stranger();
        phone.log_in("chen", PASSWORD).await;
        let fields = [("present", PASSWORD), ("new", OWN), ("again", OWN)];
        assert_eq!(chen.submit("/console/password", "/console/password", &fields).await.status, 303);
        assert_eq!((chen.get("/console").await.status, phone.get("/console").await.status), (200, 303));
    })
    .await;
}

#[tokio::test]
async fn who_guesses_the_present_password_at_a_desk_left_open_is_stopped() {
    told(async |house| {
        let chen = house.person("chen", AccountRole::Officer, "140214").await;
        let fields = [("present", "a guess"), ("new", OWN), ("again", OWN)];
        for _ in 0..10 {
            assert_eq!(chen.submit("/console/password", "/console/password", &fields).await.status, 422);
        }
        let right = [("present", PASSWORD), ("new", OWN), ("again", OWN)];
        let page = chen.submit("/console/password", "/console/password", &right).await;
        assert_eq!(page.status, 429);
        assert!(page.text(".wrong li").contains("分钟后再试"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_prints_a_first_password_once_and_takes_everything_back() {
    told(async |house| {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("office.toml");
        std::fs::write(&file, format!("database.url = \"{}\"\n", house.test.url)).unwrap();
        let run = |args: &[&str]| {
            let run = badgewatch(args.iter().chain(&["--config", file.to_str().unwrap()]));
            assert_eq!(run.code, Some(0), "{args:?}: {}", run.stderr);
            (run.stdout.trim().to_owned(), run.stderr)
        };
        let add = ["--person", "陈某", "--region", "140214", "--role", "officer", "--body", "supervisor"];
        let (first, said) = run(&[&["user", "add", "chen"], &add[..]].concat());
        assert_eq!((first.len(), first.matches('-').count()), (19, 3), "it alone: {first}");
        assert!(said.contains("changed at the first log-in") && !said.contains(&first), "{said}");
        let chen = house.stranger();
        assert_eq!(chen.log_in("chen", &first).await.status, 303);

        let (program, _) = run(&[&["user", "add", "sms", "--no-password"], &add[..]].concat());
        assert_eq!(program, "");
        assert_eq!(house.stranger().log_in("sms", "").await.status, 401);

        let (second, _) = run(&["user", "password", "chen"]);
        assert_ne!(second, first);
        assert_eq!(chen.get("/console/password").await.status, 303, "its sessions are over");
        assert_eq!(chen.log_in("chen", &first).await.status, 401);
        assert_eq!(chen.log_in("chen", &second).await.status, 303);
        assert!(chen.get("/console/password").await.text(".who small").contains("网信办"));

        run(&["user", "disable", "chen"]);
        assert_eq!(chen.get("/console/password").await.status, 303, "with its account");
        assert_eq!(chen.log_in("chen", &second).await.status, 401);
        let acts = acts(&house).await;
        assert!(acts.iter().all(|act| ![&first, &second].iter().any(|word| act.2.to_string().contains(*word))));
    })
    .await;
}

#[tokio::test]
async fn a_first_password_that_lies_about_for_a_week_lets_nobody_in() {
    told(async |house| {
        house.account("chen", AccountRole::Officer, "140214").await;
        let first = people::first_password().unwrap();
        people::set_password(&house.test.db, "chen", &first, true, OPERATOR, house.clock.now()).await.unwrap();
        house.clock.advance(TimeDelta::days(people::FIRST_DAYS));
        assert_eq!(house.stranger().log_in("chen", &first).await.status, 303, "to the day");
        house.clock.advance(TimeDelta::seconds(1));
        let late = house.stranger().log_in("chen", &first).await;
        assert!(late.status == 401 && late.text(".wrong h2").contains("首次密码已过期"), "{}", late.body);
        let guessed = house.stranger().log_in("chen", "not it, not at all").await;
        assert!(guessed.text(".wrong h2").contains("没有登录成功"), "only who knows it is told");
        people::set_password(&house.test.db, "chen", PASSWORD, false, OPERATOR, house.clock.now()).await.unwrap();
        house.clock.advance(TimeDelta::days(400));
        assert_eq!(house.stranger().log_in("chen", PASSWORD).await.status, 303, "one's own does not run out");
    })
    .await;
}
