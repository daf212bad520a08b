//! The page in a real browser that runs no scripts: everything can be done there, on a desk and on a telephone.

use badgewatch::domain::notice::RequestKind;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::attachments;

use crate::house::{House, SLJ, pages};
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::db::sqlite;
use crate::support::gallery::browse;

const WHY: &str = "所列页面已停用，现附下线通知，请予核实。";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_objection_is_written_and_seen_without_scripts() {
    let house = House::open(sqlite().await).await;
    let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
    let address = house.url(&format!("/n/{}", letter.token));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("下线通知.pdf");
    std::fs::write(&file, b"%PDF-1.7\nsample").unwrap();
    let browsed = browse(move |browser| {
        browser.size(360, 740);
        browser.go(&address);
        browser.press("a[href$='/object']");
        browser.write("#text", "太短");
        browser.press("form button");
        assert!(browser.text(".wrong").contains("说明过短：至少 10 个字，现为 2 个"));
        assert_eq!(browser.text("#text"), "太短", "what was typed is still there");

        browser.write("#text", WHY);
        browser.choose("#file", &file);
        browser.press("form button");
        assert!(browser.text(".told").contains("异议已提交"), "{}", browser.html());
        assert!(browser.text("main").contains("附件：下线通知.pdf"));
        browser.press("form[action$='/acknowledge'] button");
        assert!(browser.text(".told").contains("已确认收到"));
        browser.press("form[action$='/recheck'] button");
        assert!(browser.text("h1").contains("复检已排队"));
        // Nobody presses anything: the page reads itself anew.
        browser.loaded();
        assert!(browser.text("h1").contains("复检已排队"));
    })
    .await;
    if browsed {
        let notice = house.notice(&letter.id).await.notice;
        let asked = notice.open_request(RequestKind::Objection).unwrap();
        assert!(asked.text.contains(WHY) && notice.acknowledged_at.is_some());
        let mut tx = house.world.test.db.read().await.unwrap();
        assert_eq!(attachments::of_notice(&mut tx, &letter.id).await.unwrap()[0].name, "下线通知.pdf");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_wider_than_a_telephone() {
    let house = House::open(sqlite().await).await;
    let mut at = pages(SLJ, 30);
    at[0] = format!("http://{SLJ}/{}.html", "a".repeat(300));
    house.exhibit(SLJ, FindingCode::PartlyHung, &at[0], &"<div>".repeat(200)).await;
    let letter = house.letter(SLJ, FindingCode::PartlyHung, &at).await;
    house.object(&letter, &"长".repeat(900), None).await;
    let base = house.url("/n/");
    let token = letter.token.clone();
    browse(move |browser| {
        for width in [320, 360, 1280] {
            browser.size(width, 800);
            for below in
                [&token, "x", &format!("{token}/pages"), &format!("{token}/recheck"), &format!("{token}/extend")]
            {
                browser.go(&format!("{base}{below}"));
                let (wide, _) = browser.extent();
                assert!(wide <= f64::from(width), "{below} is {wide} wide on {width}");
            }
        }
    })
    .await;
}

/// The unit's page and its forms, with what they say when something is wrong.
fn every_page(browser: &mut Browser, base: &str, token: &str, mut look: impl FnMut(&mut Browser, &str)) {
    for below in ["", "/pages", "/recheck", "/object", "/extend"] {
        browser.go(&format!("{base}{token}{below}"));
        look(browser, below);
        if ["/object", "/extend"].contains(&below) {
            browser.press("form button");
            look(browser, &format!("{below} refused"));
        }
    }
    browser.go(&format!("{base}x"));
    look(browser, "a broken link");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_stumbles_over_the_page_or_needs_a_mouse() {
    let Some(engine) = axe::engine() else { return };
    let house = House::open(sqlite().await).await;
    let at = pages(SLJ, 30);
    house.exhibit(SLJ, FindingCode::PartlyHung, &at[0], &"<div>".repeat(20)).await;
    let letter = house.letter(SLJ, FindingCode::PartlyHung, &at).await;
    let (base, token) = (house.url("/n/"), letter.token.clone());
    browse(move |browser| {
        for (width, scheme, language) in
            [(360, "light", "zh-CN"), (1280, "dark", "zh-CN"), (360, "dark", "en"), (1280, "light", "en")]
        {
            browser.size(width, 900);
            browser.scheme(scheme);
            browser.language(language);
            every_page(browser, &base, &token, |browser, name| {
                browser.assert_accessible(&engine, &format!("{name} {width} {scheme} {language}"));
                browser.assert_well_framed(name, language);
                browser.assert_usable_by_keyboard(name);
                if let Some(folder) = std::env::var_os("BADGEWATCH_PICTURES") {
                    let file = format!("unit{}-{width}-{scheme}-{language}.png", name.replace(['/', ' '], "_"));
                    std::fs::write(std::path::Path::new(&folder).join(file), browser.picture()).unwrap();
                }
            });
        }
    })
    .await;
}
