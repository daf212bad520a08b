//! The report in words: the answer first, then why, then the evidence.

use std::fmt::Write;

use crate::domain::badge::{Reading, State, Tri};
use crate::domain::crawl::Coverage;
use crate::domain::dns::{DnsOutcome, NameLook};
use crate::domain::finding::Finding;
use crate::domain::look::PageLook;
use crate::domain::verdict::Verdict;
use crate::flow::check_site::SiteLook;

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
    let step = finding.broken_step.map(|step| format!("，{}：{}", step.name(), step.label())).unwrap_or_default();
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
    let state = match reading.state {
        State::Shown => String::new(),
        state => format!("·{}（{}）", state.label(), reading.reason.label()),
    };
    format!("{}{state} {} · {place} · {}", reading.form.label(), identifiers.join(" "), reading.excerpt)
}

/// All sites: first how many of which verdict, then each site.
pub(super) fn sites(sites: &[SiteLook], has_registry: bool, at: &str) -> String {
    let mut out = format!("网站标识检查报告 · {at}（北京时间）· badgewatch {}\n", env!("CARGO_PKG_VERSION"));
    let count = |verdict: Verdict| sites.iter().filter(|site| site.verdict == verdict).count();
    let _ = writeln!(
        out,
        "检查 {} 个网站：通过 {} · 不通过 {} · 无法判定 {} · 不适用 {}",
        sites.len(),
        count(Verdict::Pass),
        count(Verdict::Fail),
        count(Verdict::Undetermined),
        count(Verdict::NotApplicable)
    );
    if !has_registry {
        let _ = writeln!(out, "未提供登记表（--registry）：标识代码是否已发放、归谁所有，未作核对。");
    }
    for site in sites {
        let _ = write!(out, "\n{}", self::site(site));
    }
    out
}

fn site(site: &SiteLook) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", verdict(site.verdict), name(site));
    let _ = writeln!(out, "  原因    {}（{}）", site.cause.label(), site.cause.name());
    for found in &site.findings {
        let _ = writeln!(out, "  问题    {}", finding(&found.finding));
        for page in found.pages.iter().take(10) {
            let _ = writeln!(out, "          {page}");
        }
        if found.pages.len() > 10 {
            let _ = writeln!(out, "          …… 共 {} 页", found.pages.len());
        }
    }
    site.dns.iter().for_each(|look| out.push_str(&name_look(look)));
    out.push_str(&coverage(&site.coverage));
    if let Some(home) = site.pages.first() {
        let shown = site.pages.iter().find(|page| page.verdict == Verdict::Pass).unwrap_or(home);
        for read in &shown.readings {
            let _ = writeln!(out, "  标识    {}", reading(read));
        }
    }
    out
}

fn name(site: &SiteLook) -> String {
    if site.host == site.host_ascii { site.host.clone() } else { format!("{}（{}）", site.host, site.host_ascii) }
}

/// A name; of one that does not resolve, who said so.
fn name_look(look: &NameLook) -> String {
    let addresses: Vec<String> = look.addresses.iter().map(ToString::to_string).collect();
    let mut out = format!("  域名    {} {} {}\n", look.name, look.outcome.label(), addresses.join(" "));
    if look.outcome != DnsOutcome::Resolves {
        for answer in &look.answers {
            let rcode = answer.rcode.map_or("无应答".to_owned(), |rcode| rcode.to_string());
            let _ = writeln!(out, "          {} {}：{rcode}", answer.server, answer.record_type);
        }
    }
    out
}

fn coverage(coverage: &Coverage) -> String {
    if coverage.known == 0 {
        return "  范围    未能检查任何页面\n".to_owned();
    }
    let at_least = if coverage.complete { "" } else { "至少 " };
    let mut out = format!("  范围    已检查 {} 页，已知 {at_least}{} 页\n", coverage.checked, coverage.known);
    if coverage.disallowed > 0 {
        let _ = writeln!(out, "          robots.txt 不允许访问 {} 页，未检查", coverage.disallowed);
    }
    if coverage.unseen > 0 {
        let _ = writeln!(out, "          无法打开 {} 页", coverage.unseen);
    }
    out
}
