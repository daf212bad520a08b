//! Every route of the console, by everybody: nobody, each role of the county, each role of a stranger's county.
//!
//! What a route answers follows from the table of routes. A route whose address holds something has a real one of the county
//! in it; one that nothing is known for here fails the test. The API has the same test of its own (`tests/api/rights.rs`).

mod support;

use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::lead::Written;
use badgewatch::domain::letter::LetterKind;
use badgewatch::domain::mass::Dimension;
use badgewatch::domain::region::Regions;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::accounts::{self, OPERATOR};
use badgewatch::flow::import_registry::{self, Terms};
use badgewatch::flow::people::VIEWS;
use badgewatch::flow::{circulars, leads};
use badgewatch::mail::sample::sample;
use badgewatch::store::findings::{self, Change, Group};
use badgewatch::store::outbox::{self, Channel, Part, Post};
use badgewatch::store::{
    accounts as people_on_file, attachments, audit, cases, leads as leads_on_file, notices, queue, sites, units,
};
use badgewatch::web::console::ROUTES;

use support::bureau::{ELSEWHERE, FOLDER, HERE, SITE, confirm, registry, settle};
use support::console::{House, Person, told};
use support::db::{register, run};

const BADGE: &str = "CA182050000410000010001";

/// Who asks.
struct Asker {
    role: Option<AccountRole>,
    is_here: bool,
    person: Person,
    form_token: String,
}

async fn everybody(house: &House) -> Vec<Asker> {
    let nobody = Asker { role: None, is_here: false, person: house.stranger(), form_token: "x".into() };
    let mut all = vec![nobody];
    // Those who may do least come first, so that nothing is gone when they ask.
    for (region, place) in [(ELSEWHERE, "there"), (HERE, "here")] {
        for role in AccountRole::ALL {
            let person = house.person(&format!("{place}.{role}"), *role, region).await;
            let form_token = person.get("/console/me").await.form_token();
            all.push(Asker { role: Some(*role), is_here: region == HERE, person, form_token });
        }
    }
    all
}

/// What there is in the county: each by the folder that its pages lie under, with the words that give it away.
struct County {
    notice: String,
    case: String,
    lead: String,
    site: String,
    token: String,
    attachment: String,
    hold: String,
    /// A registry file that the county's administrator sent.
    file: String,
    import: String,
    circular: String,
    /// A parked letter of the outbox.
    message: String,
}

/// A mass change on hold that touches a site of the county.
async fn held(house: &House) -> String {
    let (mut tx, now) = (house.test.db.write().await.unwrap(), house.clock.now());
    let (code, group) = (FindingCode::NotHung, Group { failing: 6, watched: 9 });
    let id = findings::open_hold(&mut tx, Dimension::Address, "192.0.2.1", code, group, now).await.unwrap();
    let site = sites::by_key(&mut tx, FOLDER).await.unwrap().unwrap();
    assert!(findings::open(&mut tx, &site.id, &Finding::fault(code), &Track::open(now), &[]).await.unwrap());
    let read = findings::open_of_site(&mut tx, &site.id).await.unwrap().remove(0);
    let to = Track { state: FindingState::Held, ..read.track.clone() };
    let change = Change { at: now, pages: &[], confirmed_by: None, hold_id: Some(&id) };
    assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
    tx.commit().await.unwrap();
    id
}

/// A file that came with an objection.
async fn attached(house: &House, notice: &str) -> String {
    let (mut tx, now) = (house.test.db.write().await.unwrap(), house.clock.now());
    attachments::insert(&mut tx, notice, "说明.pdf", "application/pdf", b"%PDF", now).await.unwrap();
    let file = attachments::of_notice(&mut tx, notice).await.unwrap().remove(0).id;
    tx.commit().await.unwrap();
    file
}

/// A parked letter about a site of the county.
async fn parked(house: &House) -> String {
    let (mut tx, now) = (house.test.db.write().await.unwrap(), house.clock.now());
    let site = sites::by_key(&mut tx, SITE).await.unwrap().unwrap();
    let post = Post {
        key: "parked",
        channel: Channel::Mail,
        part: Part::Unit,
        recipient: "office1@www.yunxi.gov.test",
        site_id: Some(&site.id),
        notice_id: None,
        case_id: None,
        step: None,
        letter: &sample(LetterKind::Reminder).0,
        from: now,
    };
    assert!(outbox::post(&mut tx, &post, now).await.unwrap());
    tx.commit().await.unwrap();
    run(&house.test.db, "UPDATE outbox SET state = 'parked' WHERE key = 'parked'").await;
    queue::parked(&mut house.test.db.read().await.unwrap(), HERE, 1).await.unwrap().remove(0).id
}

async fn county(house: &House) -> County {
    let (db, now) = (&house.test.db, house.clock.now());
    register(db, &registry(), now).await;
    confirm(db, SITE, FindingCode::NotHung, now).await;
    settle(db, &house.app.desk, now).await;
    let mut tx = db.read().await.unwrap();
    let site = sites::by_key(&mut tx, SITE).await.unwrap().unwrap();
    let notice = notices::open_of_site(&mut tx, &site.id).await.unwrap().unwrap().id;
    drop(tx);
    let written =
        Written { host: "copy.example".into(), badge: BADGE.into(), text: "像仿冒的".into(), ..Written::default() };
    leads::report(db, &written.read().unwrap(), now).await.unwrap();
    house.account("subject", AccountRole::Officer, HERE).await;
    let token = accounts::issue_token(db, "subject", 90, OPERATOR, now).await.unwrap().token.id;
    let officer = people_on_file::by_name(&mut db.read().await.unwrap(), "subject").await.unwrap().unwrap();
    let actor = Actor { account_id: officer.id, name: officer.name, role: officer.role, region: officer.region };
    let desk = badgewatch::flow::cases::Desk::of(&house.app);
    let ground = badgewatch::domain::case::Ground::Other;
    let case = badgewatch::flow::cases::read::open_at(&desk, &actor, SITE, ground, "来信反映", now).await.unwrap().id;
    let mut tx = db.read().await.unwrap();
    let filter = leads_on_file::Filter { regions: [HERE, HERE], kind: None, state: None };
    let lead = leads_on_file::list(&mut tx, &filter, 1, 0).await.unwrap().remove(0).id;
    assert!(cases::by_id(&mut tx, &case).await.unwrap().is_some());
    drop(tx);
    let (attachment, hold) = (attached(house, &notice).await, held(house).await);
    County {
        notice,
        case,
        lead,
        site: site.id,
        token,
        attachment,
        hold,
        file: "nothing".into(),
        import: imported(house, &actor).await,
        circular: drafted(house, &actor).await,
        message: parked(house).await,
    }
}

/// An import of the county that refused a row.
async fn imported(house: &House, actor: &Actor) -> String {
    let csv = format!("{}x,x,x,x,x,x,x,x\n", registry());
    let incoming = import_registry::read("county.csv", csv.as_bytes()).unwrap().of(actor);
    let db = &house.test.db;
    let report = import_registry::import(db, &incoming, &Terms::default(), house.clock.now()).await.unwrap();
    assert!(report.applied && !report.refused.is_empty(), "{report:?}");
    units::imports_within(&mut db.read().await.unwrap(), HERE, 1).await.unwrap().remove(0).id
}

async fn drafted(house: &House, actor: &Actor) -> String {
    let day = badgewatch::domain::beijing::day(house.clock.now());
    let wish = circulars::Wish { area: HERE.into(), from: day, until: day };
    let (offices, regions) = (&house.app.desk.offices, Regions::builtin());
    circulars::draft(&house.test.db, offices, &regions, actor, &wish, house.clock.now()).await.unwrap()
}

/// The file of the county's administrator: an account has its own.
async fn sent(house: &House) -> String {
    let db = &house.test.db;
    let admin = people_on_file::by_name(&mut db.read().await.unwrap(), "here.admin").await.unwrap().unwrap();
    let (name, role, region) = (admin.name, admin.role, admin.region);
    let actor = Actor { account_id: admin.id, name, role, region };
    import_registry::keep(db, &actor, "a.csv", registry().into_bytes(), house.clock.now()).await.unwrap()
}

impl County {
    /// An address with what is real in it. None: this test knows nothing that could stand there.
    fn fill(&self, path: &str) -> Option<String> {
        let mut folder = "";
        let mut parts = Vec::new();
        for part in path.split('/') {
            if part.starts_with('{') {
                parts.push(self.real(folder, part)?);
            } else {
                folder = part;
                parts.push(part.to_owned());
            }
        }
        Some(parts.join("/"))
    }

    fn real(&self, folder: &str, parameter: &str) -> Option<String> {
        let real = match (folder, parameter) {
            ("users", "{name}") => "subject",
            ("users", "{act}") => "password",
            ("tokens", "{token}") => &self.token,
            ("notices", "{id}" | "{notice}") => &self.notice,
            ("cases", "{id}" | "{case}") => &self.case,
            ("leads", "{id}" | "{lead}") => &self.lead,
            ("sites", "{id}" | "{site}") => &self.site,
            ("sites", "{key}") => SITE,
            ("files", "{file}") => &self.attachment,
            ("notices", "{act}") => "withdraw",
            ("cases", "{act}") => "consult",
            ("leads", "{act}") => "dismiss",
            ("holds", "{id}") => &self.hold,
            ("holds", "{verdict}") => "ours",
            ("outbox", "{id}") => &self.message,
            ("outbox", "{act}") => "settle",
            ("file", "{id}") => &self.file,
            ("imports", "{id}") => &self.import,
            ("circulars", "{id}") => &self.circular,
            ("circulars", "{act}") => "release",
            ("letters", "{kind}") => "rectification",
            _ => return None,
        };
        Some(real.to_owned())
    }
}

/// What stands in a form of a route.
fn fields(path: &str) -> &'static [(&'static str, &'static str)] {
    match path {
        "/console/settings/new-user" => {
            &[("name", "subject"), ("person", "李某"), ("region", HERE), ("role", "viewer"), ("body", "office")]
        }
        "/console/settings/users/{name}" => &[("region", HERE), ("role", "viewer"), ("body", "office")],
        "/console/sites/{key}/maintenance" => {
            &[("from", "2027-01-04"), ("until", "2027-01-05"), ("reason", "机房搬迁")]
        }
        "/console/sites/{key}/maintenance/withdraw" => &[("id", "none")],
        "/console/sites/{key}/exemption" => &[("until", "2027-01-05"), ("reason", "改版")],
        "/console/settings/tokens" => &[("account", "subject"), ("days", "0")],
        "/console/password" => &[("present", "x"), ("new", "x"), ("again", "x")],
        "/console/second-device" => &[("secret", "x"), ("code", "0")],
        "/console/registry/file/{id}/take" => &[("plan", "x")],
        "/console/circulars/{id}/text" => {
            &[("version", "1"), ("addressee", "各单位"), ("opening", "通报如下。"), ("next_steps", "整改。")]
        }
        "/console/second-device/code" => &[("code", "0")],
        _ => &[],
    }
}

async fn ask(asker: &Asker, method: &str, at: &str, path: &str) -> u16 {
    if method == "get" {
        return asker.person.get(at).await.status;
    }
    let fields: Vec<_> = fields(path).iter().copied().chain([("form_token", asker.form_token.as_str())]).collect();
    asker.person.send_form(at, &fields).await.status
}

/// What is wrong with an answer, by the table of routes.
fn complaint(method: &str, path: &str, least: AccountRole, asker: &Asker, status: u16) -> Option<&'static str> {
    let is_of_something = path.contains('{');
    // A token is issued to an account that is named in the form.
    let is_of_something = is_of_something || (method, path) == ("post", "/console/settings/tokens");
    // Samples are nobody's.
    let is_of_something = is_of_something && path != "/console/settings/letters/{kind}";
    let is_of_a_queue = is_of_something
        && ["/console/holds/", "/console/outbox/"].iter().any(|of| path.starts_with(of))
        && !path.ends_with("/letter");
    match asker.role {
        None if method == "get" => (status != 303).then_some("nobody is not sent to log in"),
        None => (status != 401).then_some("nobody is not stopped"),
        Some(role) if role < least => (status != 403).then_some("the role is not stopped"),
        // What is not there any more and what lies elsewhere are not told apart.
        Some(_) if is_of_a_queue && !asker.is_here => (status != 409).then_some("it is there for a stranger's county"),
        Some(_) if is_of_something && !asker.is_here => {
            (status != 404).then_some("it is there for a stranger's county")
        }
        // Evidence is bundled by a proposal; this case has none yet.
        Some(_) if path == "/console/cases/{id}/bundle" => (status != 404).then_some("there is a bundle of nothing"),
        Some(_) => {
            ([401, 403, 404, 405].contains(&status) || status >= 500).then_some("it is not open to whom it should be")
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_is_open_to_whom_it_should_be_and_to_nobody_else() {
    told(async |house| {
        let mut county = county(&house).await;
        let everybody = everybody(&house).await;
        county.file = sent(&house).await;
        let mut wrong = Vec::new();
        // To log out is tried last of all.
        let (last, routes): (Vec<_>, Vec<_>) = ROUTES.iter().partition(|route| route.1 == "/console/log-out");
        for &(method, path, least) in routes.into_iter().chain(last) {
            let Some(at) = county.fill(path) else {
                wrong.push(format!("{method} {path}: nothing is known here that could stand in it"));
                continue;
            };
            for asker in &everybody {
                let status = ask(asker, method, &at, path).await;
                if let Some(what) = complaint(method, path, least, asker, status) {
                    let place = if asker.is_here { "here" } else { "elsewhere" };
                    wrong.push(format!("{method} {path} by {:?} {place}: {status}: {what}", asker.role));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_without_the_sessions_own_token_does_nothing_anywhere() {
    told(async |house| {
        let county = county(&house).await;
        let admin = house.person("wang", AccountRole::Admin, HERE).await;
        let other = house.person("li", AccountRole::Admin, HERE).await.get("/console/me").await.form_token();
        let before = audit::chain(&mut house.test.db.read().await.unwrap(), "accounts", 0, 1_000).await.unwrap();
        for (_, path, _) in ROUTES.iter().filter(|route| route.0 == "post") {
            let Some(at) = county.fill(path) else { continue };
            for token in ["", "x", &other] {
                let fields: Vec<_> = fields(path).iter().copied().chain([("form_token", token)]).collect();
                assert_eq!(admin.send_form(&at, &fields).await.status, 403, "{path}");
            }
        }
        let after = audit::chain(&mut house.test.db.read().await.unwrap(), "accounts", 0, 1_000).await.unwrap();
        assert_eq!(after, before);
    })
    .await;
}

/// Acts of an account, but that it logged in.
async fn acts_of(house: &House, account: &str) -> Vec<String> {
    let mut tx = house.test.db.read().await.unwrap();
    let mut all = Vec::new();
    for chain in audit::chains(&mut tx, "", 1_000).await.unwrap() {
        all.extend(audit::chain(&mut tx, &chain, 0, 1_000).await.unwrap());
    }
    let theirs = all.into_iter().filter(|act| act.actor == format!("account:{account}") && act.action != "logged_in");
    theirs.map(|act| format!("{} {}", act.chain, act.action)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_form_names_of_another_county_is_not_there_either() {
    told(async |house| {
        let county = county(&house).await;
        let stranger = house.person("there", AccountRole::Admin, ELSEWHERE).await;
        house.account("theirs", AccountRole::Viewer, ELSEWHERE).await;
        let token = stranger.get("/console/me").await.form_token();
        let seen = format!("{}:1:x", county.notice);
        let new = [("name", "x"), ("person", "李某"), ("region", HERE), ("role", "admin"), ("body", "office")];
        let own = "/console/settings/users/theirs";
        let asked: &[(&str, &[(&str, &str)])] = &[
            ("/console/notices/approve", &[("id", &county.notice)]),
            ("/console/notices/approve", &[("seen", &seen)]),
            ("/console/cases/open", &[("site", SITE), ("ground", "other"), ("why", "来信"), ("confirm", "0")]),
            ("/console/outbox/good", &[("address", "office1@www.yunxi.gov.test"), ("confirm", "0")]),
            ("/console/circulars", &[("area", HERE), ("from", "2026-10-01"), ("until", "2026-10-31")]),
            ("/console/circulars", &[("area", "000000"), ("from", "2026-10-01"), ("until", "2026-10-31")]),
            ("/console/settings/new-user", &new),
            ("/console/settings/tokens", &[("account", "subject"), ("days", "1")]),
            (own, &[("region", HERE), ("role", "viewer"), ("body", "office")]),
            (own, &[("region", "140000"), ("role", "viewer"), ("body", "office")]),
            (own, &[("region", "1403"), ("role", "viewer"), ("body", "office")]),
        ];
        for (path, fields) in asked {
            let fields: Vec<_> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
            let answer = stranger.send_form(path, &fields).await;
            assert!((400..500).contains(&answer.status), "{path} {fields:?}: {}", answer.status);
            assert!(!answer.body.contains("云溪县人民政府办公室"), "{path} gives it away");
        }
        let sites = [("key", SITE), ("key", FOLDER), ("confirmed", "yes"), ("form_token", token.as_str())];
        let passed_over = stranger.send_form("/console/sites/recheck", &sites).await;
        assert_eq!(passed_over.location(), "/console/sites?told=recheck&number=0");
        for form in ["csv", "xlsx"] {
            let asked = format!("/console/sites.{form}?region={HERE}&q=");
            let (none, whole) = (stranger.get(&asked).await, stranger.get(&format!("/console/sites.{form}")).await);
            assert!(none.status == 200 && none.body.len() < whole.body.len() && !whole.body.contains(SITE), "{form}");
        }
        assert_eq!(acts_of(&house, "there").await, Vec::<String>::new(), "and nothing was done");
    })
    .await;
}

/// What nobody's browser sends by itself.
const HOSTILE: [&str; 8] = [
    "%00",
    "a%00b",
    "%ff",
    "%F0%9F%98%80%E2%80%AE",
    "%25_%5C%27%22%3Cscript%3E",
    "-1",
    "99999999999999999999",
    "%E5%BE%88%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF%E9%95%BF",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_stands_in_an_address_or_a_form_is_answered_by_a_page_that_says_so() {
    told(async |house| {
        let admin = house.person("wang", AccountRole::Admin, HERE).await;
        let token = admin.get("/console/me").await.form_token();
        let fields = "days page q region queue told number state from until key kind code domain cn sort to days";
        let mut wrong = Vec::new();
        for (method, path, _) in ROUTES.iter().filter(|route| !route.1.ends_with("log-out")) {
            for hostile in HOSTILE {
                let at: Vec<_> =
                    path.split('/').map(|part| if part.starts_with('{') { hostile } else { part }).collect();
                let asked: Vec<_> = fields.split(' ').map(|field| format!("{field}={hostile}")).collect();
                let (at, query) = (at.join("/"), asked.join("&"));
                let answers = if *method == "get" {
                    vec![admin.get(&at).await, admin.get(&format!("{at}?{query}")).await]
                } else {
                    let body = format!("form_token={token}&{query}&id={hostile}&seen={hostile}&name={hostile}");
                    let request = admin.client().post(admin.url(&at));
                    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
                    vec![admin.send(request).await]
                };
                for answer in answers.iter().filter(|answer| answer.status >= 500 || answer.body.starts_with("Failed"))
                {
                    wrong.push(format!("{method} {at}: {}: {}", answer.status, answer.body));
                }
            }
        }
        for name in ["wang\0", "\0", "wang' OR 1=1", &"王".repeat(5_000)] {
            let status = house.stranger().log_in(name, "\0").await.status;
            assert!([401, 429].contains(&status), "{name:?}: {status}");
        }
        assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_county_is_shown_nothing_of_this_one() {
    told(async |house| {
        let county = county(&house).await;
        let stranger = house.person("there", AccountRole::Admin, ELSEWHERE).await;
        let ours = [SITE, "云溪县", &county.notice, &county.case, &county.lead, &county.token, ">subject<"];
        // Sample letters speak of an invented county that bears the same name.
        let is_sample = |path: &str| path == "/console/settings/letters";
        let shown = ROUTES.iter().filter(|route| route.0 == "get" && !route.1.contains('{'));
        for (_, path, _) in shown.filter(|route| !is_sample(route.1)) {
            let page = stranger.get(path).await;
            for word in ours {
                assert!(!page.body.contains(word), "{path} gives away {word}");
            }
        }
        let own = house.person("here", AccountRole::Admin, HERE).await;
        assert!(own.get("/console/settings/users").await.body.contains(">subject<"), "whose it is sees it");
        let looks = audit::chain(&mut house.test.db.read().await.unwrap(), VIEWS, 0, 10).await.unwrap();
        assert!(looks.is_empty(), "and there was nothing to look at: {looks:?}");
    })
    .await;
}
