//! The table of a list, downloaded in a real browser: what was on the pages, no more and no less, and nothing that runs.

use std::io::Cursor;

use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::account::AccountRole;
use calamine::{Reader, Xlsx};
use scraper::{ElementRef, Html, Selector};

use crate::county::{settle_named, stand};
use crate::support::browser::Browser;
use crate::support::console::House;
use crate::support::db::sqlite;
use crate::support::gallery::browse;
use crate::support::world::start;

/// More than one page of sites that fail, and a few that do not.
const SITES: usize = 70;
const FAILING: usize = 60;

/// Names that a spreadsheet would run, that a CSV breaks at, and one that is long.
const NAMES: [&str; 7] = [
    "=HYPERLINK(\"http://evil.test\")局网站",
    "+86局网站",
    "-1局网站",
    "@SUM(1)局网站",
    "＝1+1局网站",
    "甲,乙\"丙\"局网站",
    "云溪县人民政府政务服务和数据资源综合协调管理委员会办公室信息化推进与网站标识管理工作专班局网站",
];

fn names() -> Vec<String> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let plain = (NAMES.len()..SITES).map(|n| format!("第{n}局网站"));
    NAMES.iter().map(|name| quoted(name)).chain(plain).collect()
}

/// What a row says of a site: name, unit, English domain, Chinese domain, region, verdict, cause, code, pages.
type Row = [String; 9];

/// The rows of the list that stands in the window.
fn shown(browser: &mut Browser) -> Vec<Row> {
    let html = Html::parse_document(&browser.html());
    let rows = Selector::parse("table.sites tbody tr").unwrap();
    html.select(&rows).map(as_read).collect()
}

fn as_read(row: ElementRef<'_>) -> Row {
    let all = |selector: &str| -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        let found = row.select(&selector).flat_map(|found| found.text());
        found.map(|text| text.trim_matches(['\n', ' ']).to_owned()).filter(|text| !text.is_empty()).collect()
    };
    let first = |selector: &str| all(selector).into_iter().next().unwrap_or_default();
    [
        first(".who-is a"),
        first(".who-is small:not(.domain)"),
        first("td.domain"),
        first("td.domain .second"),
        first("td[data-label=地区]"),
        first(".chip").split_once(' ').unwrap().1.to_owned(),
        first(".why"),
        first(".who-is small.domain"),
        first("td[data-label=页面]"),
    ]
}

/// The same of a table's row, whose cells stand in the order of its head.
fn as_told(cells: &[String]) -> Row {
    let [name, unit, _, en, cn, _, region, verdict, cause, code, checked, known, _] = cells else {
        panic!("{cells:?}")
    };
    let pages = format!("{checked}/{known}");
    [name, unit, en, cn, region, verdict, cause, code, &pages].map(Clone::clone)
}

fn csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').expect("a spreadsheet knows it as UTF-8");
    let records =
        csv::ReaderBuilder::new().from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect::<Vec<_>>();
    records.iter().map(|record| record.iter().map(str::to_owned).collect()).collect()
}

fn xlsx(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert!(book.worksheet_formula("Sheet1").unwrap().is_empty(), "texts alone");
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().skip(1).map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// The officer asks for the sites that fail, by the fields of the page, and reads them page by page.
fn filtered(browser: &mut Browser, base: &str, name: &str) -> Vec<Row> {
    browser.go(&format!("{base}/console/sites"));
    browser.write("#q", "局");
    browser.pick("#verdict", "fail");
    browser.pick("#sort", "unit");
    browser.press("form.ask button");
    assert_eq!(browser.text("#count"), format!("{FAILING} 个网站"));
    browser.look_at(name);
    let mut rows = shown(browser);
    browser.press("a[rel=next]");
    rows.extend(shown(browser));
    assert_eq!(rows.len(), FAILING);
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_tables_that_are_downloaded_hold_the_rows_that_were_shown() {
    let house = House::open(sqlite().await, Clock::manual(start()), Config::default()).await;
    settle_named(&house, &names()).await;
    for n in 0..SITES {
        let (verdict, cause) = if n < FAILING { ("fail", "not_hung") } else { ("pass", "verified") };
        stand(&house, &format!("s{n}.yunxi.gov.test"), verdict, cause).await;
    }
    house.account("chen", AccountRole::Officer, "140214").await;
    let base = format!("http://{}", house.address);
    browse(move |browser| {
        browser.log_in(&base, "chen", "/console/sites");
        for (width, height, name) in [(1280, 900, "export-desk"), (360, 740, "export-telephone")] {
            browser.size(width, height);
            let rows = filtered(browser, &base, name);
            let (name, table) = browser.download("a[href^='/console/sites.csv']");
            assert_eq!(name, "sites-140214-2026-11-26.csv");
            let quiet = |mut row: Row| {
                if NAMES[..5].contains(&row[0].as_str()) {
                    row[0].insert(0, '\'');
                }
                row
            };
            let told: Vec<_> = csv(&table).iter().map(|row| as_told(row)).collect();
            assert_eq!(
                told,
                rows.iter().cloned().map(quiet).collect::<Vec<_>>(),
                "a name that a spreadsheet would run stands behind a mark"
            );
            let (name, table) = browser.download("a[href^='/console/sites.xlsx']");
            assert_eq!(name, "sites-140214-2026-11-26.xlsx");
            assert_eq!(xlsx(table).iter().map(|row| as_told(row)).collect::<Vec<_>>(), rows);
        }
    })
    .await;
    drop(house);
}
