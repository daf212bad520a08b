//! Every row of every table, engine-neutral: what a backup holds, and how a database outgrows SQLite.
//!
//! A table that a migration adds must be added here; a test holds the list against the schema.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;
use serde_json::Value;
use sqlx::Row;

use super::{Json, StoreError, StoreResult, Tx};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Bool,
    Day,
    /// An instant, in microseconds since 1970.
    At,
    Tree,
    /// Bytes, in base64.
    Bytes,
}

/// A table with its columns and the statements that read, write and empty it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    select: &'static str,
    insert: &'static str,
    delete: &'static str,
    any: &'static str,
}

/// Declares the tables, those that others refer to first.
macro_rules! tables {
    ($($table:ident { $first:ident: $first_kind:ident = $first_at:literal $(, $column:ident: $kind:ident = $at:literal)* })+) => {
        &[$(Table {
            name: stringify!($table),
            columns: &[(stringify!($first), Kind::$first_kind) $(, (stringify!($column), Kind::$kind))*],
            select: concat!("SELECT ", stringify!($first) $(, ", ", stringify!($column))*, " FROM ", stringify!($table),
                " ORDER BY ", stringify!($first)),
            insert: concat!("INSERT INTO ", stringify!($table), " (", stringify!($first) $(, ", ", stringify!($column))*,
                ") VALUES (", $first_at $(, ", ", $at)*, ")"),
            delete: concat!("DELETE FROM ", stringify!($table)),
            any: concat!("SELECT COUNT(*) FROM (SELECT 1 FROM ", stringify!($table), " LIMIT 1) AS one"),
        }),+]
    };
}

/// All tables.
pub const TABLES: &[Table] = tables! {
    regions { code: Text = "$1", name: Text = "$2", parent: Text = "$3" }
    units { id: Text = "$1", name_key: Text = "$2", name: Text = "$3", kind: Text = "$4", parent: Text = "$5",
        address: Text = "$6", functions: Text = "$7", administrative_functions: Bool = "$8", region_text: Text = "$9",
        region: Text = "$10", published: Int = "$11" }
    imports { id: Text = "$1", at: At = "$2", file: Text = "$3", sha256: Text = "$4", rows_good: Int = "$5",
        refused: Int = "$6", added: Int = "$7", changed: Int = "$8", unchanged: Int = "$9", dropped: Int = "$10",
        made_by: Text = "$11", area: Text = "$12" }
    import_refusals { id: Text = "$1", import_id: Text = "$2", row_number: Int = "$3", field: Text = "$4", reason: Text = "$5",
        sentence: Text = "$6" }
    sites { id: Text = "$1", key: Text = "$2", unit_id: Text = "$3", name: Text = "$4", en_domain: Text = "$5",
        cn_domain: Text = "$6", url_prefix: Text = "$7", ips: Text = "$8", badge_code: Text = "$9",
        certificate_id: Text = "$10", issued_on: Day = "$11", issuing_office: Text = "$12", state: Text = "$13",
        domain_expires_on: Day = "$14", hosting: Text = "$15", notified_on: Day = "$16", contact_name: Text = "$17",
        contact_email: Text = "$18", contact_phone: Text = "$19", handler_name: Text = "$20", handler_email: Text = "$21",
        handler_phone: Text = "$22", fingerprint: Text = "$23", imported_by: Text = "$24", changed_at: At = "$25",
        dropped_at: At = "$26", decided_state: Text = "$27",
        published: Int = "$28", decided_at: At = "$29", area: Text = "$30", hung_at: At = "$31" }
    site_names { host: Text = "$1", site_id: Text = "$2" }
    registry_history { id: Text = "$1", at: At = "$2", import_id: Text = "$3", site_id: Text = "$4", change: Text = "$5",
        field: Text = "$6", old_value: Text = "$7", new_value: Text = "$8" }
    plan { site_id: Text = "$1", rank: Int = "$2", next_at: At = "$3", home_at: At = "$4", pages_at: At = "$5",
        recheck_at: At = "$6", lease: Text = "$7", attempts: Int = "$8", crawl_started_at: At = "$9" }
    pages { site_id: Text = "$1", url: Text = "$2", depth: Int = "$3", origin: Text = "$4", first_seen_at: At = "$5",
        looked_at: At = "$6", fair_at: At = "$7", look: Tree = "$8", etag: Text = "$9", last_modified: Text = "$10",
        body_sha256: Text = "$11", judged_under: Text = "$12" }
    looks { id: Text = "$1", site_id: Text = "$2", kind: Text = "$3", slot_at: At = "$4", started_at: At = "$5",
        ended_at: At = "$6", vantage: Text = "$7", rules: Text = "$8", verdict: Text = "$9", cause: Text = "$10",
        instrument: Text = "$11", findings: Tree = "$12", dns: Tree = "$13", coverage: Tree = "$14" }
    standings { site_id: Text = "$1", verdict: Text = "$2", cause: Text = "$3", looked_at: At = "$4", fair_at: At = "$5",
        passed_at: At = "$6", address: Text = "$7", badge_host: Text = "$8", checked: Int = "$9", known: Int = "$10",
        complete: Bool = "$11" }
    holds { id: Text = "$1", dimension: Text = "$2", member: Text = "$3", code: Text = "$4", opened_at: At = "$5",
        failing: Int = "$6", watched: Int = "$7", state: Text = "$8", decided_at: At = "$9", decided_by: Text = "$10",
        reason: Text = "$11" }
    findings { id: Text = "$1", site_id: Text = "$2", code: Text = "$3", broken_step: Text = "$4", effect: Text = "$5",
        state: Text = "$6", version: Int = "$7", failed: Int = "$8", first_failed_at: At = "$9", last_failed_at: At = "$10",
        clean: Int = "$11", opened_at: At = "$12", confirmed_at: At = "$13", ended_at: At = "$14", hold_id: Text = "$15",
        rule: Tree = "$16", pages: Tree = "$17", mailed_at: At = "$18" }
    evidence { id: Text = "$1", site_id: Text = "$2", seq: Int = "$3", look_id: Text = "$4", taken_at: At = "$5",
        body: Text = "$6", body_hash: Text = "$7", prev_hash: Text = "$8", hash: Text = "$9", keep: Text = "$10" }
    evidence_roots { day: Day = "$1", made_at: At = "$2", chains: Int = "$3", heads: Text = "$4", prev_root: Text = "$5",
        root: Text = "$6" }
    calendar_days { day: Day = "$1", kind: Text = "$2", name: Text = "$3" }
    counters { name: Text = "$1", value: Int = "$2" }
    keys { name: Text = "$1", made_at: At = "$2", secret: Text = "$3" }
    notices { id: Text = "$1", number: Text = "$2", site_id: Text = "$3", region: Text = "$4", state: Text = "$5",
        version: Int = "$6", drafted_at: At = "$7", due_on: Day = "$8", next_at: At = "$9", calendar: Text = "$10",
        objected: Bool = "$11", ended_at: At = "$12", body: Tree = "$13", provisional: Bool = "$14",
        drafts: Bool = "$15", asked_time: Bool = "$16" }
    notice_items { finding_id: Text = "$1", notice_id: Text = "$2", cleared_at: At = "$3" }
    attachments { id: Text = "$1", notice_id: Text = "$2", at: At = "$3", name: Text = "$4", media_type: Text = "$5",
        sha256: Text = "$6", content: Bytes = "$7" }
    maintenance { id: Text = "$1", site_id: Text = "$2", from_on: Day = "$3", until_on: Day = "$4", noted_at: At = "$5",
        noted_by: Text = "$6", reason: Text = "$7" }
    reports { id: Text = "$1", site_id: Text = "$2", made_on: Day = "$3", noted_at: At = "$4", noted_by: Text = "$5" }
    outbox { id: Text = "$1", key: Text = "$2", channel: Text = "$3", kind: Text = "$4", part: Text = "$5",
        recipient: Text = "$6", site_id: Text = "$7", notice_id: Text = "$8", case_id: Text = "$9", step: Int = "$10",
        state: Text = "$11", attempts: Int = "$12", made_at: At = "$13", next_at: At = "$14", lease: Text = "$15",
        sent_at: At = "$16", sent_on: Day = "$17", trial_at: At = "$18", error: Text = "$19", body: Tree = "$20" }
    outbox_days { recipient: Text = "$1", site_id: Text = "$2", day: Day = "$3", outbox_id: Text = "$4" }
    bad_contacts { address: Text = "$1", since: At = "$2", why: Text = "$3" }
    cases { id: Text = "$1", number: Text = "$2", site_id: Text = "$3", notice_id: Text = "$4", region: Text = "$5",
        ground: Text = "$6", state: Text = "$7", version: Int = "$8", opened_at: At = "$9", next_at: At = "$10",
        ended_at: At = "$11", body: Tree = "$12",
        proposed_by: Text = "$13", consulted: Bool = "$14" }
    instructions { id: Text = "$1", case_id: Text = "$2", authority: Text = "$3", act: Text = "$4", names: Text = "$5",
        jws: Text = "$6", made_at: At = "$7", acknowledged_at: At = "$8", acknowledged_by: Text = "$9",
        acknowledged_ref: Text = "$10", confirmed_at: At = "$11", overdue_at: At = "$12" }
    seen_on { site_id: Text = "$1", host: Text = "$2", day: Day = "$3", scripts: Int = "$4", images: Int = "$5",
        clicks: Int = "$6" }
    leads { id: Text = "$1", kind: Text = "$2", site_id: Text = "$3", region: Text = "$4", host: Text = "$5",
        state: Text = "$6", version: Int = "$7", first_at: At = "$8", last_at: At = "$9", seen: Int = "$10",
        days: Int = "$11", case_id: Text = "$12", decided_at: At = "$13", decided_by: Text = "$14", reason: Text = "$15",
        contacts: Bool = "$16", body: Tree = "$17" }
    accounts { id: Text = "$1", name: Text = "$2", person: Text = "$3", region: Text = "$4", role: Text = "$5",
        made_at: At = "$6", disabled_at: At = "$7", password: Text = "$8", password_at: At = "$9",
        password_first: Bool = "$10", totp: Text = "$11", totp_at: At = "$12", totp_step: Int = "$13", failures: Int = "$14",
        body: Text = "$15", password_by: Text = "$16" }
    tokens { id: Text = "$1", account_id: Text = "$2", hash: Text = "$3", made_at: At = "$4", expires_at: At = "$5",
        revoked_at: At = "$6", made_by: Text = "$7" }
    circulars { id: Text = "$1", number: Text = "$2", area: Text = "$3", from_on: Day = "$4", until_on: Day = "$5",
        state: Text = "$6", version: Int = "$7", made_at: At = "$8", made_by: Text = "$9", office: Text = "$10",
        addressee: Text = "$11", opening: Text = "$12", next_steps: Text = "$13", figures: Tree = "$14",
        released_at: At = "$15", released_by: Text = "$16", withdrawn_at: At = "$17", withdrawn_by: Text = "$18",
        why: Text = "$19" }
    import_previews { id: Text = "$1", account_id: Text = "$2", made_at: At = "$3", expires_at: At = "$4",
        file: Text = "$5", content: Bytes = "$6" }
    sessions { id: Text = "$1", account_id: Text = "$2", hash: Text = "$3", form_token: Text = "$4", stage: Text = "$5",
        made_at: At = "$6", seen_at: At = "$7", expires_at: At = "$8", ended_at: At = "$9", address: Text = "$10" }
    views { account_id: Text = "$1", what: Text = "$2", subject: Text = "$3", at: At = "$4" }
    site_rows { site_id: Text = "$1", key: Text = "$2", name: Text = "$3", unit_name: Text = "$4", kind: Text = "$5",
        area: Text = "$6", en_domain: Text = "$7", cn_domain: Text = "$8", badge_code: Text = "$9",
        certificate_id: Text = "$10", state: Text = "$11", domain_expires_on: Day = "$12", searched: Text = "$13",
        rank: Int = "$14", verdict: Text = "$15", cause: Text = "$16", looked_at: At = "$17", fair_at: At = "$18",
        hung: Bool = "$19", address: Text = "$20", checked: Int = "$21", known: Int = "$22" }
    figures { day: Day = "$1", area: Text = "$2", sites: Int = "$3", issued: Int = "$4", hung: Int = "$5",
        named: Int = "$6", passed: Int = "$7", failed: Int = "$8", undetermined: Int = "$9", not_applicable: Int = "$10",
        fresh: Int = "$11" }
    saved_filters { account_id: Text = "$1", name: Text = "$2", query: Text = "$3", made_at: At = "$4" }
    exemptions { id: Text = "$1", site_id: Text = "$2", until_on: Day = "$3", noted_at: At = "$4", noted_by: Text = "$5",
        reason: Text = "$6", ended_at: At = "$7", ended_by: Text = "$8" }
    audit { id: Text = "$1", chain: Text = "$2", seq: Int = "$3", at: At = "$4", actor: Text = "$5",
        action: Text = "$6", body: Text = "$7", body_hash: Text = "$8", prev_hash: Text = "$9", hash: Text = "$10" }
    job_runs { name: Text = "$1", next_at: At = "$2", last_ok: At = "$3", last_error: Text = "$4" }
};

macro_rules! read_row {
    ($table:expr, $row:expr) => {{
        let mut values = Vec::with_capacity($table.columns.len());
        for (at, (_, kind)) in $table.columns.iter().enumerate() {
            values.push(match kind {
                Kind::Text => $row.try_get::<Option<String>, _>(at)?.map_or(Value::Null, Value::from),
                Kind::Int => $row.try_get::<Option<i64>, _>(at)?.map_or(Value::Null, Value::from),
                Kind::Bool => $row.try_get::<Option<bool>, _>(at)?.map_or(Value::Null, Value::from),
                Kind::Day => {
                    $row.try_get::<Option<NaiveDate>, _>(at)?.map_or(Value::Null, |day| Value::from(day.to_string()))
                }
                Kind::At => $row
                    .try_get::<Option<DateTime<Utc>>, _>(at)?
                    .map_or(Value::Null, |instant| Value::from(instant.timestamp_micros())),
                Kind::Tree => $row.try_get::<Option<Json<Value>>, _>(at)?.map_or(Value::Null, |tree| tree.0),
                Kind::Bytes => $row
                    .try_get::<Option<Vec<u8>>, _>(at)?
                    .map_or(Value::Null, |bytes| Value::from(BASE64.encode(bytes))),
            });
        }
        values
    }};
}

macro_rules! write_row {
    ($query:expr, $table:expr, $values:expr) => {{
        let mut query = $query;
        for ((name, kind), value) in $table.columns.iter().zip($values) {
            let wrong = || StoreError::Corrupt(format!("{} of {}", name, $table.name));
            query = match kind {
                Kind::Text => query.bind(text(value).ok_or_else(wrong)?),
                Kind::Int => query.bind(int(value).ok_or_else(wrong)?),
                Kind::Bool => query.bind(truth(value).ok_or_else(wrong)?),
                Kind::Day => query.bind(day(value).ok_or_else(wrong)?),
                Kind::At => query.bind(instant(value).ok_or_else(wrong)?),
                Kind::Tree => query.bind(Some(Json(value)).filter(|tree| !tree.0.is_null())),
                Kind::Bytes => query.bind(bytes(value).ok_or_else(wrong)?),
            };
        }
        query
    }};
}

/// The outer `None`: not a value of the kind; the inner one: no value.
fn text(value: &Value) -> Option<Option<String>> {
    if value.is_null() { Some(None) } else { value.as_str().map(|text| Some(text.to_owned())) }
}

fn int(value: &Value) -> Option<Option<i64>> {
    if value.is_null() { Some(None) } else { value.as_i64().map(Some) }
}

fn truth(value: &Value) -> Option<Option<bool>> {
    if value.is_null() { Some(None) } else { value.as_bool().map(Some) }
}

fn day(value: &Value) -> Option<Option<NaiveDate>> {
    if value.is_null() { Some(None) } else { value.as_str()?.parse().ok().map(Some) }
}

fn bytes(value: &Value) -> Option<Option<Vec<u8>>> {
    if value.is_null() { Some(None) } else { BASE64.decode(value.as_str()?).ok().map(Some) }
}

fn instant(value: &Value) -> Option<Option<DateTime<Utc>>> {
    if value.is_null() { Some(None) } else { DateTime::from_timestamp_micros(value.as_i64()?).map(Some) }
}

/// Hands every row of a table to `take`, one at a time.
pub async fn read<E>(tx: &mut Tx, table: &Table, mut take: impl FnMut(Vec<Value>) -> Result<(), E>) -> Result<(), E>
where
    E: From<StoreError>,
{
    macro_rules! read {
        ($tx:expr) => {{
            let mut rows = sqlx::query(table.select).fetch(&mut **$tx);
            while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                let values = (|| -> Result<Vec<Value>, sqlx::Error> { Ok(read_row!(table, row)) })();
                take(values.map_err(StoreError::from)?)?;
            }
        }};
    }
    match tx {
        Tx::Sqlite(tx) => read!(tx),
        Tx::Postgres(tx) => read!(tx),
    }
    Ok(())
}

/// Writes a row as [`read`] handed it out.
pub async fn write(tx: &mut Tx, table: &Table, values: &[Value]) -> StoreResult<()> {
    if values.len() != table.columns.len() {
        return Err(StoreError::Corrupt(format!("a row of {} has {} columns", table.name, values.len())));
    }
    match tx {
        Tx::Sqlite(tx) => {
            write_row!(sqlx::query(table.insert), table, values).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            write_row!(sqlx::query(table.insert), table, values).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// Empties every table, those that refer to others first.
pub async fn empty(tx: &mut Tx) -> StoreResult<()> {
    for table in TABLES.iter().rev() {
        super::execute!(&mut *tx, table.delete)?;
    }
    Ok(())
}

/// Is there any row at all? Keys do not count: an installation makes its own when it is first opened.
pub async fn is_empty(tx: &mut Tx) -> StoreResult<bool> {
    for table in TABLES.iter().filter(|table| table.name != "keys") {
        if super::fetch_one!((i64,), &mut *tx, table.any)?.0 > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
