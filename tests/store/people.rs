//! What people log in with, where they are logged in, and what they looked at.

use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::domain::personal::Personal;
use badgewatch::store::accounts::{self, Account, Token};
use badgewatch::store::credentials;
use badgewatch::store::sessions::{self, Session};
use badgewatch::store::views;

use super::accounts::account;
use super::stage::{Stage, at, told};
use crate::{ask, tell};

fn session(id: &str, account_id: &str, minute: i64) -> Session {
    Session {
        id: id.to_owned(),
        account_id: account_id.to_owned(),
        form_token: format!("form {id}"),
        is_full: false,
        address: Some("203.0.113.9".to_owned()),
        made_at: at(minute),
        seen_at: at(minute),
        expires_at: at(minute + 60),
    }
}

async fn chen(stage: &Stage) {
    tell!(stage, accounts::add, &account("1", "chen", AccountRole::Officer));
    assert_eq!(
        tell!(stage, credentials::set_password, "chen", "phc", true, at(1), Some("operator")).as_deref(),
        Some("1")
    );
}

#[tokio::test]
async fn a_password_is_that_of_an_account_that_is_not_disabled() {
    told(0, async |stage| {
        tell!(stage, accounts::add, &account("1", "chen", AccountRole::Officer));
        assert_eq!(ask!(stage, credentials::password_of, "chen"), None, "it has none yet");
        assert_eq!(tell!(stage, credentials::set_password, "nobody", "phc", true, at(1), None), None);
        assert_eq!(
            tell!(stage, credentials::set_password, "chen", "phc", true, at(1), Some("operator")).as_deref(),
            Some("1")
        );
        let kept = ask!(stage, credentials::password_of, "chen").unwrap();
        assert_eq!((kept.account_id.as_str(), kept.phc.as_str(), kept.has_device), ("1", "phc", false));
        assert_eq!((kept.is_first, kept.made_at), (true, Some(at(1))));
        let read = ask!(stage, accounts::by_name, "chen").unwrap();
        assert_eq!((read.password_at, read.password_first), (Some(at(1)), true));
        tell!(stage, accounts::disable, "1", at(2));
        assert_eq!(ask!(stage, credentials::password_of, "chen"), None);
        assert_eq!(tell!(stage, credentials::set_password, "chen", "phc", true, at(3), None), None);
    })
    .await;
}

#[tokio::test]
async fn log_ins_in_vain_are_counted_until_one_is_not() {
    told(0, async |stage| {
        chen(stage).await;
        let mut counts = Vec::new();
        for _ in 0..3 {
            counts.push(tell!(stage, credentials::failed, "1"));
        }
        assert_eq!(counts, [1, 2, 3]);
        let kept = ask!(stage, credentials::password_of, "chen").unwrap();
        assert!(tell!(stage, credentials::succeeded, &kept));
        assert_eq!(tell!(stage, credentials::failed, "1"), 1);
        assert_eq!(tell!(stage, credentials::failed, "9"), 0, "there is no such account");
        tell!(stage, credentials::set_device, "1", "SECRET", 10, at(5));
        assert!(!tell!(stage, credentials::succeeded, &kept), "a code is asked for by now");
        let kept = ask!(stage, credentials::password_of, "chen").unwrap();
        tell!(stage, credentials::set_password, "chen", "other", false, at(6), None);
        assert!(!tell!(stage, credentials::succeeded, &kept), "it is not the password any more");
    })
    .await;
}

#[tokio::test]
async fn a_step_of_a_second_device_is_used_up_with_all_before_it() {
    told(0, async |stage| {
        chen(stage).await;
        assert_eq!(ask!(stage, credentials::device, "1"), None);
        assert!(!tell!(stage, credentials::use_step, "1", 10), "there is none");
        assert!(tell!(stage, credentials::set_device, "1", "SECRET", 10, at(5)));
        assert!(!tell!(stage, credentials::set_device, "1", "OTHER", 11, at(6)), "it has one");
        assert_eq!(ask!(stage, credentials::device, "1").as_deref(), Some("SECRET"));
        assert!(ask!(stage, credentials::password_of, "chen").unwrap().has_device);
        assert_eq!(ask!(stage, accounts::by_name, "chen").unwrap().device_at, Some(at(5)));
        let mut used = Vec::new();
        for step in [10, 9, 12, 12, 11, 13] {
            used.push(tell!(stage, credentials::use_step, "1", step));
        }
        assert_eq!(used, [false, false, true, false, false, true]);
        assert_eq!(tell!(stage, credentials::reset_device, "chen").as_deref(), Some("1"));
        assert_eq!(tell!(stage, credentials::reset_device, "chen"), None);
        assert_eq!(ask!(stage, credentials::device, "1"), None);
    })
    .await;
}

#[tokio::test]
async fn a_session_lets_in_by_its_latest_secret_until_it_is_over() {
    told(0, async |stage| {
        chen(stage).await;
        tell!(stage, sessions::begin, &session("a", "1", 0), "one");
        let entered = ask!(stage, sessions::entered, "one", at(10), at(-20)).unwrap();
        assert_eq!((entered.session.clone(), entered.body), (session("a", "1", 0), Body::Office));
        assert_eq!((entered.actor.name.as_str(), entered.must_change, entered.has_device), ("chen", true, false));
        assert_eq!(ask!(stage, sessions::entered, "one", at(60), at(-20)), None, "over");
        assert_eq!(ask!(stage, sessions::entered, "one", at(10), at(0)), None, "idle");

        assert!(tell!(stage, sessions::rotate, &entered.session, "two", "form b", true));
        assert!(!tell!(stage, sessions::rotate, &entered.session, "three", "form c", true), "once");
        assert_eq!(ask!(stage, sessions::entered, "one", at(10), at(-20)), None);
        let again = ask!(stage, sessions::entered, "two", at(10), at(-20)).unwrap();
        assert_eq!((again.session.is_full, again.session.form_token.as_str()), (true, "form b"));
        tell!(stage, sessions::touch, "a", at(12));
        assert_eq!(ask!(stage, sessions::entered, "two", at(20), at(5)).unwrap().session.seen_at, at(12));
        assert!(tell!(stage, sessions::end, "a", at(21)));
        assert!(!tell!(stage, sessions::end, "a", at(22)));
        assert!(!tell!(stage, sessions::rotate, &again.session, "four", "form d", true), "it is over");
        assert_eq!(ask!(stage, sessions::entered, "two", at(22), at(5)), None);
    })
    .await;
}

#[tokio::test]
async fn all_sessions_of_an_account_end_but_one() {
    told(0, async |stage| {
        chen(stage).await;
        tell!(stage, accounts::add, &account("2", "bai", AccountRole::Viewer));
        for (id, account_id, minute) in [("a", "1", 0), ("b", "1", 1), ("c", "1", 2), ("d", "2", 3)] {
            tell!(stage, sessions::begin, &session(id, account_id, minute), id);
        }
        let open: Vec<_> =
            ask!(stage, sessions::open, "1", at(5), at(-20)).into_iter().map(|one| (one.id, one.address)).collect();
        let address = || Some("203.0.113.9".to_owned());
        assert_eq!(open, ["c", "b", "a"].map(|id| (id.to_owned(), address())), "the one used last first");
        assert_eq!(ask!(stage, sessions::open, "1", at(5), at(0)).len(), 2, "but those that are idle");
        assert_eq!(tell!(stage, sessions::end_all, "1", Some("b"), at(6)), 2);
        let open: Vec<_> = ask!(stage, sessions::open, "1", at(6), at(-20)).into_iter().map(|one| one.id).collect();
        assert_eq!(open, ["b"]);
        assert_eq!(tell!(stage, sessions::end_all, "1", None, at(6)), 1);
        assert_eq!(ask!(stage, sessions::open, "2", at(6), at(-20)).len(), 1, "nobody else's");
        assert_eq!(tell!(stage, sessions::purge, at(62)), 2, "what was over before");
        assert_eq!(ask!(stage, sessions::open, "2", at(6), at(-20)).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn accounts_and_tokens_are_those_of_an_area() {
    told(0, async |stage| {
        let of = |id: &str, name: &str, region: &str| Account {
            region: region.to_owned(),
            ..account(id, name, AccountRole::Officer)
        };
        for one in [of("1", "county", "140214"), of("2", "city", "140200"), of("3", "country", "000000")] {
            tell!(stage, accounts::add, &one);
            let token = Token {
                id: format!("t{}", one.id),
                account_id: one.id.clone(),
                made_at: at(0),
                expires_at: at(60),
                revoked_at: None,
                made_by: None,
            };
            tell!(stage, accounts::add_token, &token, &one.name);
        }
        for (area, names) in [("140214", vec!["county"]), ("1402", vec!["city", "county"]), ("1403", vec![])] {
            let found: Vec<_> = ask!(stage, accounts::list_within, area).into_iter().map(|one| one.name).collect();
            assert_eq!(found, names);
            let tokens: Vec<_> =
                ask!(stage, accounts::tokens_within, area, at(1)).into_iter().map(|(name, _)| name).collect();
            assert_eq!(tokens, names);
        }
        assert_eq!(ask!(stage, accounts::list_within, "").len(), 3);
        assert!(ask!(stage, accounts::tokens_within, "", at(60)).is_empty(), "over");
        assert_eq!(ask!(stage, accounts::by_name_within, "1402", "county").unwrap().id, "1");
        assert_eq!(ask!(stage, accounts::by_name_within, "140214", "city"), None);
        assert_eq!(ask!(stage, accounts::holder_within, "140214", "t1").as_deref(), Some("county"));
        assert_eq!(ask!(stage, accounts::holder_within, "140214", "t2"), None);
        tell!(stage, accounts::revoke, "t1", at(2));
        assert_eq!(ask!(stage, accounts::holder_within, "140214", "t1"), None);
    })
    .await;
}

#[tokio::test]
async fn what_an_account_is_for_is_changed_as_it_was_read() {
    told(0, async |stage| {
        chen(stage).await;
        let read = ask!(stage, accounts::by_name, "chen").unwrap();
        let to = (AccountRole::Approver, "140200", Body::Supervisor);
        assert!(tell!(stage, accounts::change, &read, to));
        assert!(
            !tell!(stage, accounts::change, &read, (AccountRole::Viewer, "140214", Body::Office)),
            "it was changed"
        );
        let read = ask!(stage, accounts::by_name, "chen").unwrap();
        assert_eq!((read.role, read.region.as_str(), read.body), (AccountRole::Approver, "140200", Body::Supervisor));
        tell!(stage, accounts::disable, "1", at(5));
        assert!(!tell!(stage, accounts::change, &read, to), "it is disabled");
    })
    .await;
}

#[tokio::test]
async fn a_look_is_noted_once_in_a_while() {
    told(0, async |stage| {
        chen(stage).await;
        let note = async |what, minute: i64| tell!(stage, views::note, "1", (what, "n1"), at(minute), at(minute - 60));
        assert_eq!(ask!(stage, views::last, "1", Personal::Notice, "n1"), None);
        assert!(note(Personal::Notice, 0).await);
        assert!(!note(Personal::Notice, 59).await && note(Personal::Case, 59).await);
        assert_eq!(ask!(stage, views::last, "1", Personal::Notice, "n1"), Some(at(0)));
        assert!(note(Personal::Notice, 60).await);
        assert_eq!(ask!(stage, views::last, "1", Personal::Notice, "n1"), Some(at(60)));
        assert_eq!(tell!(stage, views::purge, at(60)), 1, "the one of minute 59");
        assert_eq!(ask!(stage, views::last, "1", Personal::Notice, "n1"), Some(at(60)));
    })
    .await;
}
