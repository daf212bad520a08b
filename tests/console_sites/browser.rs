//! The pages in a real browser: nothing is wider than a telephone, nothing keeps anybody out.

use std::path::Path;

use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::account::AccountRole;
use badgewatch::flow::figures;
use chrono::TimeDelta;

use crate::county::settle;
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::console::{House, PASSWORD};
use crate::support::db::sqlite;
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
    let done = tokio::task::spawn_blocking(move || look(&base)).await;
    done.unwrap();
}

fn look(base: &str) {
    let Some(mut browser) = Browser::open() else { return };
    let engine = axe::engine();
    browser.go(&format!("{base}/console/log-in"));
    browser.write("#name", "chen");
    browser.write("#password", PASSWORD);
    browser.press("main form button");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, path) in PAGES {
        for width in [360, 1280] {
            browser.size(width, 800);
            browser.go(&format!("{base}{path}"));
            let (wide, _) = browser.extent();
            std::fs::write(folder.join(format!("console-{name}-{width}.png")), browser.picture()).unwrap();
            assert!(wide <= f64::from(width), "{path} is {wide} wide on {width}");
            if let Some(engine) = &engine {
                browser.assert_accessible(engine, path);
            }
        }
    }
}
