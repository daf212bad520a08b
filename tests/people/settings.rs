//! Administrators and the accounts of their region.

use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::flow::accounts::{self, OPERATOR};
use badgewatch::store::accounts as store;

use crate::door::acts;
use crate::support::bureau::{ELSEWHERE, HERE};
use crate::support::console::{Answer, House, PASSWORD, Person, told};

const USERS: &str = "/console/settings/users";
const NEW: &str = "/console/settings/new-user";

async fn add(admin: &Person, name: &str, region: &str, role: &str) -> Answer {
    let fields = [("name", name), ("person", "李某"), ("region", region), ("role", role), ("body", "supervisor")];
    admin.submit(NEW, NEW, &fields).await
}

async fn on_file(house: &House, name: &str) -> Option<store::Account> {
    store::by_name(&mut house.test.db.read().await.unwrap(), name).await.unwrap()
}

#[tokio::test]
async fn an_admin_adds_somebody_whose_first_password_is_shown_once() {
    told(async |house| {
        let admin = house.person("wang", AccountRole::Admin, "140200").await;
        assert!(admin.get("/console/settings").await.texts(".choices strong").contains(&"账号".to_owned()));
        let page = add(&admin, "li", HERE, "approver").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let first = page.text("#secret");
        assert!(!admin.get("/console/settings/users/li").await.body.contains(&first), "once");
        let li = on_file(&house, "li").await.unwrap();
        assert_eq!(
            (li.role, li.body, li.region.as_str(), li.password_first),
            (AccountRole::Approver, Body::Supervisor, HERE, true)
        );
        assert_eq!(house.stranger().log_in("li", &first).await.location(), "/console");
        let recorded = acts(&house).await;
        let by: Vec<_> = recorded.iter().filter(|act| act.2["account"] == "li" && act.1 != "logged_in").collect();
        assert!(by.iter().all(|act| act.0 == "account:wang") && by.len() == 2, "{by:?}");
        assert!(recorded.iter().all(|act| !act.2.to_string().contains(&first)));

        for (name, region, why) in [
            ("li", HERE, "已被使用过"),
            ("Li", HERE, "小写字母"),
            ("zhao", "149999", "没有这个地区"),
            ("zhao", ELSEWHERE, "本地区及下级"),
            ("zhao", "140000", "本地区及下级"),
            ("zhao", "000000", "本地区及下级"),
        ] {
            let page = add(&admin, name, region, "admin").await;
            assert_eq!(page.status, 422, "{name} {region}");
            assert!(page.text(".wrong").contains(why), "{}", page.text(".wrong"));
        }
        assert_eq!(on_file(&house, "zhao").await, None);
    })
    .await;
}

#[tokio::test]
async fn an_admin_changes_disables_and_resets_others_and_not_themselves() {
    told(async |house| {
        let admin = house.person("wang", AccountRole::Admin, HERE).await;
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let at = "/console/settings/users/chen";
        let change = async |at: &str, role: &str, region: &str| {
            let fields = [("role", role), ("region", region), ("body", "office")];
            admin.submit(NEW, at, &fields).await
        };
        assert_eq!(change(at, "viewer", HERE).await.location(), format!("{at}?told=changed"));
        assert_eq!(on_file(&house, "chen").await.unwrap().role, AccountRole::Viewer, "from the next request on");
        let page = change(at, "admin", "140000").await;
        assert_eq!((page.status, on_file(&house, "chen").await.unwrap().role), (422, AccountRole::Viewer));

        assert!(admin.get(&format!("{at}/password")).await.body.contains("chen（某）"), "it says whom it touches");
        let second = admin.submit(NEW, &format!("{at}/password"), &[]).await.text("#secret");
        assert_eq!(chen.get("/console").await.location(), "/console/log-in?to=%2Fconsole");
        assert_eq!(chen.log_in("chen", PASSWORD).await.status, 401);
        assert_eq!(chen.log_in("chen", &second).await.status, 303);
        assert_eq!(admin.submit(NEW, &format!("{at}/reset-device"), &[]).await.status, 409, "there is none");
        assert_eq!(admin.submit(NEW, &format!("{at}/disable"), &[]).await.location(), format!("{at}?told=disabled"));
        assert_eq!(chen.log_in("chen", &second).await.status, 401);
        assert_eq!(admin.submit(NEW, &format!("{at}/disable"), &[]).await.status, 409);
        assert_eq!(admin.get(&format!("{at}/promote")).await.status, 404);

        let own = "/console/settings/users/wang";
        assert_eq!(change(own, "viewer", HERE).await.status, 422);
        for act in ["disable", "password", "reset-device"] {
            assert_eq!(admin.submit(NEW, &format!("{own}/{act}"), &[]).await.status, 409, "{act}");
        }
        assert_eq!(admin.get(USERS).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn accounts_and_tokens_elsewhere_are_not_there() {
    told(async |house| {
        let admin = house.person("wang", AccountRole::Admin, HERE).await;
        house.account("far", AccountRole::Officer, ELSEWHERE).await;
        house.account("above", AccountRole::Officer, "140000").await;
        house.account("near", AccountRole::Officer, HERE).await;
        let token = async |name: &str| {
            accounts::issue_token(&house.test.db, name, 7, OPERATOR, house.clock.now()).await.unwrap().token.id
        };
        let (far, near) = (token("far").await, token("near").await);
        assert_eq!(admin.get(USERS).await.texts("td code"), ["near", "wang"]);
        let tokens = admin.get("/console/settings/tokens").await;
        assert_eq!(tokens.texts("td code"), ["near"]);
        assert!(!tokens.body.contains("far"));
        for name in ["far", "above", "nobody"] {
            for act in ["", "/password", "/disable", "/reset-device"] {
                let at = format!("{USERS}/{name}{act}");
                assert_eq!(admin.get(&at).await.status, 404, "{at}");
                let fields = [("role", "viewer"), ("region", HERE), ("body", "office")];
                assert_eq!(admin.submit(NEW, &at, &fields).await.status, 404, "{at}");
            }
        }
        let issue = async |name: &str, days: &str| {
            let fields = [("account", name), ("days", days)];
            admin.submit(NEW, "/console/settings/tokens", &fields).await
        };
        assert_eq!((issue("far", "7").await.status, issue("near", "0").await.status), (404, 422));
        let text = issue("near", "7").await.text("#secret");
        assert!(text.starts_with("bw_") && text.len() == 46, "{text}");

        let at = |id: &str| format!("/console/settings/tokens/{id}");
        assert_eq!(admin.get(&at(&far)).await.status, 404);
        assert_eq!(admin.submit(NEW, &at(&far), &[]).await.status, 404);
        assert!(admin.get(&at(&near)).await.text("dd").contains("near"));
        assert_eq!(admin.submit(NEW, &at(&near), &[]).await.status, 303);
        assert_eq!(admin.submit(NEW, &at(&near), &[]).await.status, 404, "once");
        assert!(accounts::tokens(&house.test.db, "far").await.unwrap()[0].revoked_at.is_none());
    })
    .await;
}
