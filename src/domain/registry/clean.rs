//! Cells as people and spreadsheets leave them: blanks, control characters, full-width forms, `="0123"`, "无".

use std::borrow::Cow;

/// What people write into a cell that has nothing to hold.
const NOTHING: &[&str] = &["无", "暂无", "没有", "-", "--", "—", "——", "/", "n/a", "null", "none"];

/// The text of a cell on one line: control and invisible characters are gone, blanks are single. `None` where nothing is left.
pub(super) fn text(cell: &str) -> Option<String> {
    let cell = cell.trim();
    let formula = cell.strip_prefix("=\"").and_then(|formula| formula.strip_suffix('"'));
    let cell = formula.map_or(Cow::Borrowed(cell), |text| Cow::Owned(text.replace("\"\"", "\"")));
    let visible: String =
        cell.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty() && !NOTHING.contains(&line.to_lowercase().as_str())).then_some(line)
}

/// A technical cell (code, day, address) in the half-width forms that its grammar is written in.
pub(super) fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// A word of a closed list or a header: without blanks, case, a leading `*` and a remark in brackets (`标识代码（必填）`).
pub(super) fn word(text: &str) -> String {
    let word: String =
        half_width(text).chars().filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c)).collect();
    word.trim_start_matches('*').split(['(', '[', '【']).next().unwrap_or_default().to_lowercase()
}

/// A unit's name as far as it tells units apart: blanks and the width of brackets and digits do not.
pub(super) fn name_key(name: &str) -> String {
    half_width(name).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Soft hyphen, zero-width characters, direction marks, a byte order mark in the midst of the text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
