//! Cases: opened by hand, proposed by one, read as they will go, decided by another.

use badgewatch::domain::account::{AccountRole, Actor, Body};
use badgewatch::domain::case::{CaseRefusal, CaseState};
use badgewatch::flow::accounts::{self as flow_accounts, NewAccount};
use badgewatch::flow::cases::{self as flow_cases, CaseError, Desk, advance};
use badgewatch::flow::people::manage;
use badgewatch::flow::watch::Step;
use badgewatch::store::accounts;
use badgewatch::store::cases::{self, StoredCase};
use chrono::TimeDelta;

use crate::house::{acts, letters, told};
use crate::support::bureau::{ELSEWHERE, FOLDER, HERE, OTHER_SITE, SITE};
use crate::support::console::{House, PASSWORD, Person};

const LIST: &str = "/console/cases";
const WHY: &str = "来函：<i>网站名称</i>已注销";

async fn case(house: &House, id: &str) -> StoredCase {
    cases::by_id(&mut house.test.db.read().await.unwrap(), id).await.unwrap().unwrap()
}

/// Opens a case by hand; its address.
pub async fn opened(person: &Person, site: &str, ground: &str) -> String {
    let path = format!("{LIST}/open");
    let shown = person.submit(&path, &path, &[("site", site), ("ground", ground), ("why", WHY)]).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let done = person.mean(&shown, &path).await;
    assert_eq!(done.status, 303, "{}", done.body);
    done.location().split('?').next().unwrap().to_owned()
}

/// Both pages of an act.
pub async fn does(person: &Person, at: &str, act: &str, fields: &[(&str, &str)]) {
    let path = format!("{at}/{act}");
    let shown = person.submit(&path, &path, fields).await;
    assert_eq!(shown.status, 200, "{act}: {}", shown.body);
    let done = person.mean(&shown, &path).await;
    assert_eq!(done.status, 303, "{act}: {}", done.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_proposes_and_another_approves_what_both_have_read() {
    told(async |house| {
        let li = house.person("li", AccountRole::Approver, HERE).await;
        let wu = house.person("wu", AccountRole::Approver, HERE).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let at = opened(&li, SITE, "name_changed").await;
        let id = at.rsplit('/').next().unwrap();
        let twice = opened(&li, SITE, "name_changed").await;
        assert_eq!(twice, at, "sent twice, opened once");

        let path = format!("{at}/propose");
        let bad = li.submit(&path, &path, &[("reason", "")]).await;
        assert_eq!((bad.status, bad.texts(".wrong li").len()), (422, 2), "{}", bad.body);
        let fields = [("outcome", "revocation"), ("reason", "单位已注销网站名称。"), ("when", "next")];
        let shown = li.submit(&path, &path, &fields).await;
        let papers = shown.texts(".paper");
        assert_eq!(papers.len(), 2, "the decision and the office's carrying it out: {}", shown.body);
        assert!(
            papers[0].contains("撤销网站标识决定书") && papers[0].contains("单位已注销网站名称。"),
            "{}",
            papers[0]
        );
        assert!(shown.body.contains("badgewatch.instruction/1"), "what will be signed");
        assert_eq!(case(&house, id).await.case.state, CaseState::Open, "nothing is proposed by being read");
        assert_eq!(li.mean(&shown, &path).await.status, 303);

        let own = li.get(&at).await;
        assert!(own.text(".blocked").contains("须由另一位"), "{}", own.body);
        assert!(!own.texts(".buttons a").contains(&"批准".to_owned()));
        assert!(!own.body.contains("<i>网站名称"), "what somebody wrote is shown, never run");
        assert_eq!(li.get(&format!("{at}/approve")).await.status, 409, "who proposed it cannot");
        let forged = li.submit(&at, &format!("{at}/approve"), &[("confirm", "2")]).await;
        assert_eq!(forged.status, 409, "nor by the form alone");
        assert_eq!(chen.get(&format!("{at}/approve")).await.status, 403, "an officer is no approver");
        assert_eq!(wu.get(&format!("{LIST}?queue=second_person")).await.texts(".desk .name").len(), 1);
        assert_eq!(li.get(&format!("{LIST}?queue=second_person")).await.texts(".desk .name").len(), 0);
        assert_eq!(li.get(&format!("{LIST}?queue=others")).await.texts(".desk .name").len(), 1);

        let shown = wu.get(&format!("{at}/approve")).await;
        assert!(shown.text("main").contains("生效时间：2026年11月27日 09:00"), "{}", shown.body);
        assert!(shown.texts(".paper")[0].contains("2026年11月27日"), "the day on which it goes");
        let bundle = wu.get(&format!("{at}/bundle")).await;
        assert!(
            bundle.body.contains("badgewatch.bundle/1") && bundle.header("content-disposition").contains("attachment")
        );
        let path = format!("{at}/approve");
        let (one, other) = tokio::join!(wu.mean(&shown, &path), wu.mean(&shown, &path));
        let mut both = [one.status, other.status];
        both.sort_unstable();
        assert_eq!(both, [303, 409], "sent twice, approved once");

        house.clock.advance(TimeDelta::days(1));
        let calendar_desk = Desk::of(&house.app);
        while advance(&calendar_desk, house.clock.now()).await.unwrap() == Step::Worked {}
        assert_eq!(case(&house, id).await.case.state, CaseState::InForce);
        let sent = letters(&house, id).await;
        assert!(sent.contains(&("revocation".into(), "office1@www.yunxi.gov.test".into())), "{sent:?}");
        let record: Vec<_> =
            acts(&house, &format!("case:{id}")).await.into_iter().map(|(by, what)| by + " " + &what).collect();
        assert_eq!(
            record,
            ["account:li opened", "account:li proposed", "account:wu approved", "system effect_reached"]
        );
        wu.log_in("wu", PASSWORD).await;
        li.log_in("li", PASSWORD).await;
        let sheet = wu.get(&at).await;
        assert!(sheet.status == 200 && sheet.body.contains("待回执"), "an authority's word is awaited: {}", sheet.body);
        does(&wu, &at, "acknowledge", &[("order", "registry:revoke"), ("by", "王某"), ("reference", "回〔2026〕1号")])
            .await;
        assert!(wu.get(&at).await.body.contains("已确认执行"));
        does(&li, &at, "propose-reinstatement", &[("review", "审〔2026〕9号"), ("reason", "重新审核通过")]).await;
        let shown = wu.get(&format!("{at}/approve-reinstatement")).await;
        assert!(shown.texts(".paper")[0].contains("重新审核通过"), "{}", shown.body);
        assert_eq!(wu.mean(&shown, &format!("{at}/approve-reinstatement")).await.status, 303);
        assert_eq!(case(&house, id).await.case.state, CaseState::Reinstated);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_asks_for_a_consultation_and_names_who_goes_dark_with_it() {
    told(async |house| {
        let li = house.person("li", AccountRole::Approver, HERE).await;
        let at = opened(&li, SITE, "unit_gone").await;
        let path = format!("{at}/propose");
        let stop = [("outcome", "stop_resolution"), ("reason", "情节严重。"), ("when", "once")];
        let bad = li.submit(&path, &path, &stop).await;
        assert!(bad.status == 422 && bad.text(".wrong").contains("商有关部门"), "{}", bad.body);
        does(&li, &at, "consult", &[("whom", "县委网信办"), ("on", "2026-11-25"), ("opinion", "同意")]).await;
        let bad = li.submit(&path, &path, &stop).await;
        assert!(bad.status == 422 && bad.text(".wrong").contains(FOLDER), "{}", bad.body);
        assert_eq!(bad.texts("#despite .choice").len(), 1);
        let sure = [&stop[..], &[("despite", "yes")]].concat();
        let shown = li.submit(&path, &path, &sure).await;
        assert!(shown.status == 200 && shown.text("main").contains("云溪县教育局"), "{}", shown.body);
        assert_eq!(li.mean(&shown, &path).await.status, 303);
        assert!(li.get(&at).await.text(".decision .fail").contains(FOLDER));
        does(&li, &at, "withdraw", &[("why", "另行研究")]).await;
        let id = at.rsplit('/').next().unwrap();
        assert_eq!(case(&house, id).await.case.state, CaseState::Open);
        let late = li.submit(&at, &format!("{at}/propose"), &[&sure[..], &[("confirm", "1")]].concat()).await;
        assert_eq!(late.status, 409, "a version of long ago");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_county_s_cases_do_not_exist() {
    told(async |house| {
        let li = house.person("li", AccountRole::Approver, HERE).await;
        let liu = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        let viewer = house.person("zhang", AccountRole::Viewer, HERE).await;
        let at = opened(&li, SITE, "other").await;
        let open = format!("{LIST}/open");
        let theirs = li.submit(&open, &open, &[("site", OTHER_SITE), ("ground", "other"), ("why", "x")]).await;
        assert!(theirs.status == 422 && theirs.text(".wrong").contains("辖区内没有"), "{}", theirs.body);
        assert_eq!(viewer.get(&open).await.status, 403);
        assert_eq!(viewer.get(&at).await.status, 200);
        assert!(viewer.get(&at).await.texts(".buttons a").is_empty());
        for path in [at.clone(), format!("{at}/propose"), format!("{at}/bundle")] {
            assert_eq!(liu.get(&path).await.status, 404, "{path}");
        }
        let fields = [("outcome", "no_action"), ("reason", "x"), ("confirm", "1")];
        assert_eq!(liu.submit(LIST, &format!("{at}/propose"), &fields).await.status, 404);
        assert_eq!(liu.get(LIST).await.texts(".desk .name").len(), 0);
        assert_eq!(li.get(LIST).await.texts(".desk .name").len(), 1);
        assert_eq!(li.get(&format!("{at}/bundle")).await.status, 404, "nothing is locked yet");
        assert_eq!(li.get(&format!("{at}/explode")).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hands_out_accounts_and_tokens_is_not_both_of_two_people() {
    told(async |house| {
        let (db, now) = (&house.test.db, house.clock.now());
        let wang = house.person("wang", AccountRole::Admin, HERE).await;
        let actor = accounts::by_name(&mut db.read().await.unwrap(), "wang").await.unwrap().unwrap();
        let admin = Actor { account_id: actor.id, name: actor.name, role: AccountRole::Admin, region: HERE.to_owned() };
        let at = opened(&wang, SITE, "name_changed").await;
        let fields = [("outcome", "revocation"), ("reason", "单位已注销网站名称。"), ("when", "next")];
        does(&wang, &at, "propose", &fields).await;
        let id = at.rsplit('/').next().unwrap();

        // A second account of wang's own making.
        let new = NewAccount {
            name: "wang.2".to_owned(),
            person: "王某".to_owned(),
            body: Body::Office,
            region: HERE.to_owned(),
            role: AccountRole::Approver,
        };
        let first = manage::add(db, &admin, &new, now).await.unwrap();
        let second = house.stranger();
        second.log_in("wang.2", &first).await;
        let change = [("present", first.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
        assert_eq!(second.submit("/console/password", "/console/password", &change).await.status, 303);
        let refused = second.get(&format!("{at}/approve")).await;
        assert!(refused.status == 409 && refused.body.contains("由另一个发放"), "{}", refused.body);
        let version = case(&house, id).await.version.to_string();
        let forged = second.submit(&at, &format!("{at}/approve"), &[("confirm", &version)]).await;
        assert_eq!(forged.status, 409, "nor by the form alone");

        // Somebody else's account, by a token that its owner knows nothing of.
        let wu = house.person("wu", AccountRole::Approver, HERE).await;
        let token = manage::issue(db, &admin, "wu", 1, now).await.unwrap();
        let borrowed = flow_accounts::authenticate(db, &token.text, now).await.unwrap().unwrap();
        let approved = flow_cases::approve(&Desk::of(&house.app), &borrowed, id, now).await;
        assert!(matches!(approved, Err(CaseError::Refused(CaseRefusal::SameHand))), "{approved:?}");
        assert_eq!(case(&house, id).await.case.state, CaseState::Proposed);
        manage::revoke(db, &admin, &token.token.id, now).await.unwrap();
        does(&wu, &at, "approve", &[]).await;
    })
    .await;
}
