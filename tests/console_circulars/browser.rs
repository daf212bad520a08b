//! The circular in a real browser, and on paper.

use std::path::PathBuf;

use badgewatch::clock::Clock;
use badgewatch::domain::account::AccountRole;

use crate::county::{OURS, notices_of_every_kind, stage, stand};
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::console::{House, PASSWORD, ordinary};
use crate::support::db::sqlite;
use crate::support::world::start;

fn keep(name: &str, bytes: &[u8]) {
    std::fs::write(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name), bytes).unwrap();
}

fn look(browser: &mut Browser, name: &str) {
    for (width, scheme) in [(360, "light"), (1280, "dark"), (1280, "light")] {
        browser.size(width, if width < 600 { 740 } else { 900 });
        browser.scheme(scheme);
        keep(&format!("{name}-{width}-{scheme}.png"), &browser.picture());
        let (wide, _) = browser.extent();
        assert!(wide <= f64::from(width), "{name} is {wide} wide on {width}");
        for (text, contrast) in browser.contrasts() {
            assert!(contrast >= 4.5, "{name} {scheme}: “{text}” has a contrast of {contrast:.2}");
        }
        if let Some(engine) = axe::engine() {
            browser.assert_accessible(&engine, &format!("{name} {width} {scheme}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_circular_is_drafted_released_and_printed() {
    let house = House::open(sqlite().await, Clock::manual(start()), ordinary()).await;
    stage(&house).await;
    notices_of_every_kind(&house).await;
    for (site, verdict) in [(0, "fail"), (1, "fail"), (2, "pass"), (3, "undetermined"), (6, "pass")] {
        stand(&house, site, verdict).await;
    }
    house.account("chen", AccountRole::Officer, OURS).await;
    let base = house.stranger().url("");
    let done = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::open() else { return };
        let browser = &mut browser;
        browser.size(1280, 900);
        browser.go(&format!("{base}/console/circulars?from=2026-11-01&until=2026-11-25"));
        browser.write("#name", "chen");
        browser.write("#password", PASSWORD);
        browser.press("main form button");
        look(browser, "circulars-empty");
        browser.press("main form button");
        look(browser, "circular-draft");
        browser.press("main a[href$='/release']");
        look(browser, "circular-release");
        browser.press("button[name=confirm]");
        look(browser, "circular-released");
        keep("circular.pdf", &browser.paper());
        browser.size(794, 1123);
        browser.medium("print");
        keep("circular-on-paper.png", &browser.picture());
        assert!(browser.html().contains("标识通〔2026〕140214-1号"), "{}", browser.html());
    });
    done.await.unwrap();
    drop(house);
}
