//! When a site is due: a cron expression says when a round begins, a hash of the site spreads the sites over it.
//!
//! So a million sites never start in the same minute, and a site keeps its place in the round for years.

use std::hash::Hasher;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::beijing::beijing;

/// What is wrong with a cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RhythmError {
    #[error("{0:?}: a cron expression has five fields: minute hour day month weekday (six with seconds before them)")]
    Fields(String),
    #[error("{0:?}: write weekdays as MON to SUN: numbers mean different days to different programs")]
    Weekday(String),
    #[error("{0:?}: {1}")]
    Cron(String, String),
}

/// A round that begins by cron (Beijing time) and takes a while.
#[derive(Debug, Clone)]
pub struct Rhythm {
    cron: cron::Schedule,
    spread: TimeDelta,
}

impl Rhythm {
    /// Reads five fields (minute first) or six (second first).
    pub fn parse(text: &str, spread: TimeDelta) -> Result<Self, RhythmError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let seconds = match fields.len() {
            5 => "0 ",
            6 => "",
            _ => return Err(RhythmError::Fields(text.to_owned())),
        };
        if fields.last().is_some_and(|weekday| weekday.contains(|c: char| c.is_ascii_digit())) {
            return Err(RhythmError::Weekday(text.to_owned()));
        }
        let cron = cron::Schedule::from_str(&format!("{seconds}{}", fields.join(" ")))
            .map_err(|error| RhythmError::Cron(text.to_owned(), error.to_string()))?;
        Ok(Self { cron, spread: spread.max(TimeDelta::zero()) })
    }

    /// The next moment after `after` at which the site is due. A day later where the expression names no more moments.
    pub fn next(&self, site: &str, after: DateTime<Utc>) -> DateTime<Utc> {
        let place = self.place(site);
        let from = beijing(after - place);
        match self.cron.after(&from).next() {
            Some(begin) => begin.with_timezone(&Utc) + place,
            None => after + TimeDelta::days(1),
        }
    }

    /// The site's place in the round.
    fn place(&self, site: &str) -> TimeDelta {
        // Not the standard library's hasher: a place must outlive a new compiler.
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        hash.write(site.as_bytes());
        let share = mixed(hash.finish()) >> 11;
        let spread = self.spread.num_milliseconds();
        TimeDelta::milliseconds(((i128::from(spread) * i128::from(share)) >> 53) as i64)
    }
}

/// FNV-1a, 64 bits.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Spreads what differs in the last bits only over all of them (the finalizer of MurmurHash3).
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn a_round_begins_in_beijing_and_a_site_keeps_its_place() {
        let nightly = Rhythm::parse("0 22 * * *", TimeDelta::hours(8)).unwrap();
        let first = nightly.next("a", at("2026-11-26T12:00:00+08:00"));
        assert!(first >= at("2026-11-26T22:00:00+08:00") && first < at("2026-11-27T06:00:00+08:00"), "{first}");
        assert_eq!(nightly.next("a", first), first + TimeDelta::days(1));
        assert_eq!(nightly.next("a", first - TimeDelta::seconds(1)), first, "it may lie beyond midnight");
    }

    #[test]
    fn bad_expressions_are_told_from_each_other() {
        let parse = |text| Rhythm::parse(text, TimeDelta::zero());
        assert!(matches!(parse("0 22 * *"), Err(RhythmError::Fields(_))));
        assert!(matches!(parse("0 22 * * 1"), Err(RhythmError::Weekday(_))));
        assert!(matches!(parse("0 25 * * *"), Err(RhythmError::Cron(..))));
        assert!(parse("0 20 * * SAT").is_ok() && parse("*/5 * * * * *").is_ok());
    }

    #[test]
    fn sites_are_spread_evenly() {
        let hourly = Rhythm::parse("0 * * * *", TimeDelta::minutes(60)).unwrap();
        let start = at("2026-11-26T00:00:00Z");
        let mut minutes = [0u32; 60];
        for site in 0..6_000 {
            let due = hourly.next(&format!("site{site}"), start - TimeDelta::milliseconds(1));
            minutes[(due - start).num_minutes() as usize % 60] += 1;
        }
        assert!(minutes.iter().all(|count| (50..150).contains(count)), "{minutes:?}");
    }

    proptest! {
        #[test]
        fn due_is_always_later_and_never_more_than_a_period_away(site in "[a-z]{0,12}", second in 0i64..10_000_000, spread in 0i64..30) {
            let rhythm = Rhythm::parse("30 3 * * *", TimeDelta::hours(spread)).unwrap();
            let now = at("2026-01-01T00:00:00Z") + TimeDelta::seconds(second);
            let due = rhythm.next(&site, now);
            prop_assert!(due > now && due <= now + TimeDelta::days(1));
        }
    }
}
