//! Files that are not whole say nothing: a revocation might be what is missing.

use std::fs;

use badgewatch::domain::click::{ClickVerdict, From};
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::certificates::{Shelf, ShelfError};
use proptest::prelude::*;

use crate::hall::{EDU, Hall, verdict};
use crate::support::db::sqlite;

async fn revoked() -> Hall {
    let hall = Hall::open(sqlite().await, |_| ()).await;
    hall.decide("edu.yunxi.gov.test", Some(BadgeState::Revoked)).await;
    hall.follow().await;
    hall
}

fn load(hall: &Hall) -> Result<Option<ClickVerdict>, ShelfError> {
    let shelf = Shelf::of(&hall.app.config.verify.folder);
    Ok(shelf.load()?.then(|| verdict(&shelf, EDU, &From::Unknown)))
}

#[tokio::test]
async fn nothing_is_said_from_an_empty_folder() {
    let hall = revoked().await;
    assert_eq!(load(&hall).unwrap(), Some(ClickVerdict::Revoked));
    fs::remove_dir_all(&hall.app.config.verify.folder).unwrap();
    assert_eq!(load(&hall).unwrap(), None);
}

#[tokio::test]
async fn any_byte_that_is_changed_or_missing_is_found_out() {
    let hall = revoked().await;
    for file in ["certificates.tsv", "changes.tsv"] {
        let place = hall.app.config.verify.folder.join(file);
        let whole = fs::read(&place).unwrap();
        for at in (0..whole.len() - 1).step_by(7) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&place, changed).unwrap();
            // A head of other changes is none of ours; it must never be taken for no changes at all.
            assert!(!matches!(load(&hall), Ok(Some(ClickVerdict::Valid))), "{file}, byte {at}");
            fs::write(&place, &whole[..at]).unwrap();
            assert!(load(&hall).is_err(), "{file} cut at {at}");
        }
        fs::write(&place, whole).unwrap();
    }
    assert_eq!(load(&hall).unwrap(), Some(ClickVerdict::Revoked));
}

proptest! {
    #[test]
    fn no_file_breaks_who_reads_it(text in "\\PC*(\\n\\PC*){0,4}") {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("certificates.tsv"), text).unwrap();
        prop_assert!(Shelf::of(folder.path()).load().is_err());
    }
}
