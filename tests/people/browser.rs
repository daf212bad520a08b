//! The pages in a real browser that runs no scripts: everything can be done there, on a desk and on a telephone.

use badgewatch::clock::Clock;
use badgewatch::domain::account::AccountRole;
use badgewatch::flow::accounts::{self, OPERATOR};
use badgewatch::flow::people;

use crate::support::browser::Browser;
use crate::support::console::{House, PASSWORD, ordinary};
use crate::support::db::sqlite;
use crate::support::gallery::browse;
use crate::support::world::start;

const USER: &str = "/console/settings/users/chen";

/// Each page, by a name.
const PAGES: &[(&str, &str)] = &[
    ("me", "/console/me"),
    ("password", "/console/password"),
    ("device", "/console/second-device"),
    ("settings", "/console/settings"),
    ("running", "/console/settings/running"),
    ("users", "/console/settings/users"),
    ("new_user", "/console/settings/new-user"),
    ("user", USER),
    ("user_own", "/console/settings/users/wang"),
    ("ask", "/console/settings/users/chen/disable"),
    ("tokens", "/console/settings/tokens"),
];

async fn house() -> House {
    let house = House::open(sqlite().await, Clock::manual(start()), ordinary()).await;
    let (db, now) = (&house.test.db, house.clock.now());
    for (name, role, region) in [
        ("wang", AccountRole::Admin, "140200"),
        ("chen", AccountRole::Officer, "140214"),
        ("a.very-long_name.of-thirty-two.ch", AccountRole::Viewer, "140214"),
    ] {
        let name = &name[..name.len().min(32)];
        house.account(name, role, region).await;
        accounts::issue_token(db, name, 90, OPERATOR, now).await.unwrap();
    }
    house.account("gone", AccountRole::Officer, "140214").await;
    accounts::disable(db, "gone", OPERATOR, now).await.unwrap();
    house
}

fn log_in(browser: &mut Browser, base: &str, name: &str, password: &str) {
    browser.go(&format!("{base}/console/log-in"));
    browser.write("#name", name);
    browser.write("#password", password);
    browser.press("form button");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_too_wide_unreadable_or_a_hindrance() {
    let house = house().await;
    let first = people::first_password().unwrap();
    people::set_password(&house.test.db, "chen", &first, true, OPERATOR, house.clock.now()).await.unwrap();
    let base = house.stranger().url("");
    browse(move |browser| {
        browser.go(&format!("{base}/console/log-in"));
        browser.look_at("people-log_in");
        log_in(browser, &base, "chen", "wrong");
        browser.look_at("people-log_in_wrong");
        log_in(browser, &base, "chen", &first);
        browser.look_at("people-password_first");
        browser.press(".who form button");
        log_in(browser, &base, "wang", PASSWORD);
        for (name, path) in PAGES {
            browser.go(&format!("{base}{path}"));
            browser.look_at(&format!("people-{name}"));
        }
        browser.go(&format!("{base}{USER}/password"));
        browser.press("main form button");
        browser.look_at("people-once");
    })
    .await;
}
