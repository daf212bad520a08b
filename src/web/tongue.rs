//! The two languages of a page: Chinese first, English where the browser asks for it; and how each writes days and times.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use crate::domain::beijing::{beijing, weekday};

/// The language of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    Chinese,
    English,
}

impl Tongue {
    pub fn asked(headers: &HeaderMap) -> Self {
        if prefers_english(headers) { Self::English } else { Self::Chinese }
    }

    /// Of a text in both languages, the one that is asked for.
    pub fn say<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// Of a line `中文 · English`.
    pub fn half<'t>(&self, line: &'t str) -> &'t str {
        let (chinese, english) = line.split_once(" · ").unwrap_or((line, line));
        self.say(chinese, english)
    }

    /// For the `lang` attribute.
    pub fn lang(&self) -> &'static str {
        self.say("zh-CN", "en")
    }

    /// `2026年10月9日（周五）`, `Friday 9 October 2026`.
    pub fn date(&self, day: NaiveDate) -> String {
        match self {
            Self::Chinese => format!("{}年{}月{}日（{}）", day.year(), day.month(), day.day(), weekday(day)),
            Self::English => day.format("%A %-d %B %Y").to_string(),
        }
    }

    /// `2026年10月9日`, `9 October 2026`.
    pub fn plain(&self, day: NaiveDate) -> String {
        match self {
            Self::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Self::English => day.format("%-d %B %Y").to_string(),
        }
    }

    /// `10月9日（周五）`, `Friday 9 October`.
    pub fn day(&self, day: NaiveDate) -> String {
        match self {
            Self::Chinese => format!("{}月{}日（{}）", day.month(), day.day(), weekday(day)),
            Self::English => day.format("%A %-d %B").to_string(),
        }
    }

    /// `10月9日`, `9 Oct`.
    pub fn short(&self, day: NaiveDate) -> String {
        match self {
            Self::Chinese => format!("{}月{}日", day.month(), day.day()),
            Self::English => day.format("%-d %b").to_string(),
        }
    }

    /// `2026年11月22日 09:12`, Beijing time.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        let at = beijing(at);
        match self {
            Self::Chinese => {
                format!("{}年{}月{}日 {:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
            }
            Self::English => at.format("%-d %B %Y, %H:%M").to_string(),
        }
    }

    /// `09:12` today, else with the day.
    pub fn when(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let (at, now) = (beijing(at), beijing(now));
        let clock = at.format("%H:%M");
        if at.date_naive() == now.date_naive() {
            clock.to_string()
        } else {
            format!("{} {clock}", self.short(at.date_naive()))
        }
    }
}

/// Chinese first: English only where the browser ranks it above Chinese, or knows no Chinese.
fn prefers_english(headers: &HeaderMap) -> bool {
    let accepted: Vec<(&str, f32)> = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(weighed)
        .collect();
    let rank = |language: &str| {
        let is_of = |tag: &str| tag.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(language));
        accepted.iter().filter(|(tag, _)| is_of(tag)).map(|(_, weight)| *weight).fold(0.0, f32::max)
    };
    rank("en") > rank("zh")
}

/// A language and how much it is wanted (RFC 9110, 12.4.2 and 12.5.4).
fn weighed(entry: &str) -> (&str, f32) {
    let mut pieces = entry.split(';').map(str::trim);
    let tag = pieces.next().unwrap_or_default();
    let weights = pieces.filter_map(|piece| piece.split_once('='));
    let mut weights = weights.filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    (tag, weights.next().map_or(1.0, |(_, weight)| weight.trim().parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn days_and_times_are_written_as_each_language_does() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 9).unwrap();
        let (zh, en) = (Tongue::Chinese, Tongue::English);
        assert_eq!((zh.date(day), zh.day(day)), ("2026年10月9日（周五）".to_owned(), "10月9日（周五）".to_owned()));
        assert_eq!((en.date(day), en.short(day)), ("Friday 9 October 2026".to_owned(), "9 Oct".to_owned()));
        let at = "2026-11-22T01:12:00Z".parse().unwrap();
        assert_eq!(
            (zh.moment(at).as_str(), en.moment(at).as_str()),
            ("2026年11月22日 09:12", "22 November 2026, 09:12")
        );
        assert_eq!(zh.when(at, "2026-11-22T15:59:00Z".parse().unwrap()), "09:12");
        assert_eq!(zh.when(at, "2026-11-22T16:00:00Z".parse().unwrap()), "11月22日 09:12");
        assert_eq!((zh.half("已签收 · confirmed"), en.half("已签收 · confirmed")), ("已签收", "confirmed"));
    }

    #[test]
    fn english_is_for_who_ranks_it_above_chinese() {
        let asked = |lines: &[&'static str]| {
            let line = |text: &&'static str| (header::ACCEPT_LANGUAGE, HeaderValue::from_static(text));
            Tongue::asked(&lines.iter().map(line).collect())
        };
        for chinese in [
            "",
            "*",
            "zh",
            "zh-CN,zh;q=0.9,en;q=0.8",
            "en; q=0.1, zh; q=0.9",
            "en;Q=0.1,zh",
            "en ; q = 0.1,zh;q=0.9",
            "en;q=0",
            "de",
            "en;q=nan",
            "en;q=-1",
            "EN;q=0.5,ZH-Hant;q=0.6",
            "zh;q=1;x=y,en;q=0.9",
            ",;,=,;q=",
            "english,zh;q=0.1",
            "en,zh",
        ] {
            assert_eq!(asked(&[chinese]), Tongue::Chinese, "{chinese}");
        }
        for english in ["en", "EN-us", "en-GB,en;q=0.9,zh;q=0.8", "en; q=0.9, zh; q=0.1", "de,en;q=0.1", "zh;q=0,en"] {
            assert_eq!(asked(&[english]), Tongue::English, "{english}");
        }
        assert_eq!(asked(&["de", "en;q=0.5"]), Tongue::English, "in two headers");
        assert_eq!(asked(&["en;q=0.5", "zh"]), Tongue::Chinese);
    }
}
