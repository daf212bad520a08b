//! Files that are not whole say nothing: a revocation might be what is missing.

use std::fs;

use badgewatch::domain::click::{ClickVerdict, From};
use badgewatch::domain::evidence::hex;
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::certificates::{self, Shelf, ShelfError};
use proptest::prelude::*;
use ring::digest::{SHA256, digest};

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

/// A disk that is full, or broken: here a folder stands where the file should.
#[tokio::test]
async fn what_the_disk_does_not_take_is_told_all_the_same_and_kept_later() {
    let hall = Hall::open(sqlite().await, |_| ()).await;
    let place = hall.app.config.verify.folder.join("changes.tsv");
    let _ = fs::remove_file(&place);
    fs::create_dir_all(place.join("full")).unwrap();
    hall.decide("edu.yunxi.gov.test", Some(BadgeState::Revoked)).await;
    let followed = certificates::follow(&hall.app.db, &hall.app.shelf, hall.app.voice.name(), hall.now()).await;
    assert!(matches!(followed, Err(ShelfError::Io(..))), "{followed:?}");
    assert_eq!(hall.told(EDU, &From::Unknown), ClickVerdict::Revoked);
    assert!(!matches!(load(&hall), Ok(Some(ClickVerdict::Valid))), "who starts now knows that it knows not all");

    fs::remove_dir_all(&place).unwrap();
    hall.follow().await;
    assert_eq!(load(&hall).unwrap(), Some(ClickVerdict::Revoked));
}

#[tokio::test]
async fn a_file_of_a_later_version_is_not_read_by_this_one() {
    let hall = revoked().await;
    let place = hall.app.config.verify.folder.join("certificates.tsv");
    let later = fs::read_to_string(&place).unwrap().replacen("certificates/1", "certificates/2", 1);
    let (lines, _) = later.trim_end().rsplit_once('\n').unwrap();
    let hash = digest(&SHA256, format!("{lines}\n").as_bytes());
    let foot = serde_json::json!({ "lines": lines.lines().count() - 1, "sha256": hex(hash.as_ref()) });
    fs::write(&place, format!("{lines}\n{foot}\n")).unwrap();
    assert!(load(&hall).unwrap_err().to_string().contains("another format"));
    fs::write(&place, format!("{lines}\n{foot}\n").replacen("certificates/2", "certificates/1", 1)).unwrap();
    assert!(load(&hall).unwrap_err().to_string().contains("not those of its foot"), "the head is of the hash");
}

proptest! {
    #[test]
    fn no_file_breaks_who_reads_it(text in "\\PC*(\\n\\PC*){0,4}") {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("certificates.tsv"), text).unwrap();
        prop_assert!(Shelf::of(folder.path()).load().is_err());
    }
}
