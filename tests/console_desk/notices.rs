//! Notices: seen by whom they concern, read as they will go, let go once.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::notice::{NoticeState, RequestKind, text};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::notices::{self, UnitFile, Wish};
use badgewatch::store::notices::StoredNotice;

use crate::house::{acts, draft, exhibit, letters, notice_of, told};
use crate::support::bureau::{ELSEWHERE, FOLDER, HERE, OTHER_SITE, SITE, registry};
use crate::support::console::House;
use crate::support::db::register;

const LIST: &str = "/console/notices";

fn at(notice: &StoredNotice, act: &str) -> String {
    format!("{LIST}/{}/{act}", notice.id)
}

async fn deliver(house: &House, notice: &StoredNotice) {
    let officer = badgewatch::domain::account::Actor {
        account_id: "x".into(),
        name: "x".into(),
        role: AccountRole::Officer,
        region: HERE.into(),
    };
    let today = badgewatch::clock::day(house.clock.now());
    let app = &house.app;
    notices::deliver_by_hand(&app.db, &app.desk, &officer, &notice.id, today, house.clock.now()).await.unwrap();
}

async fn ask(house: &House, notice: &StoredNotice, kind: RequestKind, text: &str) {
    let until = (kind == RequestKind::Extension).then(|| "2026-12-20".parse().unwrap());
    let content = b"%PDF-1.7".to_vec();
    let file = UnitFile { name: "下线通知.pdf".into(), media_type: "application/pdf".into(), content };
    let wish = Wish { kind, text: text.into(), until, file: Some(file) };
    notices::ask(&house.app.db, &house.app.desk, &notice.id, wish, house.clock.now()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_read_as_it_will_go_and_goes_once() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let list = chen.get("/console/notices?queue=approval").await;
        assert_eq!(list.texts(".desk .name"), ["云溪县人民政府办公室"], "{}", list.body);
        let sheet = chen.get(&format!("{LIST}/{}", notice.id)).await;
        assert_eq!(sheet.status, 200);
        assert!(
            sheet.body.contains("主办：云溪县人民政府办公室") && sheet.text(".hash").starts_with("abab"),
            "its evidence"
        );

        let shown = chen.get(&at(&notice, "approve")).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        let letter = shown.text(".letter");
        for part in
            ["【责令整改】", "office1@www.yunxi.gov.test", "云溪县委网信办 <wangxin@yunxi.example>", "文号在发出时编定"]
        {
            assert!(letter.contains(part), "{part} in {letter}");
        }
        assert!(shown.text(".paper").contains("限期") || shown.text(".paper").contains("整改期限"), "{letter}");
        assert!(shown.text(".paper").contains("/n/********"), "the unit's own link is the unit's");
        assert!(letters(&house, &notice.id).await.is_empty(), "nothing goes by being read");

        let path = at(&notice, "approve");
        let (one, other) = tokio::join!(chen.mean(&shown, &path), chen.mean(&shown, &path));
        let (done, twice) = if one.status == 303 { (one, other) } else { (other, one) };
        assert_eq!(done.location(), format!("{LIST}/{}?told=approve", notice.id), "{}", done.body);
        assert_eq!(twice.status, 409, "sent twice, done once");
        assert!(twice.text("h1").contains("操作没有执行"));
        let sent = letters(&house, &notice.id).await;
        assert_eq!(sent.len(), 2, "unit and supervisor: {sent:?}");
        let record = acts(&house, &format!("notice:{}", notice.id)).await;
        assert_eq!(record, [("system".into(), "drafted".into()), ("account:chen".into(), "approved".into())]);
        let sheet = chen.get(done.location()).await;
        assert!(sheet.text(".told").contains("已批准") && sheet.body.contains("标识改〔2026〕140214-1号"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_since_it_was_read_does_not_go() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let shown = chen.get(&at(&notice, "approve")).await;
        let joined = draft(&house, SITE, FindingCode::DomainDead).await;
        assert_eq!(
            (joined.id.as_str(), joined.notice.items.len()),
            (notice.id.as_str(), 2),
            "a fault joined the draft"
        );
        let late = chen.mean(&shown, &at(&notice, "approve")).await;
        assert_eq!(late.status, 409);
        assert_eq!(late.attr("main .button", "href").as_deref(), Some(format!("{LIST}/{}", notice.id).as_str()));
        assert!(letters(&house, &notice.id).await.is_empty());
        assert_eq!(notice_of(&house, SITE).await.notice.state, NoticeState::Drafted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_would_read_or_go_otherwise_by_now_does_not_go() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let (path, both) = (at(&notice, "approve"), format!("{LIST}/approve"));
        let (shown, listed) = (chen.get(&path).await, chen.submit(LIST, &both, &[("id", &notice.id)]).await);
        register(&house.test.db, &registry().replace("office1@", "somebody.else@"), house.clock.now()).await;
        assert_eq!(chen.mean(&shown, &path).await.status, 409, "to somebody whom chen was not shown");
        assert_eq!(chen.mean(&listed, &both).await.status, 409, "nor among several");
        assert!(letters(&house, &notice.id).await.is_empty());

        let shown = chen.get(&path).await;
        assert!(shown.text(".letter .facts").contains("somebody.else@"), "{}", shown.body);
        register(&house.test.db, &registry().replace("云溪县人民政府办公室网站", "云溪县门户"), house.clock.now())
            .await;
        assert_eq!(chen.mean(&shown, &path).await.status, 409, "of a site by another name");
        assert!(letters(&house, &notice.id).await.is_empty());
        assert_eq!(chen.mean(&chen.get(&path).await, &path).await.status, 303, "as it is read now it goes");
        assert!(!letters(&house, &notice.id).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_wrote_is_shown_as_it_is_and_turns_nothing_around() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let excerpt = "<script>alert(1)</script>主办\u{202e}办主\u{200b}</body>";
        exhibit(&house, SITE, FindingCode::NotHung, excerpt).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let shown = chen.get(&at(&notice, "approve")).await;
        assert_eq!(chen.mean(&shown, &at(&notice, "approve")).await.status, 303);
        deliver(&house, &notice).await;
        let written = text("我局<img src=x onerror=alert(1)>不\u{202e}同意，标识\u{2066}一直都在。").unwrap();
        ask(&house, &notice, RequestKind::Objection, &written).await;
        for at in [format!("{LIST}/{}", notice.id), LIST.to_owned(), format!("/console/sites/{SITE}")] {
            let page = chen.get(&at).await;
            let turns = page.body.contains(['\u{202e}', '\u{2066}', '\u{200b}']);
            assert!(!turns && !page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{at}");
        }
        let sheet = chen.get(&format!("{LIST}/{}", notice.id)).await;
        assert!(sheet.text("main").contains("主办⟨U+202E⟩办主⟨U+200B⟩"), "evidence is written out: {}", sheet.body);
        assert!(sheet.text("main").contains("不同意，标识一直都在"), "what a person wrote is read as it is meant");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_or_does_what_is_not_theirs() {
    told(async |house| {
        let (here, there) =
            (draft(&house, SITE, FindingCode::NotHung).await, draft(&house, OTHER_SITE, FindingCode::NotHung).await);
        let viewer = house.person("zhang", AccountRole::Viewer, HERE).await;
        let stranger = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        assert_eq!(viewer.get(LIST).await.texts(".desk .name"), ["云溪县人民政府办公室"]);
        assert_eq!(stranger.get(LIST).await.texts(".desk .name"), ["岚山县人民政府办公室"]);
        assert_eq!(stranger.get(&format!("{LIST}?region=140214")).await.texts(".desk .name").len(), 0);
        let sheet = viewer.get(&format!("{LIST}/{}", here.id)).await;
        assert!(sheet.status == 200 && sheet.texts(".buttons a").is_empty(), "a viewer has no buttons");
        assert_eq!(viewer.get(&at(&here, "approve")).await.status, 403);
        assert_eq!(viewer.submit(LIST, &at(&here, "withdraw"), &[("why", "x"), ("confirm", "1")]).await.status, 403);
        assert_eq!(stranger.get(&format!("{LIST}/{}", here.id)).await.status, 404);
        for act in ["approve", "withdraw", "close"] {
            let answer = stranger.submit(LIST, &at(&here, act), &[("why", "x"), ("confirm", "1")]).await;
            assert_eq!(answer.status, 404, "{act}");
        }
        let bulk = stranger.submit(LIST, &format!("{LIST}/approve"), &[("id", &here.id), ("id", &there.id)]).await;
        assert_eq!(bulk.status, 404, "not even beside one's own");
        let seen = format!("{}:1:x", here.id);
        assert_eq!(stranger.submit(LIST, &format!("{LIST}/approve"), &[("seen", &seen)]).await.status, 404);
        assert_eq!(notice_of(&house, SITE).await.version, 1);
        assert_eq!(stranger.get(&at(&there, "approve")).await.status, 200);
        assert_eq!(stranger.get(&at(&there, "revoke")).await.status, 404, "no such act");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_drafts_go_by_one_confirmation_that_lists_them() {
    told(async |house| {
        let (one, other) =
            (draft(&house, SITE, FindingCode::NotHung).await, draft(&house, FOLDER, FindingCode::WrongLink).await);
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let path = format!("{LIST}/approve");
        let shown = chen.submit(LIST, &path, &[("id", &one.id), ("id", &other.id)]).await;
        assert_eq!(shown.texts(".deed h2"), ["云溪县人民政府办公室", "云溪县教育局"], "{}", shown.body);
        assert_eq!(shown.texts(".paper").len(), 2);
        draft(&house, FOLDER, FindingCode::DomainDead).await;
        let done = chen.mean(&shown, &path).await;
        assert_eq!(done.status, 409, "one of them changed");
        assert_eq!(done.texts(".left a"), ["云溪县教育局"]);
        assert_eq!(letters(&house, &one.id).await.len(), 2);
        assert!(letters(&house, &other.id).await.is_empty());
        let shown = chen.submit(LIST, &path, &[("id", &other.id)]).await;
        let done = chen.mean(&shown, &path).await;
        assert_eq!((done.status, done.location()), (303, "/console/notices?queue=approval&told=approved&many=1"));
        assert_eq!(chen.submit(LIST, &path, &[]).await.status, 409, "none was chosen");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_is_answered_and_more_time_is_given() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let shown = chen.get(&at(&notice, "approve")).await;
        assert_eq!(chen.mean(&shown, &at(&notice, "approve")).await.status, 303);
        deliver(&house, &notice).await;
        ask(&house, &notice, RequestKind::Objection, "<script>alert(1)</script> 所列页面已停用，请核实。").await;
        ask(&house, &notice, RequestKind::Extension, "改版需要时间，请予延期。").await;
        let list = chen.get(&format!("{LIST}?queue=objection")).await;
        assert_eq!(list.texts(".desk .name").len(), 1, "{}", list.body);
        assert!(list.texts(".desk td").iter().any(|text| text.contains("还剩")), "working days are counted");
        let sheet = chen.get(&format!("{LIST}/{}", notice.id)).await;
        assert!(!sheet.body.contains("<script>alert"), "what a unit writes is shown, never run");
        assert!(sheet.texts(".waits .words")[1].contains("<script>alert(1)</script>"));
        let file = chen.get(&sheet.attr(".waits a", "href").unwrap()).await;
        assert_eq!(file.header("content-type"), "application/octet-stream");
        assert!(file.header("content-disposition").starts_with("attachment;"));

        let path = at(&notice, "answer-extension");
        let form = chen.get(&path).await;
        assert!(form.text("#until-hint").contains("2026年12月20日"));
        let bad = chen.submit(&path, &path, &[("text", "  ")]).await;
        assert_eq!((bad.status, bad.texts(".wrong li").len()), (422, 2), "no decision, no text: {}", bad.body);
        let shown = chen.submit(&path, &path, &[("granted", "yes"), ("text", "同意延期。")]).await;
        assert!(shown.text(".paper").contains("12月20日"), "{}", shown.body);
        assert_eq!(chen.mean(&shown, &path).await.status, 303);

        let path = at(&notice, "answer-objection");
        let shown = chen.submit(&path, &path, &[("granted", "no"), ("text", "经核实，<b>页面</b>仍可访问。")]).await;
        assert!(shown.text(".paper").contains("<b>页面</b>仍可访问"), "as it was written: {}", shown.body);
        let again: Vec<_> = [("granted", "no"), ("text", "再想想"), ("again", "1")].into();
        let form = chen.submit(&path, &path, &again).await;
        assert_eq!((form.status, form.text("textarea").as_str()), (200, "再想想"), "what was said is still there");
        assert_eq!(chen.mean(&shown, &path).await.status, 303);
        assert_eq!(chen.get(&path).await.status, 409, "there is nothing left to answer");

        house.clock.advance(chrono::TimeDelta::minutes(1));
        let path = at(&notice, "withdraw");
        assert_eq!(chen.submit(&path, &path, &[("why", "")]).await.status, 422);
        let shown = chen.submit(&path, &path, &[("why", "登记信息有误")]).await;
        assert!(shown.text(".paper").contains("登记信息有误"));
        assert_eq!(chen.mean(&shown, &path).await.status, 303);
        assert_eq!(notice_of(&house, SITE).await.notice.state, NoticeState::Withdrawn);
        let ended = chen.get(&format!("{LIST}?queue=ended")).await;
        assert_eq!(ended.texts(".desk .name").len(), 1);
        assert!(chen.get(&format!("{LIST}/{}", notice.id)).await.texts(".buttons a").is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_that_cannot_be_is_said_at_its_field() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let extend = at(&notice, "extend");
        assert_eq!(chen.get(&extend).await.status, 409, "no limit runs");
        let shown = chen.get(&at(&notice, "approve")).await;
        chen.mean(&shown, &at(&notice, "approve")).await;
        let deliver_at = at(&notice, "deliver");
        let bad = chen.submit(&deliver_at, &deliver_at, &[("on", "2026-11-01")]).await;
        assert_eq!(bad.status, 422, "before the draft");
        assert!(bad.text(".wrong").contains("日期不可能"), "{}", bad.body);
        deliver(&house, &notice).await;
        for (until, part) in [("2026-11-27", "日期不可能"), ("2036-01-01", "日期过远"), ("soon", "请填写日期")]
        {
            let bad = chen.submit(&extend, &extend, &[("until", until), ("why", "改版")]).await;
            assert_eq!(bad.status, 422, "{until}");
            assert!(bad.text(".wrong").contains(part), "{until}: {}", bad.text(".wrong"));
        }
        let english = chen.get_in_english(&format!("{LIST}?queue=open")).await;
        assert!(english.text("h1") == "Notices" && english.body.contains("working days left"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_very_letter_is_seen_as_it_will_look_by_whom_it_concerns() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        deliver_after(&house, &notice).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let path = at(&notice, "withdraw");
        let shown = chen.submit(LIST, &path, &[("why", "<b>检查</b>有误")]).await;
        assert!(shown.header("content-security-policy").ends_with("; frame-src 'self'"), "{}", shown.body);
        let frame = shown.attr("iframe", "name").unwrap();
        assert_eq!(shown.attr("button[name=look]", "formtarget"), Some(frame));
        assert_eq!(shown.attr("iframe", "sandbox").as_deref(), Some(""), "it may do nothing");

        let letter = chen.press(&shown, "look", &path).await;
        assert_eq!((letter.status, letter.text("h1")), (200, "撤回整改通知".to_owned()), "{}", letter.body);
        assert!(letter.text("body").contains("<b>检查</b>有误"), "what was said, as a text: {}", letter.body);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";
        assert_eq!(letter.header("content-security-policy"), policy);
        assert_eq!((letter.header("x-frame-options"), letter.header("cache-control")), ("SAMEORIGIN", "no-store"));
        let fields = [("why", "x"), ("look", "1")];
        assert_eq!(chen.submit(LIST, &path, &fields).await.status, 404, "there is one letter");

        let stranger = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        let fields = [("why", "x"), ("look", "0")];
        assert_eq!(stranger.submit(LIST, &path, &fields).await.status, 404);
        assert_eq!(notice_of(&house, SITE).await.notice.state, NoticeState::Sent, "to look is to do nothing");

        let draft = draft(&house, FOLDER, FindingCode::WrongLink).await;
        let (bulk, look) = (format!("{LIST}/approve"), format!("{}:0", draft.id));
        let shown = chen.submit(LIST, &bulk, &[("id", &draft.id)]).await;
        assert_eq!(shown.attr("button[name=look]", "value").as_deref(), Some(&*look));
        assert_eq!(chen.press(&shown, "look", &bulk).await.text("h1"), "责令整改通知书");
        assert_eq!(stranger.submit(LIST, &bulk, &[("look", &look)]).await.status, 404);
        assert_eq!(notice_of(&house, FOLDER).await.notice.state, NoticeState::Drafted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announced_maintenance_shows_what_the_unit_is_told_before_it_is_on_file() {
    told(async |house| {
        let notice = draft(&house, SITE, FindingCode::NotHung).await;
        deliver_after(&house, &notice).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let (on, path) = (format!("/console/sites/{SITE}"), format!("/console/sites/{SITE}/maintenance"));
        let fields = [("from", "2026-11-30"), ("until", "2026-12-02"), ("reason", "机房搬迁")];
        let shown = chen.submit(&on, &path, &fields).await;
        let letter = shown.text(".paper");
        assert!(letter.contains("公告维护期（2026-11-30 至 2026-12-02）不计入期限"), "{letter}");
        assert!(chen.press(&shown, "look", &path).await.text("h1").contains("延期"), "as it will look");
        let sent = letters(&house, &notice.id).await.len();
        assert_eq!(notice_of(&house, SITE).await.notice.pauses, [], "nothing is on file by being asked");

        ask(&house, &notice, RequestKind::Objection, "标识在首页底部").await;
        assert_eq!(chen.mean(&shown, &path).await.status, 409, "the notice is not what the letter was shown of");
        let shown = chen.submit(&on, &path, &fields).await;
        assert_eq!(chen.mean(&shown, &path).await.location(), format!("{on}?told=maintenance"));
        assert_eq!(notice_of(&house, SITE).await.notice.pauses.len(), 1);
        assert!(letters(&house, &notice.id).await.len() > sent);
        let stranger = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        let fields = [("from", "2026-12-07"), ("until", "2026-12-08"), ("reason", "x"), ("look", "0")];
        assert_eq!(stranger.submit(LIST, &path, &fields).await.status, 404);
    })
    .await;
}

/// Lets a notice go, and delivers it.
async fn deliver_after(house: &House, notice: &StoredNotice) {
    let officer = badgewatch::domain::account::Actor {
        account_id: "x".into(),
        name: "x".into(),
        role: AccountRole::Officer,
        region: HERE.into(),
    };
    let app = &house.app;
    notices::approve(&app.db, &app.desk, &officer, notice.id.as_str(), house.clock.now()).await.unwrap();
    deliver(house, notice).await;
}
