//! The circular in a real browser, and on paper.

use std::io::Cursor;

use badgewatch::clock::Clock;
use badgewatch::domain::account::AccountRole;

use calamine::{Reader, Xlsx};

use crate::county::{OURS, notices_of_every_kind, stage, stand};
use crate::support::console::{House, ordinary};
use crate::support::db::sqlite;
use crate::support::gallery::{browse, keep};
use crate::support::world::start;

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
    browse(move |browser| {
        browser.log_in(&base, "chen", "/console/circulars");
        browser.go(&format!("{base}/console/circulars?from=2026-11-01&until=2026-11-25"));
        browser.look_at("circulars-empty");
        browser.press("main form button");
        browser.look_at("circular-draft");
        browser.press("main a[href$='/release']");
        browser.look_at("circular-release");
        browser.press("button[name=confirm]");
        browser.look_at("circular-released");
        let (name, annex) = browser.download("a[href$='/annex.xlsx']");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(annex)).unwrap();
        let listed = browser.texts("section.annex tbody tr").len();
        assert_eq!(book.worksheet_range_at(0).unwrap().unwrap().height(), listed + 1, "{name} holds what is shown");
        keep("circular.pdf", &browser.paper());
        browser.size(794, 1123);
        browser.medium("print");
        keep("circular-on-paper.png", &browser.picture());
        assert!(browser.html().contains("标识通〔2026〕140214-1号"), "{}", browser.html());
    })
    .await;
    drop(house);
}
