//! The pages in a real browser that runs no scripts: on a telephone and on a desk, by day and by night, and on paper.

use std::path::PathBuf;

use crate::house::{FOLDER, House, LONG, NOBODY, REVOKED, SLJ, SUSPENDED};
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::db::sqlite;
use crate::support::gallery::browse;

/// Each page: its name, its path, and the page it was clicked on.
fn pages() -> Vec<(&'static str, String, &'static str)> {
    let verify = |badge: &str| format!("/verify/{badge}");
    vec![
        ("home", "/".into(), ""),
        ("nowhere", "/nowhere".into(), ""),
        ("report", format!("/report?badge={SLJ}&host=www.slj-gov.test"), ""),
        ("report_trouble", "/report/x".into(), ""),
        ("valid_here", verify(SLJ), "http://www.slj.gov.test/"),
        ("valid_elsewhere", verify(SLJ), "http://www.slj-gov.test/"),
        ("valid", verify(SLJ), ""),
        ("long", verify(LONG), ""),
        ("folder", verify(FOLDER), ""),
        ("suspended", verify(SUSPENDED), ""),
        ("revoked", verify(REVOKED), ""),
        ("not_issued", verify(NOBODY), "http://www.slj-gov.test/"),
        ("malformed", format!("/verify/{}", "长".repeat(80)), ""),
        ("search", "/search".into(), ""),
        ("found", "/search?q=云溪".into(), ""),
        ("none", "/search?q=没有这个".into(), ""),
        ("short", "/search?q=水".into(), ""),
        ("list", "/list".into(), ""),
        ("list_city", "/list?region=140200".into(), ""),
        ("list_empty", "/list?region=110101".into(), ""),
    ]
}

/// Pictures are kept where `BADGEWATCH_PICTURES` says, for a person to look at.
fn pictures() -> Option<PathBuf> {
    std::env::var_os("BADGEWATCH_PICTURES").map(PathBuf::from)
}

async fn house() -> House {
    let house = House::open(sqlite().await, |_| {}).await;
    for key in ["www.slj.gov.test", "www.yunxi.gov.test/dag/", "redcross.test"] {
        house.hang(key).await;
    }
    house
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_wider_than_its_window() {
    let house = house().await;
    let base = house.url("");
    browse(move |browser| {
        for (width, height) in [(320, 640), (360, 740), (1280, 900)] {
            browser.size(width, height);
            for (name, path, referer) in pages() {
                browser.go_from(&format!("{base}{path}"), referer);
                let (wide, _) = browser.extent();
                assert!(wide <= f64::from(width), "{name} is {wide} wide on {width}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_answer_and_the_name_to_compare_stand_on_the_first_screen_of_a_telephone() {
    let house = house().await;
    let base = house.url("");
    browse(move |browser| {
        browser.size(360, 740);
        for (name, path, referer) in pages().into_iter().filter(|(name, ..)| name.starts_with("valid")) {
            browser.go_from(&format!("{base}{path}"), referer);
            let (top, bottom) = browser.place(".domains dd");
            assert!(top > 0.0 && bottom <= 740.0, "{name}: the name stands at {top}–{bottom}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_text_can_be_read_by_day_and_by_night() {
    let house = house().await;
    let base = house.url("");
    browse(move |browser| {
        for (width, scheme) in [(360, "light"), (1280, "light"), (360, "dark"), (1280, "dark")] {
            browser.size(width, if width < 600 { 740 } else { 900 });
            browser.scheme(scheme);
            for (name, path, referer) in pages() {
                browser.go_from(&format!("{base}{path}"), referer);
                let contrasts = browser.contrasts();
                assert!(contrasts.len() > 5, "{name} shows nothing");
                for (text, contrast) in contrasts {
                    assert!(contrast >= 4.5, "{name} {scheme}: “{text}” has a contrast of {contrast:.2}");
                }
                if let Some(folder) = pictures() {
                    std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), browser.picture()).unwrap();
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_certificate_fits_on_one_sheet_of_paper() {
    let house = house().await;
    let base = house.url("");
    browse(move |browser| {
        browser.size(1280, 900);
        for (name, path, referer) in
            pages().into_iter().filter(|(name, ..)| name.starts_with("valid") || *name == "long")
        {
            browser.go_from(&format!("{base}{path}"), referer);
            let paper = browser.paper();
            if let Some(folder) = pictures() {
                std::fs::write(folder.join(format!("{name}.pdf")), &paper).unwrap();
            }
            let text = String::from_utf8_lossy(&paper);
            let sheets = text.matches("/Type /Page\n").count();
            assert_eq!(sheets, 1, "{name} takes {sheets} sheets");
            browser.medium("print");
            let shown = browser
                .beside("[...document.querySelectorAll('nav,form,button,.button')].some(it=>it.checkVisibility())");
            assert_eq!(shown, false, "{name}: nobody clicks on paper");
            let (top, bottom) = browser.place(".qr img");
            assert!(bottom - top >= 130.0, "{name}: a code of {} pixels is read by no telephone", bottom - top);
            browser.medium("");
        }
    })
    .await;
}

/// Every page, and those behind the form for reports, in a language.
fn every_page(browser: &mut Browser, base: &str, mut look: impl FnMut(&mut Browser, &str)) {
    for (name, path, referer) in pages() {
        browser.go_from(&format!("{base}{path}"), referer);
        look(browser, name);
    }
    browser.go(&format!("{base}/report"));
    browser.press("form[action='/report'] button");
    look(browser, "report_errors");
    browser.write("#host", "www.slj-gov.test");
    browser.write("#text", "点开是另一个单位");
    browser.press("form[action='/report'] button");
    look(browser, "report_thanks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_stumbles_over_a_page() {
    let Some(engine) = axe::engine() else { return };
    let house = house().await;
    let base = house.url("");
    browse(move |browser| {
        for (width, scheme, language) in
            [(360, "light", "zh-CN"), (1280, "dark", "zh-CN"), (360, "dark", "en"), (1280, "light", "en")]
        {
            browser.size(width, if width < 600 { 740 } else { 900 });
            browser.scheme(scheme);
            browser.language(language);
            every_page(browser, &base, |browser, name| {
                browser.assert_accessible(&engine, &format!("{name} {width} {scheme} {language}"));
                if let Some(folder) = pictures() {
                    let file = folder.join(format!("{name}-{width}-{scheme}-{language}.png"));
                    std::fs::write(file, browser.picture()).unwrap();
                }
            });
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_uses_no_mouse_comes_everywhere_in_the_order_of_reading() {
    let house = house().await;
    let base = house.url("");
    browse(move |browser| {
        for (width, language) in [(360, "en"), (1280, "zh-CN")] {
            browser.size(width, 900);
            browser.language(language);
            every_page(browser, &base, |browser, name| {
                browser.assert_well_framed(name, language);
                browser.assert_usable_by_keyboard(name);
            });
        }
    })
    .await;
}
