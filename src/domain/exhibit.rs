//! What a letter shows of the evidence: the very pages and answers that a finding stands on.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::letter::{Exhibit, SHOWN_EXHIBITS};
use super::verdict::FindingCode;

/// A piece of evidence as it is kept: JSON (`badgewatch.evidence/1`), and its hash.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub body: &'a Value,
    pub hash: &'a str,
    pub at: DateTime<Utc>,
}

/// Does the evidence tell this finding?
pub fn tells(body: &Value, code: FindingCode) -> bool {
    let is = |found: &Value| found.get("code").and_then(Value::as_str) == Some(code.name());
    let found = body.get("findings").and_then(Value::as_array);
    // A site's finding keeps its category either beside its pages or in a part of its own.
    found.is_some_and(|all| all.iter().any(|one| is(one) || one.get("finding").is_some_and(is)))
}

/// What is shown of it for one finding that stands on these pages.
pub fn exhibits(piece: &Piece<'_>, code: FindingCode, pages: &[String]) -> Vec<Exhibit> {
    let shown = match code {
        FindingCode::DomainDead => names(piece),
        FindingCode::Unreachable => trouble(piece),
        _ => documents(piece, pages),
    };
    shown.into_iter().take(SHOWN_EXHIBITS).collect()
}

fn list<'a>(piece: &Piece<'a>, key: &str) -> impl Iterator<Item = &'a Value> {
    piece.body.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn documents(piece: &Piece<'_>, pages: &[String]) -> Vec<Exhibit> {
    let document = |page: &Value| {
        let address = text(page, "url").filter(|url| pages.contains(url))?;
        let answer = page.get("status").and_then(Value::as_u64).map_or_else(String::new, |status| status.to_string());
        let sha256 = text(page, "body_sha256").unwrap_or_default();
        Some(Exhibit { address, at: piece.at, answer, excerpt: text(page, "excerpt"), sha256 })
    };
    list(piece, "pages").filter_map(document).collect()
}

/// Names that have no address, each with who said so.
fn names(piece: &Piece<'_>) -> Vec<Exhibit> {
    let name = |look: &Value| {
        let outcome = text(look, "outcome").filter(|outcome| outcome == "nxdomain" || outcome == "nodata")?;
        let rcode = text(look, "rcode").unwrap_or(outcome);
        let answers = look.get("answers").and_then(Value::as_array).into_iter().flatten();
        let said = answers.map(|answer| {
            let zone = text(answer, "soa_owner").map_or_else(String::new, |zone| format!("（{zone}）"));
            let [server, record, rcode] =
                ["server", "record_type", "rcode"].map(|key| text(answer, key).unwrap_or_default());
            format!("{server} {record}: {rcode}{zone}")
        });
        let excerpt = said.collect::<Vec<_>>().join("\n");
        let address = text(look, "name")?;
        Some(Exhibit { address, at: piece.at, answer: rcode, excerpt: Some(excerpt), sha256: piece.hash.to_owned() })
    };
    list(piece, "dns").filter_map(name).collect()
}

fn trouble(piece: &Piece<'_>) -> Vec<Exhibit> {
    let address = text(piece.body, "site").unwrap_or_default();
    let answer = text(piece.body, "cause").unwrap_or_default();
    let excerpt = text(piece.body, "trouble");
    vec![Exhibit { address, at: piece.at, answer, excerpt, sha256: piece.hash.to_owned() }]
}
