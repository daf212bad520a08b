//! The office on the command line, by the real binary: the same people, the same rights.

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::lead::Written;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::leads;
use chrono::Days;
use tempfile::TempDir;

use crate::support::bureau::{HERE, OTHER_SITE, SITE, confirm, registry, settle};
use crate::support::db::{TestDb, every_engine, register};
use crate::support::{Run, badgewatch};

/// A database with drafted notices of two counties, and the settings that lead to it.
pub struct House {
    test: TestDb,
    folder: TempDir,
}

impl House {
    pub async fn build(test: TestDb) -> Self {
        let now = Clock::System.now();
        register(&test.db, &registry(), now).await;
        let shared = app::shared(Config::default(), test.db.clone(), Clock::System).await.unwrap();
        for site in [SITE, OTHER_SITE] {
            confirm(&test.db, site, FindingCode::NotHung, now).await;
        }
        settle(&test.db, &shared.desk, now).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("office.toml"), format!("database.url = \"{}\"\n", test.url)).unwrap();
        Self { test, folder }
    }

    fn run(&self, args: &[&str]) -> Run {
        let file = self.folder.path().join("office.toml");
        badgewatch(args.iter().chain(&["--config", file.to_str().unwrap()]))
    }

    /// A command that does it; what it prints.
    pub fn done(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, Some(0), "{args:?}: {}{}", run.stdout, run.stderr);
        run.stdout
    }

    /// A command that does not; what it says.
    pub fn refused(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert!(run.code.is_some_and(|code| code != 0) && run.stdout.is_empty(), "{args:?}: {}", run.stdout);
        run.stderr
    }

    /// Adds a person; the token, as it is shown once.
    pub fn person(&self, name: &str, role: &str, region: &str) -> String {
        self.done(&["user", "add", name, "--person", "某某某", "--region", region, "--role", role, "--no-password"]);
        let token = self.done(&["token", "issue", name, "--days", "7"]);
        assert!(token.starts_with("bw_") && token.trim().len() == 46, "{token}");
        token.trim().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_let_in_by_their_tokens_until_they_are_not() {
    for test in every_engine().await {
        let house = House::build(test).await;
        let token = house.person("chen", "officer", HERE);
        let add = |name: &str, region: &str, role: &str| {
            house.refused(&["user", "add", name, "--person", "某某", "--region", region, "--role", role])
        };
        assert!(add("chen", HERE, "viewer").contains("given before"));
        assert!(add("Chen", HERE, "viewer").contains("a-z"));
        assert!(add("liu", "149999", "viewer").contains("GB/T 2260"));
        assert!(add("liu", HERE, "boss").contains("viewer, officer, approver or admin"));
        assert!(house.refused(&["token", "issue", "nobody"]).contains("no such account"));
        assert!(house.refused(&["token", "issue", "chen", "--days", "367"]).contains("1 to 366"));
        assert!(house.done(&["user", "list"]).starts_with("chen                 officer  140214  某某某（编办）\n"));

        assert!(house.refused(&["notice", "list"]).contains("who are you?"));
        assert!(house.refused(&["notice", "list", "--token", "bw_x"]).contains("lets nobody in"));
        let listed = house.done(&["notice", "list", "--token", &token]);
        assert!(listed.contains(SITE) && !listed.contains(OTHER_SITE), "{listed}");

        let tokens = house.done(&["token", "list", "chen"]);
        let id = tokens.split_whitespace().next().unwrap();
        assert!(tokens.ends_with("good\n") && !tokens.contains(&token), "{tokens}");
        house.done(&["token", "revoke", id]);
        assert!(house.refused(&["token", "revoke", id]).contains("revoked already"));
        assert!(house.refused(&["notice", "list", "--token", &token]).contains("lets nobody in"));

        let second = house.done(&["token", "issue", "chen"]);
        house.done(&["notice", "list", "--token", second.trim()]);
        house.done(&["user", "disable", "chen"]);
        assert!(house.refused(&["notice", "list", "--token", second.trim()]).contains("lets nobody in"));
        assert!(house.refused(&["token", "issue", "chen"]).contains("disabled"));

        let mut tx = house.test.db.read().await.unwrap();
        let acts = badgewatch::store::audit::chain(&mut tx, "accounts", 0, 99).await.unwrap();
        assert!(acts.iter().all(|act| act.actor == "operator" && !act.body.contains(&token)));
        let actions: Vec<_> = acts.iter().map(|act| act.action.as_str()).collect();
        assert_eq!(actions, ["account_added", "token_issued", "token_revoked", "token_issued", "account_disabled"]);
        assert!(house.done(&["audit", "verify"]).ends_with("everything holds\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_takes_a_notice_from_draft_to_its_end() {
    for test in every_engine().await {
        let house = House::build(test).await;
        let (officer, viewer) = (house.person("chen", "officer", HERE), house.person("bai", "viewer", HERE));
        let elsewhere = house.person("liu", "admin", "140311");
        let listed = house.done(&["notice", "list", "--state", "drafted", "--token", &officer]);
        let id = listed.split_whitespace().next().unwrap();
        let act = |args: &[&str], token: &str| -> Vec<String> {
            [&["notice"], args, &["--token", token]].concat().into_iter().map(str::to_owned).collect()
        };
        let run =
            |args: &[&str], token: &str| house.run(&act(args, token).iter().map(String::as_str).collect::<Vec<_>>());

        assert!(run(&["approve", id], &viewer).stderr.contains("not within your role"));
        assert!(run(&["approve", id], &elsewhere).stderr.contains("there is none here"));
        let approved = run(&["approve", id], &officer).stdout;
        assert!(approved.starts_with("标识改〔") && approved.contains("待发出 (queued)"), "{approved}");
        let number = approved.split_whitespace().next().unwrap();
        assert!(run(&["approve", number], &officer).stderr.contains("nothing waits for approval"));

        let queue = house.done(&["mail", "queue", "--token", &viewer]);
        assert_eq!(queue, "waiting    1\n");
        assert_eq!(house.done(&["mail", "release", "--token", &officer]), "0 let go\n");
        assert!(house.refused(&["mail", "release", "--token", &viewer]).contains("not within your role"));
        let none = house.refused(&["mail", "bounced", "<x@yunxi.example>", "--why", "550", "--token", &officer]);
        assert!(none.contains("there is none here"), "{none}");

        assert_eq!(house.done(&["mail", "bad", "--token", &viewer]), "");
        let mut tx = house.test.db.write().await.unwrap();
        let gone = format!("office1@{SITE}");
        badgewatch::store::contacts::mark_bad(&mut tx, &gone, "550 gone", Clock::System.now()).await.unwrap();
        tx.commit().await.unwrap();
        let bad = house.done(&["mail", "bad", "--token", &viewer]);
        assert!(bad.starts_with(&format!("{gone}  since ")) && bad.ends_with("  550 gone\n"), "{bad}");
        assert_eq!(house.done(&["mail", "bad", "--token", &elsewhere]), "");
        assert!(house.refused(&["mail", "good", &gone, "--token", &elsewhere]).contains("there is none here"));
        assert!(house.refused(&["mail", "good", &gone, "--token", &viewer]).contains("not within your role"));
        assert!(house.done(&["mail", "good", &gone, "--token", &officer]).contains("gets mail again"));
        assert!(house.refused(&["mail", "good", &gone, "--token", &officer]).contains("there is none here"));
        let unknown = house.refused(&["mail", "settle", "x", "--why", "当面送达", "--token", &officer]);
        assert!(unknown.contains("there is none here"), "{unknown}");

        let ahead = |days: u64| (Clock::System.today() + Days::new(days)).to_string();
        let today = ahead(0);
        let told = run(&["delivered", number, &today], &officer).stdout;
        assert!(told.contains("已告知 (sent)  期限 "), "{told}");
        let slip = run(&["extend", number, "2099-01-05", "--why", "系统改造"], &officer).stderr;
        assert!(slip.contains("延期至多到 366 天以后"), "{slip}");
        let (far, extended_to) = (ahead(200), format!("延期至 {}", ahead(200)));
        let far = far.as_str();
        let extended = run(&["extend", number, far, "--why", "系统改造"], &officer).stdout;
        assert!(extended.contains(&format!("期限 {far}")), "{extended}");
        let [from, until] = [ahead(40), ahead(41)];
        let announce = |until| ["maintenance", "announce", SITE, &from, until, "--reason", "公告", "--token", &officer];
        assert!(house.refused(&announce("2099-01-02")).contains("维护期至多公告到 60 天以后"));
        let noted = house.done(&announce(&until));
        assert!(noted.contains(&format!("on file; its notice is due on {far}")), "{noted}");
        let report = house.done(&["report", "note", SITE, "2025-01-05", "--token", &officer]);
        assert_eq!(report, format!("{SITE}: report of 2025-01-05 on file\n"));
        let unclear = run(&["answer", number, "objection", "--grant", "--refuse", "--text", "x"], &officer);
        assert_eq!(unclear.code, Some(64), "{}", unclear.stderr);
        let none = run(&["answer", number, "objection", "--refuse", "--text", "x"], &officer);
        assert!(none.stderr.contains("nothing of this kind waits"), "{}", none.stderr);

        let shown = run(&["show", number], &viewer).stdout;
        for words in ["未挂标 (not_hung)", "截止 ", "计入 ", &extended_to, "account:chen", "当面或书面送达", "系统改造"]
        {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let json = run(&["show", number, "--json"], &viewer).json();
        assert_eq!((&json["number"], &json["due_on"]), (&number.into(), &far.into()));
        let withdrawn = run(&["withdraw", number, "--why", "误报"], &officer).stdout;
        assert!(withdrawn.contains("已撤回 (withdrawn)"), "{withdrawn}");
        assert!(run(&["close", number, "--why", "x"], &officer).stderr.contains("the notice is over"));
        assert!(house.done(&["audit", "verify"]).ends_with("everything holds\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_is_read_and_put_away_and_another_followed() {
    for test in every_engine().await {
        let house = House::build(test).await;
        let report = async |host: &str, badge: &str| {
            let written = Written {
                host: host.into(),
                badge: badge.into(),
                text: "像仿冒的\u{9}网站".into(),
                contact: "z@mail.example".into(),
            };
            leads::report(&house.test.db, &written.read().unwrap(), Clock::System.now()).await.unwrap();
        };
        report("copy.example", "CA182050000410000010001").await;
        report("forged.example", "").await;
        let (officer, viewer) = (house.person("chen", "officer", HERE), house.person("bai", "viewer", HERE));
        let country = house.person("guo", "officer", "000000");
        let ids = |token: &str| -> Vec<String> {
            let listed = house.done(&["lead", "list", "--state", "new", "--kind", "report", "--token", token]);
            listed.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
        };
        let (own, all) = (ids(&officer), ids(&country));
        assert_eq!((own.len(), all.len()), (1, 2));
        let shown = house.done(&["lead", "show", &own[0], "--token", &officer]);
        for words in ["公众举报", "copy.example", SITE, "像仿冒的 网站", "z@mail.example", "reported"] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(!house.done(&["lead", "show", &own[0], "--token", &viewer]).contains("z@mail"));
        let dismiss = |token: &str| house.run(&["lead", "dismiss", &own[0], "--why", "镜像网站", "--token", token]);
        assert!(dismiss(&viewer).stderr.contains("not within your role"));
        assert!(dismiss(&officer).stdout.contains("不予跟进 (dismissed)"));
        assert!(dismiss(&officer).stderr.contains("somebody has decided it"));

        let forged = all.iter().find(|id| **id != own[0]).unwrap();
        let follow = ["lead", "follow", forged, "--seen", "打不开的标识", "--token", &country];
        assert!(house.refused(&follow).contains("against which receipt"));
        let done = house.done(&[&follow[..], &["--to", "举报中心", "--receipt", "118"]].concat());
        assert!(done.contains("已跟进 (followed)"), "{done}");
        assert!(house.done(&["audit", "verify"]).ends_with("everything holds\n"));
    }
}
