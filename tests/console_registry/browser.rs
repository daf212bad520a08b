//! The pages in a real browser: somebody imports a file with refused rows; nothing is wider than its window.

use std::path::{Path, PathBuf};

use badgewatch::clock::Clock;
use badgewatch::domain::account::AccountRole;

use crate::files::{file, row};
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::console::{House, PASSWORD, ordinary};
use crate::support::db::sqlite;
use crate::support::world::start;

fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Looks at the page at every width, by day and by night.
fn look(browser: &mut Browser, name: &str) {
    for (width, scheme) in [(360, "light"), (1280, "dark"), (1280, "light")] {
        browser.size(width, if width < 600 { 740 } else { 900 });
        browser.scheme(scheme);
        std::fs::write(pictures().join(format!("{name}-{width}-{scheme}.png")), browser.picture()).unwrap();
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

fn send(browser: &mut Browser, base: &str, file: &Path) {
    browser.go(&format!("{base}/console/registry"));
    browser.choose("#file", file);
    browser.press("main form button");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn somebody_imports_a_file_with_refused_rows() {
    let house = House::open(sqlite().await, Clock::manual(start()), ordinary()).await;
    house.account("wang", AccountRole::Admin, "140214").await;
    let base = house.stranger().url("");
    let long = "人民政府政务服务和数据资源综合协调管理委员会办公室信息化推进与网站标识管理工作专班";
    let mut rows: Vec<_> =
        (0..12).map(|n| row(&format!("第{n}所"), "140214", &format!("s{n}.yunxi.gov.test"), "a@yunxi.test")).collect();
    rows.push(row(long, "140214", "long.yunxi.gov.test", "b@yunxi.test"));
    let first = file(&rows);
    rows.extend([
        row("水利局", "140214", "不是域名", "c@yunxi.test"),
        row("教育局", "140213", "jyj.test", "d@yunxi.test"),
    ]);
    let short = file(&rows[..9]);
    let second = file(&rows[1..]).replace("第5所网站", "第五研究所网站").replace("政通路1号", "政通路9号");
    let folder = tempfile::tempdir().unwrap();
    let done = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::open() else { return };
        let browser = &mut browser;
        browser.size(1280, 900);
        browser.go(&format!("{base}/console/registry"));
        browser.write("#name", "wang");
        browser.write("#password", PASSWORD);
        browser.press("main form button");
        look(browser, "registry-empty");
        for (name, text) in
            [("云溪县登记表.csv", &first), ("云溪县登记表（十一月）.csv", &second), ("缺页.csv", &short)]
        {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            send(browser, &base, &path);
            look(browser, &format!("registry-preview-{}", name.chars().count()));
            if browser.html().contains("shrink=true") {
                browser.press(".wrong a");
                look(browser, "registry-shrink");
            }
            browser.press("form[action$=take] button");
        }
        assert!(browser.html().contains("文件已导入"), "{}", browser.html());
        look(browser, "registry-history");
    });
    done.await.unwrap();
    drop(house);
}
