//! The script of a badge: one text for all, and behind it what is told of this one.
//!
//! It is made from the path and the shelf alone, never from a header: whoever keeps it keeps it for everybody.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use axum::http::HeaderValue;
use bytes::Bytes;

use super::reply;
use crate::domain::badge::HostTable;
use crate::domain::badge::snippet::colour;
use crate::domain::certificate::BadgeRef;
use crate::domain::ids::BadgeCode;
use crate::domain::registry::BadgeState;
use crate::flow::certificates::Snapshot;

/// The text for all, short.
static TEXT: LazyLock<String> = LazyLock::new(|| shortened(include_str!("badge.js")));
/// Scripts that are kept ready; a site's visitors come in crowds.
const KEPT: usize = 50_000;

/// A script, ready to be sent: the text for all is kept once.
#[derive(Debug, Clone)]
pub(super) struct Script {
    /// What is told of this one.
    own: String,
    pub etag: HeaderValue,
}

impl Script {
    pub fn body(&self) -> Bytes {
        [TEXT.as_bytes(), self.own.as_bytes()].concat().into()
    }
}

/// The scripts of one state of the shelf.
#[derive(Default)]
pub(super) struct Scripts(RwLock<(i64, HashMap<BadgeCode, Arc<Script>>)>);

impl Scripts {
    /// The script of a code; `None`: nobody was issued it.
    pub fn of(&self, snapshot: &Snapshot, code: &BadgeCode) -> std::io::Result<Option<Arc<Script>>> {
        let number = snapshot.number();
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(script) = kept.1.get(code).filter(|_| kept.0 == number) {
            return Ok(Some(script.clone()));
        }
        drop(kept);
        let Some(made) = make(snapshot, code)?.map(Arc::new) else { return Ok(None) };
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.0 != number || kept.1.len() >= KEPT {
            *kept = (number, HashMap::new());
        }
        kept.1.insert(code.clone(), made.clone());
        Ok(Some(made))
    }
}

fn make(snapshot: &Snapshot, code: &BadgeCode) -> std::io::Result<Option<Script>> {
    let bearing = snapshot.bearing(&BadgeRef::Code(code.clone()))?;
    let Some(first) = bearing.first() else { return Ok(None) };
    let in_force = bearing.iter().filter(|held| held.certificate.state == BadgeState::Valid);
    let mut table = HostTable::default();
    for held in in_force.clone() {
        table.join(HostTable::of(&held.certificate, &snapshot.others_below(held)?));
    }
    let shown = in_force.clone().next().unwrap_or(first);
    let own = write(&table, code, colour(shown.certificate.unit_type), in_force.count() > 0);
    let etag = reply::etag(&[TEXT.as_bytes(), own.as_bytes()].concat());
    Ok(Some(Script { own, etag }))
}

fn write(table: &HostTable, code: &BadgeCode, colour: &str, is_good: bool) -> String {
    let mut own = String::from("(");
    table.write(&mut own);
    // Writing to a string never fails.
    let _ = writeln!(own, ",\"{code}\",\"{colour}\",{});", u8::from(is_good));
    own.shrink_to_fit();
    own
}

/// Without the lines of comments, and without blanks but between two words.
fn shortened(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let lines = source.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    for piece in lines.flat_map(str::split_whitespace) {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
        if is_word(text.chars().last()) && is_word(piece.chars().next()) {
            text.push(' ');
        }
        text.push_str(piece);
    }
    text
}
