//! Where sites stand since a look.

use badgewatch::store::looks::{self, Standing};
use badgewatch::store::{Db, sites};
use chrono::{DateTime, Utc};

/// What a look at the only page came to; one that ends undetermined was no fair one.
pub fn standing(site_id: &str, verdict: &str, cause: &str, at: DateTime<Utc>) -> Standing {
    Standing {
        site_id: site_id.to_owned(),
        verdict: verdict.to_owned(),
        cause: cause.to_owned(),
        looked_at: at,
        fair_at: (verdict != "undetermined").then_some(at),
        passed_at: (verdict == "pass").then_some(at),
        address: None,
        badge_host: None,
        checked: 1,
        known: 1,
        complete: true,
    }
}

/// A site stands so.
pub async fn stand(db: &Db, key: &str, verdict: &str, cause: &str, at: DateTime<Utc>) {
    stand_so(db, key, |site_id| standing(site_id, verdict, cause, at)).await;
}

/// A site stands as it is said.
pub async fn stand_so(db: &Db, key: &str, how: impl FnOnce(&str) -> Standing) {
    let mut tx = db.write().await.unwrap();
    let site = sites::by_key(&mut tx, key).await.unwrap().unwrap_or_else(|| panic!("{key} is on file"));
    looks::set_standing(&mut tx, &how(&site.id)).await.unwrap();
    tx.commit().await.unwrap();
}
