//! Days, times, numbers and names, as a letter writes them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::domain::beijing::{beijing, weekday};
use crate::domain::host::Host;
use crate::domain::letter::Letter;
use crate::mail::clean::line;

/// Names and headings at most, in characters.
const NAME_CHARS: usize = 80;
/// Addresses at most.
const ADDRESS_CHARS: usize = 300;

/// `2026年11月22日`.
pub(super) fn date(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// `2026年11月22日（周日）`.
pub(super) fn date_with_weekday(day: NaiveDate) -> String {
    format!("{}（{}）", date(day), weekday(day))
}

/// `12月4日`.
pub(super) fn short_date(day: NaiveDate) -> String {
    format!("{}月{}日", day.month(), day.day())
}

/// `2026年11月22日 09:12`, Beijing.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    let at = beijing(at);
    format!("{} {}", date(at.date_naive()), at.format("%H:%M"))
}

/// `10,000`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// A name that somebody wrote.
pub(super) fn name(text: &str) -> String {
    line(text, NAME_CHARS)
}

/// An address of a page, or a domain name: shown, never a link. A name that is not ASCII stands with its A-label.
pub(super) fn address(text: &str) -> String {
    match Host::parse(text) {
        Some(host) => domain(&host),
        None => line(text, ADDRESS_CHARS),
    }
}

fn domain(host: &Host) -> String {
    let shown = line(&host.unicode(), ADDRESS_CHARS);
    if shown == host.ascii() { shown } else { format!("{shown}（{}）", host.ascii()) }
}

/// How a sentence names the site: `云溪县教育局网站`, `云溪教育信息网`.
pub(super) fn site(letter: &Letter) -> String {
    let named =
        [&letter.site.name, &letter.addressee].into_iter().map(|text| line(text, 40)).find(|text| !text.is_empty());
    let named = named.unwrap_or_else(|| "贵单位".to_owned());
    if named.ends_with(['网', '站']) || named.ends_with("门户") { named } else { format!("{named}网站") }
}

/// What is on file of the site and its unit.
pub(super) fn facts(letter: &Letter) -> Vec<(&'static str, String)> {
    let site = &letter.site;
    let mut facts = vec![("网站名称", name(&site.name)), ("网址", address(&site.address))];
    facts.extend(site.en_domain.as_deref().map(|domain| ("英文域名", address(domain))));
    facts.extend(site.cn_domain.as_deref().map(|domain| ("中文域名", address(domain))));
    facts.extend(site.badge_code.as_deref().map(|code| ("标识代码", name(code))));
    facts.extend(site.certificate_id.as_deref().map(|id| ("证书编号", name(id))));
    facts.extend(letter.parent_unit.as_deref().map(|unit| ("上级主管单位", name(unit))));
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// `《责令整改通知书》（云溪编标改〔2026〕12号）`.
pub(super) fn notice(letter: &Letter) -> String {
    match &letter.number {
        Some(number) => format!("《责令整改通知书》（{}）", name(number)),
        None => "《责令整改通知书》".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_times_and_numbers_read_as_an_office_writes_them() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        assert_eq!((date_with_weekday(day), short_date(day)), ("2026年11月22日（周日）".into(), "11月22日".into()));
        assert_eq!(moment("2026-11-21T23:05:00Z".parse().unwrap()), "2026年11月22日 07:05");
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_chinese_domain_stands_with_its_a_label() {
        assert_eq!(address("xn--9kq759e.xn--zfr164b"), "云溪.政务（xn--9kq759e.xn--zfr164b）");
        assert_eq!(address("www.yunxi.gov.cn"), "www.yunxi.gov.cn");
        assert_eq!(address("https://www.yunxi.gov.cn/a\nb"), "https://www.yunxi.gov.cn/a b");
    }
}
