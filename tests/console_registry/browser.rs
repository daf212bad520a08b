//! The pages in a real browser: somebody imports a file with refused rows; nothing is wider than its window.

use std::path::Path;

use badgewatch::clock::Clock;
use badgewatch::domain::account::AccountRole;

use crate::files::{file, row};
use crate::support::browser::Browser;
use crate::support::console::{House, ordinary};
use crate::support::db::sqlite;
use crate::support::gallery::browse;
use crate::support::world::start;

fn send(browser: &mut Browser, base: &str, file: &Path) {
    browser.go(&format!("{base}/console/registry"));
    browser.choose("#file", file);
    browser.press("main form button");
}

/// Two rows are refused, each with its reason, on the page and in the table of them.
fn refused(browser: &mut Browser) {
    assert_eq!(browser.text(".counts a[href='#refused'] strong"), "2");
    let shown = browser.texts("#refused ~ table.list tbody tr").concat();
    assert!(shown.contains("该单元格不是一个域名") && shown.contains("行政区划"), "{shown}");
    let (name, table) = browser.download("a[href$='/refused.csv']");
    let table = String::from_utf8(table).unwrap();
    assert!(name == "refused-rows.csv" && table.starts_with('\u{feff}'), "{name}: {table}");
    assert!(table.lines().count() == 3 && table.contains("该单元格不是一个域名"), "{table}");
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
    browse(move |browser| {
        browser.log_in(&base, "wang", "/console/registry");
        browser.look_at("registry-empty");
        for (name, text) in
            [("云溪县登记表.csv", &first), ("云溪县登记表（十一月）.csv", &second), ("缺页.csv", &short)]
        {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            send(browser, &base, &path);
            browser.look_at(&format!("registry-preview-{}", name.chars().count()));
            if text == &second {
                refused(browser);
            }
            if browser.html().contains("shrink=true") {
                browser.press(".wrong a");
                browser.look_at("registry-shrink");
            }
            browser.press("form[action$=take] button");
        }
        assert!(browser.html().contains("文件已导入"), "{}", browser.html());
        browser.look_at("registry-history");
    })
    .await;
    drop(house);
}
