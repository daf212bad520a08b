//! 查明的问题与依据, 如何整改: what was found, so that the unit can check it, and what to do.

use super::page::{Page, Part};
use super::words::{address, count, moment, name};
use crate::domain::basis::{MEASURES, articles, cite};
use crate::domain::letter::{Exhibit, Fault, Letter, SHOWN_EXHIBITS, SHOWN_PAGES};
use crate::domain::verdict::FindingCode;
use crate::mail::clean::excerpt;
use crate::mail::remedy;

/// The part of a page that a letter shows, in characters.
const EXCERPT_CHARS: usize = 600;

/// `3 个页面未挂标`, `2 项问题`.
pub(super) fn summary(letter: &Letter) -> String {
    match letter.faults.as_slice() {
        [] => "有问题待整改".to_owned(),
        [fault] if remedy::is_of_pages(fault.code) && fault.pages_in_all > 0 => {
            format!("{} 个页面{}", count(fault.pages_in_all), remedy::short(fault.code))
        }
        [fault] => remedy::short(fault.code).to_owned(),
        faults => format!("{} 项问题", faults.len()),
    }
}

/// 查明的问题与依据.
pub(super) fn found(page: &mut Page, letter: &Letter, copy: bool) {
    page.section("查明的问题与依据");
    for fault in &letter.faults {
        page.point(fault.code.label());
        page.text(remedy::seen(fault.code));
        pages(page, fault, copy);
        if let Some(basis) = basis(fault) {
            page.add(Part::Facts(vec![("依据", basis)]));
        }
        page.add(Part::Facts(looks(fault)));
        for (number, exhibit) in fault.evidence.iter().take(SHOWN_EXHIBITS).enumerate() {
            shown(page, number + 1, exhibit);
        }
    }
}

fn basis(fault: &Fault) -> Option<String> {
    let articles = articles(fault.code);
    (!articles.is_empty()).then(|| format!("{MEASURES}{}。", cite(articles)))
}

/// What is at fault: pages or names, the first of them; how many in all.
fn pages(page: &mut Page, fault: &Fault, copy: bool) {
    let listed: Vec<_> = fault.pages.iter().take(SHOWN_PAGES).map(|text| address(text)).collect();
    if listed.is_empty() {
        return;
    }
    let shown = listed.len() as u64;
    page.add(Part::Addresses(listed));
    if fault.pages_in_all > shown {
        let rest = if copy { "" } else { "，其余见文末链接" };
        page.text(format!("共 {} 个，以上为前 {shown} 个{rest}。", count(fault.pages_in_all)));
    }
}

fn looks(fault: &Fault) -> Vec<(&'static str, String)> {
    let (first, last) = (moment(fault.first_seen), moment(fault.last_seen));
    // Nobody looked at a page for it.
    if fault.code == FindingCode::ReportOverdue {
        return vec![("核对时间", format!("{last}（北京时间）")), ("核对依据", "我办的定期报告登记".to_owned())];
    }
    let rule = format!("连续 {} 次、跨 {} 小时检查均发现", fault.rule.looks, fault.rule.hours);
    vec![
        ("检查时间", format!("{first} 至 {last}（北京时间），连续 {} 次检查均发现", fault.looks)),
        ("检测点", name(&fault.vantage)),
        ("确认规则", rule),
    ]
}

fn shown(page: &mut Page, number: usize, exhibit: &Exhibit) {
    let answer = name(&exhibit.answer);
    page.add(Part::Label(format!("证据 {number}")));
    page.add(Part::Facts(vec![
        ("地址", address(&exhibit.address)),
        ("时间", format!("{}（北京时间）", moment(exhibit.at))),
        ("应答", answer),
        ("SHA-256", name(&exhibit.sha256)),
    ]));
    let source = exhibit.excerpt.as_deref().map(|source| excerpt(source, EXCERPT_CHARS));
    if let Some(source) = source.filter(|source| !source.is_empty()) {
        page.add(Part::Excerpt(source));
    }
}

/// 如何整改.
pub(super) fn remedies(page: &mut Page, letter: &Letter) {
    page.section("如何整改");
    let several = letter.faults.len() > 1;
    for fault in &letter.faults {
        if several {
            page.point(fault.code.label());
        }
        let mut steps = remedy::steps(fault);
        if !several {
            steps.extend(remedy::last(fault.code));
        }
        list(page, &steps);
    }
    // Said once: of two findings one's last steps are the head of the other's.
    let last =
        letter.faults.iter().map(|fault| remedy::last(fault.code)).max_by_key(|last| last.len()).unwrap_or_default();
    if several && !last.is_empty() {
        page.point("发布与自查");
        list(page, last);
    }
}

fn list(page: &mut Page, steps: &[&str]) {
    page.add(Part::List(steps.iter().map(ToString::to_string).collect()));
}

/// The names of what was told, for letters that only come back to it.
pub(super) fn names(letter: &Letter) -> String {
    letter.faults.iter().map(|fault| fault.code.label()).collect::<Vec<_>>().join("、")
}
