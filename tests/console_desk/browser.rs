//! The desk in a real browser that runs no scripts, with pictures to look at.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::case::CaseState;
use badgewatch::domain::lead::Reported;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::leads;
use badgewatch::store::cases::{self, Filter};

use crate::house::{draft, letters, open};
use crate::support::browser::Browser;
use crate::support::bureau::{FOLDER, HERE, SITE};
use crate::support::db::sqlite;
use crate::support::gallery::browse;
use crate::support::standing::stand;

/// From the morning's overview by the worst site and its evidence to the letter about it. `row`: which of the failing sites.
fn from_the_overview_to_the_letter(browser: &mut Browser, url: &str, row: usize, unit: &str, name: &str) {
    browser.go(&format!("{url}/console"));
    assert_eq!(browser.text(".verdicts a[href$='verdict=fail']"), "2");
    browser.look_at(&format!("{name}-overview"));
    browser.press(".verdicts a[href$='verdict=fail']");
    let shown = browser.texts("table.sites .who-is small:not(.domain)");
    assert_eq!(shown, ["云溪县人民政府办公室", "云溪县教育局"], "the worst first");
    browser.look_at(&format!("{name}-worst"));
    browser.press(&format!("table.sites tbody tr:nth-child({row}) .who-is a"));
    assert_eq!(browser.text(".eyebrow"), unit);
    browser.click(".fault summary");
    assert!(browser.text(".fault .card pre").contains("主办：云溪县人民政府办公室"), "the evidence is there");
    browser.look_at(&format!("{name}-site"));
    browser.press("a[href^='/console/notices/']");
    browser.press(".buttons a[href$='/approve']");
    assert!(browser.text(".paper").contains("责令整改通知书") && browser.text(".paper").contains(unit));
    browser.press("button[name=confirm]");
    assert!(browser.text(".told").contains("待发队列"), "{}", browser.html());
    browser.look_at(&format!("{name}-sent"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_worst_site_is_found_from_the_overview_on_a_desk_and_on_a_telephone() {
    let house = open(sqlite().await).await;
    let mut drafts = Vec::new();
    for (site, code, cause) in
        [(SITE, FindingCode::NotHung, "not_hung"), (FOLDER, FindingCode::WrongLink, "wrong_link")]
    {
        stand(&house.test.db, site, "fail", cause, house.clock.now()).await;
        drafts.push(draft(&house, site, code).await.id);
    }
    house.account("chen", AccountRole::Officer, HERE).await;
    let url = format!("http://{}", house.address);
    let browsed = browse(move |browser| {
        browser.log_in(&url, "chen", "/console");
        from_the_overview_to_the_letter(browser, &url, 1, "云溪县人民政府办公室", "journey-desk");
        browser.size(360, 740);
        from_the_overview_to_the_letter(browser, &url, 2, "云溪县教育局", "journey-telephone");
    })
    .await;
    for id in drafts.iter().filter(|_| browsed) {
        assert_eq!(letters(&house, id).await.len(), 2, "to the unit, with a copy");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_officer_logs_in_reads_the_evidence_and_lets_the_letter_go() {
    let house = open(sqlite().await).await;
    let notice = draft(&house, SITE, FindingCode::NotHung).await;
    draft(&house, FOLDER, FindingCode::WrongLink).await;
    house.account("chen", AccountRole::Officer, HERE).await;
    let (url, id) = (format!("http://{}", house.address), notice.id.clone());
    let browsed = browse(move |browser| {
        browser.log_in(&url, "chen", "/console/notices");
        assert_eq!(browser.text("h1"), "通知");
        browser.look_at("desk-notices");
        browser.press(&format!(".name[href$='{id}']"));
        assert!(browser.text("pre").contains("主办：云溪县人民政府办公室"), "the evidence is there");
        browser.look_at("desk-notice");
        browser.press(".buttons a[href$='/withdraw']");
        browser.look_at("desk-withdraw");
        browser.press("form.deed button");
        assert!(browser.text(".wrong").contains("请填写此项"));
        browser.go(&format!("{url}/console/notices/{id}/approve"));
        assert!(browser.text(".paper").contains("责令整改通知书"));
        browser.look_at("desk-approve");
        browser.press("button[name=confirm]");
        assert!(browser.text(".told").contains("待发队列"), "{}", browser.html());
        browser.look_at("desk-approved");
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
        browser.log_in(&url, "li", "/console/notices");
        browser.go(&format!("{url}/console/cases/open"));
        browser.write("#site", SITE);
        browser.click("input[value=name_changed]");
        browser.write("#why", "来函：网站名称已注销");
        browser.look_at("desk-open");
        browser.press("form.deed button");
        browser.press("button[name=confirm]");
        browser.look_at("desk-case");
        browser.press(".buttons a[href$='/propose']");
        browser.click("input[value=revocation]");
        browser.write("#reason", "单位已注销网站名称。");
        browser.look_at("desk-propose");
        browser.press("form.deed button");
        assert!(browser.text(".paper").contains("撤销网站标识决定书"), "{}", browser.html());
        browser.look_at("desk-proposal");
        browser.press("button[name=confirm]");
        assert!(browser.text(".blocked").contains("须由另一位"));
        browser.look_at("desk-proposed");
        browser.press(".who button");
        browser.log_in(&url, "wu", "/console/notices");
        browser.go(&format!("{url}/console/cases?queue=second_person"));
        browser.look_at("desk-cases");
        browser.press(".desk .name");
        browser.press(".buttons a[href$='/approve']");
        assert!(browser.text("main").contains("您是作出决定的第二人"));
        browser.look_at("desk-second");
        browser.press("button[name=confirm]");
        assert!(browser.text(".told").contains("已批准"), "{}", browser.html());
        browser.look_at("desk-decided");
        for page in ["leads", "holds", "outbox"] {
            browser.go(&format!("{url}/console/{page}"));
            browser.look_at(&format!("desk-{page}"));
        }
        browser.go(&format!("{url}/console/leads"));
        browser.press(".desk .name");
        browser.look_at("desk-lead");
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
        browser.log_in(url, "chen", "/console");
        browser.go(&approve);
        assert!(browser.framed().contains("责令整改通知书</h1>"));
        browser.look_at("framed");
        browser.press(".who button");
        browser.log_in(url, "wang", "/console");
        browser.go(&format!("{url}/console/settings/letters"));
        assert!(browser.framed().contains("责令整改通知书</h1>"));
        browser.look_at("sample");
    };
    let names = move || [("127.0.0.1", port)];
    let open = move || Browser::open_on(&names()).map(|mut browser| story(&mut browser));
    tokio::task::spawn_blocking(open).await.unwrap();
    assert!(letters(&house, &notice.id).await.is_empty(), "nothing goes by being looked at");
}
