//! The counting in memory, which is bounded whatever is sent.
//!
//! There are so many places for the hosts of a badge, and so many in all. Who comes when they are taken gets a place only if
//! it was seen more often (by a sketch of all that was asked) than the one that was seen least: a flood of invented hosts,
//! each seen once or twice, does not drown one that is really there. What is counted is never more than what was asked:
//! counting begins when a host gets its place. Who sends more requests from each of many invented hosts than the real one
//! gets in all can push it out, and is a lead by itself.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::sketch::Sketch;
use super::{Counts, SeenBy, Sighting};

/// Places that are compared when all are taken.
const COMPARED: usize = 8;

/// How much is remembered.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Hosts of one badge.
    pub a_badge: usize,
    /// Hosts of all badges.
    pub all: usize,
}

/// The counts of one day in Beijing, and what of the day before is not written yet.
#[derive(Debug)]
pub struct Tally {
    bounds: Bounds,
    day: NaiveDate,
    places: Vec<Place>,
    by_site: HashMap<String, Vec<usize>>,
    /// Where the next place to be compared is.
    hand: usize,
    sketch: Sketch,
    yesterday: Vec<Sighting>,
    overflow: i64,
    lost: i64,
}

#[derive(Debug)]
struct Place {
    site_id: String,
    host: String,
    /// What is not written yet.
    counts: Counts,
    /// How often it was seen, by the sketch.
    weight: u32,
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Taken {
    pub sightings: Vec<Sighting>,
    /// Requests that found no place since the last time.
    pub overflow: i64,
    /// Requests that were counted and could not be written in time.
    pub lost: i64,
}

impl Tally {
    /// Nothing is counted yet.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            day: NaiveDate::MIN,
            places: Vec::new(),
            by_site: HashMap::new(),
            hand: 0,
            sketch: Sketch::default(),
            yesterday: Vec::new(),
            overflow: 0,
            lost: 0,
        }
    }

    /// Places that are taken.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Is none taken?
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Has the host a place?
    pub fn knows(&self, site_id: &str, host: &str) -> bool {
        self.place(site_id, host).is_some()
    }

    /// Counts a request.
    pub fn note(&mut self, site_id: &str, host: &str, by: SeenBy, day: NaiveDate) {
        self.turn(day);
        let weight = self.sketch.add((site_id, host));
        match self.place(site_id, host).or_else(|| self.admit(site_id, host, weight)) {
            Some(at) => {
                self.places[at].counts.add(by);
                self.places[at].weight = weight;
            }
            None => self.overflow += 1,
        }
        if self.sketch.age() {
            self.places.iter_mut().for_each(|place| place.weight /= 2);
        }
    }

    /// Takes what is to be written. The hosts keep their places.
    pub fn take(&mut self) -> Taken {
        let mut sightings = std::mem::take(&mut self.yesterday);
        sightings.extend(self.unwritten());
        let (overflow, lost) = (std::mem::take(&mut self.overflow), std::mem::take(&mut self.lost));
        Taken { sightings, overflow, lost }
    }

    /// Takes back what could not be written, as far as there is room.
    pub fn put_back(&mut self, sightings: Vec<Sighting>) {
        for sighting in sightings {
            let place = if sighting.day == self.day { self.place(&sighting.site_id, &sighting.host) } else { None };
            match place {
                Some(at) => self.places[at].counts.plus(sighting.counts),
                None if self.yesterday.len() < self.bounds.all => self.yesterday.push(sighting),
                None => self.lost += sighting.counts.all(),
            }
        }
    }

    /// A new day begins with nothing; clocks do not go back.
    fn turn(&mut self, day: NaiveDate) {
        if day <= self.day {
            return;
        }
        let old = self.unwritten();
        let lost = std::mem::replace(&mut self.yesterday, old);
        self.lost += lost.iter().map(|sighting| sighting.counts.all()).sum::<i64>();
        self.places.clear();
        self.by_site.clear();
        (self.day, self.hand, self.sketch) = (day, 0, Sketch::default());
    }

    fn unwritten(&mut self) -> Vec<Sighting> {
        let day = self.day;
        let counted = self.places.iter_mut().filter(|place| place.counts.all() > 0);
        let taken = counted.map(|place| Sighting {
            site_id: place.site_id.clone(),
            host: place.host.clone(),
            day,
            counts: std::mem::take(&mut place.counts),
        });
        taken.collect()
    }

    fn place(&self, site_id: &str, host: &str) -> Option<usize> {
        self.by_site.get(site_id)?.iter().copied().find(|at| self.places[*at].host == host)
    }

    /// A place for who has none: a free one, or that of who was seen less often.
    fn admit(&mut self, site_id: &str, host: &str, weight: u32) -> Option<usize> {
        let own = self.by_site.get(site_id).map_or(&[][..], Vec::as_slice);
        let at = if own.len() >= self.bounds.a_badge {
            own.iter().copied().min_by_key(|at| self.places[*at].weight)
        } else if self.places.len() < self.bounds.all {
            None
        } else {
            let next = (self.hand..self.hand + COMPARED).map(|at| at % self.bounds.all);
            self.hand = (self.hand + COMPARED) % self.bounds.all;
            next.min_by_key(|at| self.places[*at].weight)
        };
        let place = Place { site_id: site_id.to_owned(), host: host.to_owned(), counts: Counts::default(), weight };
        let at = match at {
            Some(at) if self.places[at].weight < weight => self.replace(at, place),
            Some(_) => return None,
            None => {
                self.places.push(place);
                self.places.len() - 1
            }
        };
        self.by_site.entry(site_id.to_owned()).or_default().push(at);
        Some(at)
    }

    fn replace(&mut self, at: usize, place: Place) -> usize {
        let old = std::mem::replace(&mut self.places[at], place);
        self.overflow += old.counts.all();
        if let Some(own) = self.by_site.get_mut(&old.site_id) {
            own.retain(|kept| *kept != at);
            if own.is_empty() {
                self.by_site.remove(&old.site_id);
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds { a_badge: 50, all: 20_000 };

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
    }

    fn taken_of(taken: &Taken, host: &str) -> i64 {
        taken.sightings.iter().filter(|sighting| sighting.host == host).map(|sighting| sighting.counts.all()).sum()
    }

    #[test]
    fn a_million_invented_hosts_neither_grow_the_memory_nor_drown_the_real_one() {
        let mut tally = Tally::new(BOUNDS);
        for n in 0..1_000_000 {
            tally.note("a", &format!("h{n}.example"), SeenBy::Image, day(26));
            if n % 5_000 == 0 {
                tally.note("a", "copy.example", SeenBy::Script, day(26));
            }
        }
        assert_eq!(tally.len(), BOUNDS.a_badge);
        let taken = tally.take();
        let copy = taken_of(&taken, "copy.example");
        assert!((100..=200).contains(&copy), "of 200 requests {copy} were counted");
        let all: i64 = taken.sightings.iter().map(|sighting| sighting.counts.all()).sum();
        assert_eq!(all + taken.overflow, 1_000_200, "what is not counted is said");
    }

    #[test]
    fn a_flood_over_all_badges_is_bounded_too() {
        let mut tally = Tally::new(Bounds { a_badge: 50, all: 1_000 });
        for n in 0..100_000 {
            tally.note(&format!("s{n}"), "h.example", SeenBy::Click, day(26));
            if n % 500 == 0 {
                tally.note("a", "copy.example", SeenBy::Script, day(26));
            }
        }
        assert_eq!((tally.len(), tally.by_site.len()), (1_000, 1_000));
        assert!(taken_of(&tally.take(), "copy.example") >= 150);
    }

    #[test]
    fn a_host_keeps_its_place_and_each_request_is_taken_once() {
        let mut tally = Tally::new(BOUNDS);
        for by in SeenBy::ALL {
            tally.note("a", "copy.example", *by, day(26));
        }
        let counts = Counts { scripts: 1, images: 1, clicks: 1 };
        let seen = |day, counts| Sighting { site_id: "a".into(), host: "copy.example".into(), day, counts };
        let first = tally.take();
        assert_eq!(first.sightings, [seen(day(26), counts)]);
        assert!(tally.take().sightings.is_empty() && tally.knows("a", "copy.example"));

        tally.put_back(first.sightings);
        tally.note("a", "copy.example", SeenBy::Click, day(27));
        let both = tally.take().sightings;
        assert_eq!(both, [seen(day(26), counts), seen(day(27), Counts { clicks: 1, ..Counts::default() })]);
    }

    #[test]
    fn what_cannot_be_written_for_a_day_is_lost_and_said() {
        let mut tally = Tally::new(BOUNDS);
        tally.note("a", "copy.example", SeenBy::Click, day(26));
        tally.note("a", "copy.example", SeenBy::Click, day(27));
        tally.note("a", "copy.example", SeenBy::Click, day(28));
        let taken = tally.take();
        assert_eq!((taken.sightings.len(), taken.lost), (2, 1));
    }

    proptest! {
        #[test]
        fn whatever_comes_the_bounds_hold_and_nothing_is_counted_twice(
            requests in prop::collection::vec((0_u8..6, 0_u8..12, 26_u32..28), 0..400),
        ) {
            let mut tally = Tally::new(Bounds { a_badge: 3, all: 9 });
            let (mut counted, mut asked) = (0, 0);
            for (site, host, on) in requests {
                tally.note(&site.to_string(), &host.to_string(), SeenBy::Click, day(on));
                asked += 1;
                prop_assert!(tally.len() <= 9 && tally.by_site.values().all(|own| own.len() <= 3));
                prop_assert_eq!(tally.by_site.values().map(Vec::len).sum::<usize>(), tally.len());
                if host == 0 {
                    let taken = tally.take();
                    counted += taken.sightings.iter().map(|seen| seen.counts.all()).sum::<i64>() + taken.overflow + taken.lost;
                }
            }
            let rest = tally.take();
            counted += rest.sightings.iter().map(|seen| seen.counts.all()).sum::<i64>() + rest.overflow + rest.lost;
            prop_assert_eq!(counted, asked);
        }
    }
}
