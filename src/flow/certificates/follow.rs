//! Keeping the shelf what the database says.

use std::path::Path;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use tokio::task::spawn_blocking;

use super::base::Base;
use super::changes::Changes;
use super::lines::{Head, Writer};
use super::snapshot::{Snapshot, base_file, changes_file};
use super::{Saved, Shelf, ShelfError};
use crate::store::certificates::{self, Published};
use crate::store::{Db, Tx};

/// Certificates read at a time.
const AT_ONCE: i64 = 2_000;
/// Changes beyond which the file is written anew.
const MOST_CHANGES: usize = 20_000;
/// How old the word on the disk may be before it is written anew without a change.
const REFRESHED_EVERY: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// Takes over what changed in the database. `installation` names it: the shelf of another one is not added to. What is known
/// is told at once; an error of the disk comes after that, and is mended by the next call.
pub async fn follow(db: &Db, shelf: &Shelf, installation: &str, now: DateTime<Utc>) -> Result<(), ShelfError> {
    number_all(db).await?;
    let mut tx = db.read().await?;
    let (first, latest) = (certificates::first(&mut tx).await?, certificates::latest(&mut tx).await?);
    let known = shelf.get();
    let is_of_another = known.as_ref().is_some_and(|known| known.base.head.of != installation && !known.is_empty());
    if is_of_another && certificates::all(&mut tx, "", 1).await?.is_empty() {
        return Err(ShelfError::Emptied);
    }
    let known = known.filter(|known| known.base.head.of == installation && (first..=latest).contains(&known.number));
    let next = match known {
        Some(known) => laid_upon(&mut tx, &known, latest, now).await?,
        None => None,
    };
    let next = match next {
        Some(next) => next,
        None => written(&mut tx, shelf, Head::new(installation, latest, None, now)).await?,
    };
    drop(tx);
    shelf.put(next);
    shelf.save(now)
}

async fn number_all(db: &Db) -> Result<(), ShelfError> {
    while certificates::is_unnumbered(&mut db.read().await?).await? {
        let mut tx = db.write().await?;
        certificates::number(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What changed since the snapshot; `None`: so much that the file is better written anew.
async fn changed(tx: &mut Tx, known: &Snapshot, most: usize) -> Result<Option<Vec<Published>>, ShelfError> {
    let mut changed: Vec<Published> = Vec::new();
    loop {
        let after = changed.last().map_or("", |last| last.site_id.as_str()).to_owned();
        let page = certificates::above(tx, known.number, &after, AT_ONCE).await?;
        let is_last = (page.len() as i64) < AT_ONCE;
        changed.extend(page);
        if changed.len() + known.changes.len() > most {
            return Ok(None);
        }
        if is_last {
            return Ok(Some(changed));
        }
    }
}

/// The snapshot with all that changed since; `None`: the file is better written anew.
async fn laid_upon(
    tx: &mut Tx,
    known: &Snapshot,
    latest: i64,
    now: DateTime<Utc>,
) -> Result<Option<Snapshot>, ShelfError> {
    let mut next = Snapshot { as_of: now, number: latest, ..known.clone() };
    if known.number < latest {
        let Some(changed) = changed(tx, known, MOST_CHANGES).await? else { return Ok(None) };
        let mut changes = next.changes.as_ref().clone();
        for published in changed {
            let json = published.certificate.as_ref().map(json).transpose()?;
            let laid = changes.lay(&next.base, &published.site_id, json);
            laid.map_err(ShelfError::io(Path::new("certificates.tsv")))?;
        }
        next.changes = changes.into();
    }
    Ok(Some(next))
}

impl Shelf {
    /// Brings the disk up to date with what changed, or with how fresh it is.
    fn save(&self, now: DateTime<Utc>) -> Result<(), ShelfError> {
        let Some(snapshot) = self.get() else { return Ok(()) };
        let state = (snapshot.base.head.number, snapshot.number);
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.is_some_and(|saved| saved.state == state && now - saved.at < REFRESHED_EVERY) {
            return Ok(());
        }
        let head = Head::new(&snapshot.base.head.of, snapshot.number, Some(snapshot.base.head.number), snapshot.as_of);
        snapshot.changes.save(changes_file(self.folder()), &head)?;
        *saved = Some(Saved { state, at: now });
        Ok(())
    }
}

fn json(certificate: &crate::domain::certificate::Certificate) -> Result<String, ShelfError> {
    let json = serde_json::to_string(certificate);
    json.map_err(|error| crate::store::StoreError::Corrupt(format!("a certificate: {error}")).into())
}

/// The file of all certificates, written anew and read back.
async fn written(tx: &mut Tx, shelf: &Shelf, head: Head) -> Result<Snapshot, ShelfError> {
    let place = base_file(shelf.folder());
    let mut writer = Writer::begin(place.clone(), &head)?;
    let mut after = String::new();
    loop {
        let page = certificates::all(tx, &after, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = last.site_id.clone();
        for published in &page {
            if let Some(certificate) = &published.certificate {
                writer.line(&published.site_id, &json(certificate)?)?;
            }
        }
    }
    let reading = spawn_blocking(move || {
        writer.end()?;
        Base::load(&place)?.ok_or(ShelfError::Broken(place, "it is gone"))
    });
    let base =
        reading.await.map_err(|error| ShelfError::Io(base_file(shelf.folder()), std::io::Error::other(error)))??;
    Ok(Snapshot { base: base.into(), changes: Changes::default().into(), number: head.number, as_of: head.as_of })
}
