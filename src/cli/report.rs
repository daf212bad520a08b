//! The report in words: the answer first, then why, then the evidence.

use std::fmt::Write;

use crate::domain::badge::{Reading, Tri};
use crate::domain::finding::Finding;
use crate::domain::look::PageLook;
use crate::domain::verdict::Verdict;

/// A verdict as shape and word: never by colour alone.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✔ 通过 pass",
        Verdict::Fail => "✘ 不通过 fail",
        Verdict::Undetermined => "？无法判定 undetermined",
        Verdict::NotApplicable => "－ 不适用 not applicable",
    }
}

/// One page.
pub(super) fn page(page: &PageLook) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} · {}（{}）", verdict(page.verdict), page.cause.label(), page.cause.name());
    if let Some(url) = &page.url {
        let _ = writeln!(out, "网址    {url}");
    }
    let charset = page.charset.as_deref().unwrap_or("-");
    let _ = writeln!(out, "页面    {}（{}，{}）", page.title.as_deref().unwrap_or("无标题"), page.kind, charset);
    for finding in &page.findings {
        let _ = writeln!(out, "问题    {}", self::finding(finding));
    }
    for reading in &page.readings {
        let _ = writeln!(out, "标识    {}", self::reading(reading));
    }
    if page.readings.is_empty() {
        let _ = writeln!(out, "标识    静态页面中未发现");
    }
    for address in &page.to_follow {
        let _ = writeln!(out, "待读取  {address}");
    }
    out
}

/// One finding in a line.
pub(super) fn finding(finding: &Finding) -> String {
    let step = finding.broken_step.map(|step| format!("，{}: {}", step.name(), step.help())).unwrap_or_default();
    format!("{}（{}，{}{step}）", finding.code.label(), finding.code, finding.effect)
}

/// One reading in a line.
pub(super) fn reading(reading: &Reading) -> String {
    let identifiers: Vec<&str> =
        [reading.code.as_ref().map(|code| code.as_str()), reading.certificate_id.as_ref().map(|id| id.as_str())]
            .into_iter()
            .flatten()
            .collect();
    let place = match reading.at_bottom {
        Tri::Yes => "底部",
        Tri::No => "不在底部",
        Tri::Unknown => "位置未知",
    };
    format!(
        "{} {} · {} {} · {place} · {}",
        reading.form,
        identifiers.join(" "),
        reading.state,
        reading.reason,
        reading.excerpt
    )
}
