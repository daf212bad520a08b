//! The pages in a real browser: nothing is wider than a telephone, nothing keeps anybody out.

use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::account::AccountRole;
use badgewatch::flow::figures;
use chrono::TimeDelta;

use crate::county::settle;
use crate::support::console::House;
use crate::support::db::sqlite;
use crate::support::gallery::browse;
use crate::support::world::start;

const PAGES: [(&str, &str); 5] = [
    ("overview", "/console"),
    ("sites", "/console/sites"),
    ("filtered", "/console/sites?cn=expired&verdict=fail"),
    ("site", "/console/sites/s0.yunxi.gov.test"),
    ("edit", "/console/sites/s0.yunxi.gov.test/edit"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_pages_fit_a_desk_and_a_telephone() {
    let house = House::open(sqlite().await, Clock::manual(start()), Config::default()).await;
    settle(&house).await;
    house.account("chen", AccountRole::Officer, "140200").await;
    for _ in 0..12 {
        figures::keep(&house.test.db, house.clock.now()).await.unwrap();
        house.clock.advance(TimeDelta::days(1));
    }
    let base = format!("http://{}", house.address);
    browse(move |browser| {
        browser.log_in(&base, "chen", "/console");
        for (name, path) in PAGES {
            browser.go(&format!("{base}{path}"));
            browser.look_at(&format!("console-{name}"));
        }
    })
    .await;
}
