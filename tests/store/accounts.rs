//! Accounts and tokens, and whom a token lets in.

use badgewatch::domain::account::{AccountRole, Actor, Body};
use badgewatch::flow::accounts::{AccountError, NewAccount, OPERATOR, add_account};
use badgewatch::store::accounts::{self, Account, Token};
use badgewatch::store::{Db, audit, credentials};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

pub fn account(id: &str, name: &str, role: AccountRole) -> Account {
    Account {
        id: id.to_owned(),
        name: name.to_owned(),
        person: "陈某某".to_owned(),
        body: Body::Office,
        region: "140214".to_owned(),
        role,
        made_at: at(0),
        disabled_at: None,
        password_at: None,
        password_first: false,
        device_at: None,
    }
}

fn token(id: &str, account_id: &str, made: i64, expires: i64) -> Token {
    let (id, account_id) = (id.to_owned(), account_id.to_owned());
    Token {
        id,
        account_id,
        made_at: at(made),
        expires_at: at(expires),
        revoked_at: None,
        made_by: Some("account:wang".into()),
    }
}

async fn lets_in(stage: &Stage, hash: &str, minute: i64) -> Option<Actor> {
    ask!(stage, accounts::actor_of, hash, at(minute))
}

#[tokio::test]
async fn a_name_is_given_once() {
    told(0, async |stage| {
        let chen = account("1", "chen", AccountRole::Officer);
        assert!(tell!(stage, accounts::add, &chen));
        assert!(!tell!(stage, accounts::add, &account("2", "chen", AccountRole::Admin)));
        assert!(tell!(stage, accounts::add, &account("3", "bai", AccountRole::Viewer)));
        assert_eq!(ask!(stage, accounts::by_name, "chen"), Some(chen.clone()));
        assert_eq!(ask!(stage, accounts::by_name, "nobody"), None);
        let names: Vec<_> = ask!(stage, accounts::list).into_iter().map(|account| account.name).collect();
        assert_eq!(names, ["bai", "chen"]);

        assert!(tell!(stage, accounts::disable, "1", at(5)));
        assert!(!tell!(stage, accounts::disable, "1", at(6)), "it is shut already");
        assert!(!tell!(stage, accounts::disable, "9", at(6)));
        assert_eq!(ask!(stage, accounts::by_name, "chen").unwrap().disabled_at, Some(at(5)));
        assert!(!tell!(stage, accounts::add, &chen), "its name stays its own");
    })
    .await;
}

#[tokio::test]
async fn a_token_lets_in_until_it_is_over_taken_back_or_its_account_shut() {
    told(0, async |stage| {
        tell!(stage, accounts::add, &account("1", "chen", AccountRole::Officer));
        tell!(stage, accounts::add, &account("2", "bai", AccountRole::Approver));
        for (id, account, hash) in [("a", "1", "aa"), ("b", "1", "bb"), ("c", "2", "cc")] {
            tell!(stage, accounts::add_token, &token(id, account, 0, 60), hash);
        }
        let chen = lets_in(stage, "aa", 59).await.unwrap();
        assert_eq!((chen.account_id.as_str(), chen.name.as_str(), chen.role), ("1", "chen", AccountRole::Officer));
        assert_eq!(chen.region, "140214");
        assert_eq!(lets_in(stage, "aa", 60).await, None, "over from that moment on");
        assert_eq!(lets_in(stage, "AA", 1).await, None);

        assert_eq!(tell!(stage, accounts::revoke, "a", at(5)).as_deref(), Some("chen"));
        assert_eq!(tell!(stage, accounts::revoke, "a", at(6)), None, "once");
        assert_eq!(tell!(stage, accounts::revoke, "z", at(6)), None);
        assert!(lets_in(stage, "aa", 6).await.is_none() && lets_in(stage, "bb", 6).await.is_some());

        tell!(stage, accounts::disable, "1", at(7));
        assert!(lets_in(stage, "bb", 8).await.is_none(), "with its account");
        assert_eq!(lets_in(stage, "cc", 8).await.unwrap().name, "bai", "and nobody else's");

        let listed = ask!(stage, accounts::tokens, "1");
        let revoked: Vec<_> = listed.iter().map(|token| (token.id.as_str(), token.revoked_at)).collect();
        assert_eq!(revoked, [("b", None), ("a", Some(at(5)))]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_who_are_added_at_once_everyone_is_on_record() {
    told(0, async |stage| {
        let adding = (0..8).map(|number| tokio::spawn(add(stage.db().clone(), number)));
        for added in futures_util::future::join_all(adding).await {
            added.unwrap().unwrap();
        }
        let acts = ask!(stage, audit::chain, "accounts", 0, 99);
        let links: Vec<_> = acts.iter().map(|act| act.seq).collect();
        assert_eq!(links, [1, 2, 3, 4, 5, 6, 7, 8], "one chain, without a gap");
        assert!(acts.windows(2).all(|pair| pair[1].prev_hash == pair[0].hash));
    })
    .await;
}

async fn add(db: Db, number: u32) -> Result<Account, AccountError> {
    let (name, person, region) = (format!("chen{number}"), "陈某某".to_owned(), "140214".to_owned());
    add_account(
        &db,
        &NewAccount { name, person, body: Body::Office, region, role: AccountRole::Officer },
        OPERATOR,
        at(0),
    )
    .await
}

#[tokio::test]
async fn who_handed_out_what_lets_an_account_in_is_known() {
    told(0, async |stage| {
        tell!(stage, accounts::add, &account("1", "chen", AccountRole::Officer));
        assert!(ask!(stage, accounts::hands_of, "chen", at(1)).is_empty());
        tell!(stage, accounts::add_token, &token("a", "1", 0, 60), "aa");
        tell!(stage, credentials::set_password, "chen", "phc", true, at(1), Some("account:bai"));
        tell!(stage, credentials::set_password, "chen", "own", false, at(2), None);
        assert_eq!(ask!(stage, accounts::hands_of, "chen", at(3)), ["account:bai", "account:wang"]);
        assert_eq!(ask!(stage, accounts::hands_of, "chen", at(60)), ["account:bai"], "the token is over");
        tell!(stage, credentials::set_password, "chen", "phc", true, at(4), Some("operator"));
        tell!(stage, accounts::revoke, "a", at(5));
        assert_eq!(ask!(stage, accounts::hands_of, "chen", at(6)), ["operator"]);
        assert!(ask!(stage, accounts::hands_of, "nobody", at(6)).is_empty());
    })
    .await;
}
