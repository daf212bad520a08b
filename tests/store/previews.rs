//! Registry files that wait to be taken, and the rows that imports refused.

use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::domain::registry::{Column, Refusal, RefusalReason};
use badgewatch::flow::accounts::{NewAccount, OPERATOR, add_account};
use badgewatch::store::previews::{self, Kept};
use badgewatch::store::units::{self, Import};
use badgewatch::store::{accounts, new_id};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

async fn account(stage: &Stage, name: &str) -> String {
    let new = NewAccount {
        name: name.into(),
        person: name.into(),
        body: Body::Office,
        region: "140214".into(),
        role: AccountRole::Admin,
    };
    add_account(stage.db(), &new, OPERATOR, at(0)).await.unwrap();
    ask!(stage, accounts::by_name, name).unwrap().id
}

fn kept(account_id: &str, content: &[u8]) -> Kept {
    let (account_id, content) = (account_id.to_owned(), content.to_vec());
    Kept { id: new_id(), account_id, made_at: at(0), expires_at: at(10), file: "a.csv".into(), content }
}

#[tokio::test]
async fn an_account_keeps_one_file_for_a_while_and_for_itself() {
    told(0, async |stage| {
        let (wang, li) = (account(stage, "wang").await, account(stage, "li").await);
        let (first, second) = (kept(&wang, b"one\0"), kept(&wang, b"two\xff"));
        tell!(stage, previews::keep, &first);
        tell!(stage, previews::keep, &second);
        tell!(stage, previews::keep, &kept(&li, b"three"));
        assert_eq!(ask!(stage, previews::of, &wang, &first.id), None, "it gave way");
        assert_eq!(ask!(stage, previews::of, &wang, &second.id), Some(second.clone()));
        assert_eq!(ask!(stage, previews::of, &li, &second.id), None, "another's");
        assert!(!tell!(stage, previews::discard, &li, &second.id));
        assert!(tell!(stage, previews::discard, &wang, &second.id));
        assert!(!tell!(stage, previews::discard, &wang, &second.id));
        assert_eq!((tell!(stage, previews::purge, at(9)), tell!(stage, previews::purge, at(10))), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn refused_rows_and_imports_are_read_by_those_of_the_region() {
    told(0, async |stage| {
        let import = Import {
            id: new_id(),
            at: at(1),
            file: "a.csv".into(),
            sha256: "0".into(),
            rows_good: 1,
            refused: 2,
            added: 1,
            changed: 0,
            unchanged: 0,
            dropped: 0,
            made_by: "account:wang".into(),
            area: "140214".into(),
        };
        tell!(stage, units::begin_import, &import);
        let refusal = |row, column| Refusal {
            row,
            column,
            reason: RefusalReason::Domain,
            sentence: "no domain".into(),
            key: None,
        };
        tell!(stage, previews::remember_refusals, &import.id, &[refusal(9, None), refusal(3, Some(Column::EnDomain))]);
        let read = ask!(stage, previews::refusals, &import.id, "1402");
        let rows: Vec<_> = read.iter().map(|row| (row.row_number, row.field.as_deref(), row.reason.as_str())).collect();
        assert_eq!(rows, [(3, Some("en_domain"), "domain"), (9, None, "domain")]);
        assert!(ask!(stage, previews::refusals, &import.id, "140213").is_empty());
        assert_eq!(ask!(stage, units::imports_within, "140214", 10), [import]);
        assert!(ask!(stage, units::imports_within, "140213", 10).is_empty());
    })
    .await;
}
