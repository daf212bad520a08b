//! Writes what differs, inside the one transaction of an import.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::differ::Difference;
use super::{CHAIN, Incoming, Report};
use crate::domain::region::Regions;
use crate::domain::registry::{Entry, changes};
use crate::store::audit::{self, Act};
use crate::store::sites::{self, SiteWrite};
use crate::store::units::{self, Change, Import, UnitWrite};
use crate::store::{StoreResult, Tx, new_id, plan, previews};

/// Rows that are made ready at a time: what is held beside the file itself stays small.
const AT_ONCE: usize = 1_000;

/// Makes the registry as the file says. The history of changed values is written first: a unit's former values are gone
/// once the first of its sites is written.
pub(super) async fn apply(
    tx: &mut Tx,
    incoming: &Incoming,
    difference: &Difference,
    report: &Report,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    units::seed_regions(tx, Regions::builtin().all()).await?;
    let writing = Writing { rows: &incoming.rows.entries, import: new_id(), at };
    let record = writing.record(incoming, report);
    units::begin_import(tx, &record).await?;
    previews::remember_refusals(tx, &record.id, &report.refused).await?;
    let detail = serde_json::json!({ "import": record.id, "sha256": record.sha256, "area": record.area });
    let act = Act { actor: &record.made_by, action: "registry_imported", from: None, to: None, why: None, detail };
    audit::append_in_turn(tx, CHAIN, at, &act).await?;
    for (known, is_back) in [(&difference.changed, false), (&difference.restored, true)] {
        for chunk in known.chunks(AT_ONCE) {
            writing.remember(tx, chunk, is_back).await?;
        }
    }
    for chunk in difference.changed.chunks(AT_ONCE).chain(difference.restored.chunks(AT_ONCE)) {
        writing.update(tx, chunk).await?;
    }
    for (_, id) in &difference.restored {
        plan::enter(tx, id, at).await?;
    }
    for chunk in difference.added.chunks(AT_ONCE) {
        writing.add(tx, chunk).await?;
    }
    for chunk in difference.dropped.chunks(AT_ONCE) {
        writing.drop(tx, chunk).await?;
    }
    Ok(())
}

/// An import at work.
struct Writing<'a> {
    rows: &'a [Entry],
    import: String,
    at: DateTime<Utc>,
}

impl Writing<'_> {
    fn record(&self, incoming: &Incoming, report: &Report) -> Import {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Import {
            id: self.import.clone(),
            at: self.at,
            file: incoming.file.clone(),
            sha256: incoming.sha256.clone(),
            rows_good: count(report.added + report.changed + report.restored + report.unchanged),
            refused: count(report.refused.len() as u64),
            added: count(report.added),
            changed: count(report.changed + report.restored),
            unchanged: count(report.unchanged),
            dropped: count(report.dropped),
            made_by: incoming.by.clone(),
            area: incoming.area.clone(),
        }
    }

    /// Writes down what changes at sites on file.
    async fn remember(&self, tx: &mut Tx, known: &[(usize, String)], is_back: bool) -> StoreResult<()> {
        let mut told = Vec::new();
        for (at, id) in known {
            told.extend(is_back.then(|| self.change(id, "restored")));
            let old = sites::by_id(tx, id).await?;
            let fields = old.iter().flat_map(|old| changes(&old.site, &self.rows[*at].site));
            told.extend(fields.map(|field| Change {
                field: Some(field.column.name().to_owned()),
                old_value: field.old,
                new_value: field.new,
                ..self.change(id, "changed")
            }));
        }
        units::remember(tx, &told).await
    }

    async fn update(&self, tx: &mut Tx, known: &[(usize, String)]) -> StoreResult<()> {
        let units = self.save_units(tx, known.iter().map(|(at, _)| *at)).await?;
        for (at, id) in known {
            sites::update(tx, &self.site(*at, id, &units)).await?;
        }
        Ok(())
    }

    async fn add(&self, tx: &mut Tx, rows: &[usize]) -> StoreResult<()> {
        let units = self.save_units(tx, rows.iter().copied()).await?;
        let ids: Vec<String> = rows.iter().map(|_| new_id()).collect();
        let writes: Vec<_> = rows.iter().zip(&ids).map(|(at, id)| self.site(*at, id, &units)).collect();
        sites::insert_all(tx, &writes).await?;
        self.tell(tx, &ids, "added").await?;
        for id in &ids {
            plan::enter(tx, id, self.at).await?;
        }
        Ok(())
    }

    async fn drop(&self, tx: &mut Tx, ids: &[String]) -> StoreResult<()> {
        for id in ids {
            sites::drop_site(tx, id, self.at).await?;
            plan::leave(tx, id).await?;
        }
        self.tell(tx, ids, "dropped").await
    }

    async fn tell(&self, tx: &mut Tx, ids: &[String], change: &str) -> StoreResult<()> {
        let told: Vec<_> = ids.iter().map(|id| self.change(id, change)).collect();
        units::remember(tx, &told).await
    }

    fn change(&self, site_id: &str, change: &str) -> Change {
        Change {
            at: self.at,
            import_id: self.import.clone(),
            site_id: site_id.to_owned(),
            change: change.to_owned(),
            field: None,
            old_value: None,
            new_value: None,
        }
    }

    /// Writes the units of these rows; their ids by key.
    async fn save_units(&self, tx: &mut Tx, rows: impl Iterator<Item = usize>) -> StoreResult<HashMap<String, String>> {
        let rows = rows.map(|at| &self.rows[at]);
        let units: HashMap<&str, &Entry> = rows.map(|row| (row.unit_key.as_str(), row)).collect();
        let write = |(key, row)| write_of(key, row);
        units::save(tx, &units.into_iter().map(write).collect::<Vec<_>>()).await
    }

    fn site<'s>(&'s self, at: usize, id: &'s str, units: &'s HashMap<String, String>) -> SiteWrite<'s> {
        let row = &self.rows[at];
        SiteWrite {
            id,
            unit_id: units.get(&row.unit_key).map_or("", String::as_str),
            site: &row.site,
            region: row.region.as_deref(),
            fingerprint: &row.fingerprint,
            import_id: &self.import,
            at: self.at,
        }
    }
}

fn write_of<'r>(key: &'r str, row: &'r Entry) -> UnitWrite<'r> {
    UnitWrite { key, unit: &row.site.unit, region: row.region.as_deref() }
}
