//! Traps: addresses that a site can make without end. Each is bounded, and what is dropped is counted by its cause.
//!
//! Nothing is called a trap for good: a list of 300 pages is a list, its 301st page is dropped. So a mistake here
//! costs coverage, which is reported, and never a verdict.

use super::shape::{Family, Series, Shape, shape, split_pairs};
use crate::closed_set;
use std::collections::HashMap;
use url::Url;

closed_set! {
    /// Why an address was not followed although it is the site's.
    pub enum TrapCause {
        Calendar = "calendar", "one more day or month of a calendar that runs on";
        Paging = "paging", "one more page of a list that runs on";
        RepeatedPath = "repeated_path", "the path repeats itself: a relative link that leads ever deeper";
        TooDeep = "too_deep", "too many folders, or too many clicks from the home page";
        Parameters = "parameters", "too many parameters, or too many combinations of them";
        Family = "family", "one more of very many addresses of one template";
    }
}

/// How many addresses of one kind are followed. The defaults leave room for the largest honest site we know of.
#[derive(Debug, Clone)]
pub struct TrapLimits {
    /// Folders in a path.
    pub segments: usize,
    /// Parameters in a query.
    pub parameters: usize,
    /// Pages of one list.
    pub paging: u32,
    /// Days or months of one calendar.
    pub calendar: u32,
    /// Static documents of one template.
    pub articles: u32,
    /// Other addresses of one template.
    pub generated: u32,
    /// Different queries to one path.
    pub queries: u32,
}

impl Default for TrapLimits {
    fn default() -> Self {
        Self {
            segments: 20,
            parameters: 10,
            paging: 300,
            calendar: 400,
            articles: 20_000,
            generated: 2_000,
            queries: 5_000,
        }
    }
}

/// Counts the addresses of each shape and says when one has had its share.
#[derive(Debug, Default)]
pub struct Traps {
    limits: TrapLimits,
    counts: HashMap<(u8, u64), u32>,
}

impl Traps {
    /// Begins with empty counts.
    pub fn new(limits: TrapLimits) -> Self {
        Self { limits, counts: HashMap::new() }
    }

    /// Takes one new canonical address, or says which trap it belongs to. Ask once for each address.
    pub fn admit(&mut self, url: &Url) -> Result<(), TrapCause> {
        self.check_form(url)?;
        let budgets = self.budgets_of(&shape(url));
        for (key, limit, cause) in budgets.into_iter().flatten() {
            if self.counts.get(&key).is_some_and(|count| *count >= limit) {
                return Err(cause);
            }
        }
        for (key, ..) in budgets.into_iter().flatten() {
            *self.counts.entry(key).or_default() += 1;
        }
        Ok(())
    }

    /// What the address shows by itself.
    fn check_form(&self, url: &Url) -> Result<(), TrapCause> {
        let segments: Vec<&str> = url.path().split('/').skip(1).collect();
        if segments.len() > self.limits.segments {
            return Err(TrapCause::TooDeep);
        }
        if repeats_itself(&segments) {
            return Err(TrapCause::RepeatedPath);
        }
        let mut names: Vec<&str> = url.query().map(split_pairs).unwrap_or_default().iter().map(|pair| pair.0).collect();
        names.sort_unstable();
        let thrice = names.windows(3).any(|three| three[0] == three[2]);
        if names.len() > self.limits.parameters || thrice {
            return Err(TrapCause::Parameters);
        }
        Ok(())
    }

    fn budgets_of(&self, shape: &Shape) -> [Option<Budget>; 3] {
        let limits = &self.limits;
        let series = shape.series.map(|(series, key)| match series {
            Series::Paging => ((1, key), limits.paging, TrapCause::Paging),
            Series::Calendar => ((2, key), limits.calendar, TrapCause::Calendar),
        });
        let script = shape.script.map(|key| ((3, key), limits.queries, TrapCause::Parameters));
        let template = match shape.family {
            Family::Fixed => None,
            Family::Article => Some(((4, shape.template), limits.articles, TrapCause::Family)),
            Family::Generated => Some(((4, shape.template), limits.generated, TrapCause::Family)),
        };
        [series, script, template]
    }
}

/// Under which key an address is counted, how often at most, and what it is beyond that.
type Budget = ((u8, u64), u32, TrapCause);

/// Does a run of one to four folders stand there three times in a row? Short numbers may (`/2011/11/11/11`).
fn repeats_itself(segments: &[&str]) -> bool {
    (1..=4).any(|period| {
        segments.windows(3 * period).any(|three| {
            let (first, rest) = three.split_at(period);
            rest.chunks(period).all(|run| run == first) && !first.iter().all(|segment| is_short_number(segment))
        })
    })
}

fn is_short_number(segment: &str) -> bool {
    (1..=4).contains(&segment.len()) && segment.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse(&format!("http://www.yunxi.gov.test{path}")).unwrap()
    }

    /// How many of the addresses are taken, and why the last one was not.
    fn taken(paths: impl Iterator<Item = String>) -> (usize, Option<TrapCause>) {
        let mut traps = Traps::default();
        let (mut count, mut last) = (0, None);
        for path in paths {
            match traps.admit(&url(&path)) {
                Ok(()) => count += 1,
                Err(cause) => last = Some(cause),
            }
        }
        (count, last)
    }

    #[test]
    fn a_path_that_repeats_itself_is_a_trap() {
        let mut traps = Traps::default();
        for path in ["/a/a/a/x", "/a/b/a/b/a/b", "/x/a/b/c/a/b/c/a/b/c/", "////a"] {
            assert_eq!(traps.admit(&url(path)), Err(TrapCause::RepeatedPath), "{path}");
        }
        for path in ["/a/b/a/b/", "/2011/11/11/11/a.html", "/a//b"] {
            assert_eq!(traps.admit(&url(path)), Ok(()), "{path}");
        }
    }

    #[test]
    fn depth_and_parameters_are_bounded() {
        let mut traps = Traps::default();
        let deep: String = (0..30).map(|n| format!("/d{n}x")).collect();
        assert_eq!(traps.admit(&url(&deep)), Err(TrapCause::TooDeep));
        let many: Vec<String> = (0..11).map(|n| format!("f{n}=1")).collect();
        assert_eq!(traps.admit(&url(&format!("/list?{}", many.join("&")))), Err(TrapCause::Parameters));
        assert_eq!(traps.admit(&url("/list?a=1&a=2&a=3")), Err(TrapCause::Parameters));
        assert_eq!(traps.admit(&url("/list?a=1&a=2")), Ok(()));
    }

    #[test]
    fn what_runs_on_is_followed_for_a_while() {
        let calendar = (0..9_000).map(|n| format!("/rl?year={}&month={}", 2000 + n / 12, n % 12 + 1));
        assert_eq!(taken(calendar), (400, Some(TrapCause::Calendar)));
        let list = (0..9_000).map(|n| format!("/gsgg/index_{n}.html"));
        assert_eq!(taken(list), (300, Some(TrapCause::Paging)));
        let sessions = (0..9_000).map(|n| format!("/s/{n:032x}a/index.html"));
        assert_eq!(taken(sessions), (2_000, Some(TrapCause::Family)));
        let facets = (0..9_000u32).map(|n| {
            let picked: Vec<String> = (0..9).filter(|bit| n >> bit & 1 == 1).map(|bit| format!("f{bit}={n}")).collect();
            format!("/search?{}", picked.join("&"))
        });
        assert_eq!(taken(facets), (5_000, Some(TrapCause::Parameters)));
    }

    #[test]
    fn a_large_honest_site_is_taken_whole() {
        let articles =
            (0..15_000).map(|n| format!("/art/{}/{}/{}/art_12_{n}.html", 2010 + n % 15, n % 12 + 1, n % 28 + 1));
        assert_eq!(taken(articles), (15_000, None));
        let lists = (0..100).flat_map(|list| (0..50).map(move |page| format!("/col{list}/index_{page}.html")));
        assert_eq!(taken(lists), (5_000, None));
    }
}
