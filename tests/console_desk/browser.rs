//! The desk in a real browser that runs no scripts, with pictures to look at.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::case::CaseState;
use badgewatch::domain::lead::Reported;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::leads;
use badgewatch::store::cases::{self, Filter};
use scraper::{Html, Selector};

use crate::house::{draft, letters, open};
use crate::support::axe;
use crate::support::browser::Browser;
use crate::support::bureau::{FOLDER, HERE, SITE};
use crate::support::console::PASSWORD;
use crate::support::db::sqlite;

fn text(html: &str, selector: &str) -> String {
    let html = Html::parse_document(html);
    html.select(&Selector::parse(selector).unwrap()).flat_map(|found| found.text()).collect()
}

/// Runs a story in a browser, beside the runtime that answers it.
async fn browse(story: impl FnOnce(&mut Browser) + Send + 'static) -> bool {
    let done = tokio::task::spawn_blocking(|| Browser::open().map(|mut browser| story(&mut browser)));
    done.await.unwrap().is_some()
}

/// Keeps a picture of the page on a desk, on a telephone and in the dark, and holds it to the telephone's width.
fn picture(browser: &mut Browser, name: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (width, scheme) in [(360, "light"), (1280, "dark"), (1280, "light")] {
        browser.size(width, 800);
        browser.scheme(scheme);
        let (wide, _) = browser.extent();
        assert!(wide <= f64::from(width), "{name} is {wide} wide on {width}");
        if scheme == "light" {
            std::fs::write(folder.join(format!("desk-{name}-{width}.png")), browser.picture()).unwrap();
        }
        for (said, contrast) in browser.contrasts() {
            assert!(contrast >= 4.5, "{name}, {scheme}: {contrast:.2} of {said:?}");
        }
    }
}

/// A picture, and nothing on the page that anybody would stumble over.
fn looked_at(browser: &mut Browser, name: &str, engine: Option<&str>) {
    picture(browser, name);
    if let Some(engine) = engine {
        browser.assert_accessible(engine, name);
    }
}

fn log_in(browser: &mut Browser, url: &str, name: &str) {
    browser.go(&format!("{url}/console/log-in?to=/console/notices"));
    browser.write("#name", name);
    browser.write("#password", PASSWORD);
    browser.press("form button");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_officer_logs_in_reads_the_evidence_and_lets_the_letter_go() {
    let house = open(sqlite().await).await;
    let notice = draft(&house, SITE, FindingCode::NotHung).await;
    draft(&house, FOLDER, FindingCode::WrongLink).await;
    house.account("chen", AccountRole::Officer, HERE).await;
    let (url, id) = (format!("http://{}", house.address), notice.id.clone());
    let browsed = browse(move |browser| {
        let engine = axe::engine();
        let picture = |browser: &mut Browser, name| looked_at(browser, name, engine.as_deref());
        log_in(browser, &url, "chen");
        assert_eq!(text(&browser.html(), "h1"), "通知");
        picture(browser, "notices");
        browser.press(&format!(".name[href$='{id}']"));
        assert!(text(&browser.html(), "pre").contains("主办：云溪县人民政府办公室"), "the evidence is there");
        picture(browser, "notice");
        browser.press(".buttons a[href$='/withdraw']");
        picture(browser, "withdraw");
        browser.press("form.deed button");
        assert!(text(&browser.html(), ".wrong").contains("请填写此项"));
        browser.go(&format!("{url}/console/notices/{id}/approve"));
        assert!(text(&browser.html(), ".paper").contains("责令整改通知书"));
        picture(browser, "approve");
        browser.press("button[name=confirm]");
        assert!(text(&browser.html(), ".told").contains("待发队列"), "{}", browser.html());
        picture(browser, "approved");
    })
    .await;
    if browsed {
        assert_eq!(letters(&house, &notice.id).await.len(), 2, "the letter is queued");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_proposes_a_revocation_and_a_second_person_approves_it() {
    let house = open(sqlite().await).await;
    house.account("li", AccountRole::Approver, HERE).await;
    house.account("wu", AccountRole::Approver, HERE).await;
    let reported = Reported {
        host: "copy.example".into(),
        badge: Some("CA182050000410000010001".into()),
        text: "与政府网站一模一样".into(),
        contact: Some("zhang@mail.example".into()),
    };
    leads::report(&house.test.db, &reported, house.clock.now()).await.unwrap();
    let url = format!("http://{}", house.address);
    let browsed = browse(move |browser| {
        let engine = axe::engine();
        let picture = |browser: &mut Browser, name| looked_at(browser, name, engine.as_deref());
        log_in(browser, &url, "li");
        browser.go(&format!("{url}/console/cases/open"));
        browser.write("#site", SITE);
        browser.click("input[value=name_changed]");
        browser.write("#why", "来函：网站名称已注销");
        picture(browser, "open");
        browser.press("form.deed button");
        browser.press("button[name=confirm]");
        picture(browser, "case");
        browser.press(".buttons a[href$='/propose']");
        browser.click("input[value=revocation]");
        browser.write("#reason", "单位已注销网站名称。");
        picture(browser, "propose");
        browser.press("form.deed button");
        assert!(text(&browser.html(), ".paper").contains("撤销网站标识决定书"), "{}", browser.html());
        picture(browser, "proposal");
        browser.press("button[name=confirm]");
        assert!(text(&browser.html(), ".blocked").contains("须由另一位"));
        picture(browser, "proposed");
        browser.press(".who button");
        log_in(browser, &url, "wu");
        browser.go(&format!("{url}/console/cases?queue=second_person"));
        picture(browser, "cases");
        browser.press(".desk .name");
        browser.press(".buttons a[href$='/approve']");
        assert!(text(&browser.html(), "main").contains("您是作出决定的第二人"));
        picture(browser, "second");
        browser.press("button[name=confirm]");
        assert!(text(&browser.html(), ".told").contains("已批准"), "{}", browser.html());
        picture(browser, "decided");
        for (page, name) in [("leads", "leads"), ("holds", "holds"), ("outbox", "outbox")] {
            browser.go(&format!("{url}/console/{page}"));
            picture(browser, name);
        }
        browser.go(&format!("{url}/console/leads"));
        browser.press(".desk .name");
        picture(browser, "lead");
    })
    .await;
    if browsed {
        let mut tx = house.test.db.read().await.unwrap();
        let filter = Filter { region: HERE, ..Filter::default() };
        let case = cases::list(&mut tx, &filter, 10, 0).await.unwrap().remove(0).case;
        assert_eq!(case.state, CaseState::Approved);
        let decision = case.decision.unwrap();
        assert_eq!(
            (decision.proposal.by.as_str(), decision.approval.unwrap().by.as_str()),
            ("account:li", "account:wu")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_letter_stands_in_its_frame_as_it_will_look() {
    let house = open(sqlite().await).await;
    let notice = draft(&house, SITE, FindingCode::NotHung).await;
    house.account("chen", AccountRole::Officer, HERE).await;
    house.account("wang", AccountRole::Admin, HERE).await;
    let (port, id) = (house.address.port(), notice.id.clone());
    let story = move |browser: &mut Browser| {
        let url = "http://127.0.0.1";
        let approve = format!("{url}/console/notices/{id}/approve");
        let engine = axe::engine();
        log_in(browser, url, "chen");
        browser.go(&approve);
        assert!(browser.framed().contains("责令整改通知书</h1>"));
        looked_at(browser, "framed", engine.as_deref());
        browser.press(".who button");
        log_in(browser, url, "wang");
        browser.go(&format!("{url}/console/settings/letters"));
        assert!(browser.framed().contains("责令整改通知书</h1>"));
        looked_at(browser, "sample", engine.as_deref());
    };
    let names = move || [("127.0.0.1", port)];
    let open = move || Browser::open_on(&names()).map(|mut browser| story(&mut browser));
    tokio::task::spawn_blocking(open).await.unwrap();
    assert!(letters(&house, &notice.id).await.is_empty(), "nothing goes by being looked at");
}
