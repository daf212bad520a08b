//! "Seen on": which hosts a badge's scripts, images and clicks come from. Only the host is kept: no visitor, no path.

mod sketch;
mod tally;

use chrono::NaiveDate;

use super::address::AddressPolicy;
use super::click::From;
use super::host::Host;
use crate::closed_set;

pub use tally::{Bounds, Taken, Tally};

closed_set! {
    /// What of a badge was asked for from a host.
    pub enum SeenBy {
        Script = "script", "标识脚本 · the badge's script";
        Image = "image", "标识图片 · the badge's image";
        Click = "click", "点击 · a click on the badge";
    }
}

/// Requests by what was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub scripts: i64,
    pub images: i64,
    pub clicks: i64,
}

impl Counts {
    /// One request more.
    pub fn add(&mut self, by: SeenBy) {
        match by {
            SeenBy::Script => self.scripts += 1,
            SeenBy::Image => self.images += 1,
            SeenBy::Click => self.clicks += 1,
        }
    }

    /// So many requests more.
    pub fn plus(&mut self, more: Self) {
        self.scripts += more.scripts;
        self.images += more.images;
        self.clicks += more.clicks;
    }

    /// All requests.
    pub fn all(self) -> i64 {
        self.scripts + self.images + self.clicks
    }
}

/// Requests for a badge from a host on a day in Beijing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub site_id: String,
    /// A-labels, or an address in numbers.
    pub host: String,
    pub day: NaiveDate,
    pub counts: Counts,
}

/// Names that show a page of somebody else's or stand in no public network: translation, caches, archives, searches, and
/// names of one's own machine. Where a request comes from one of them nothing is learnt.
#[derive(Debug, Clone, Default)]
pub struct Harmless(Vec<String>);

impl Harmless {
    /// Of names, each of which stands for itself and all below it.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let plain =
            |name: &str| Host::parse(name).map_or_else(|| name.to_ascii_lowercase(), |host| host.ascii().into());
        Self(names.into_iter().map(plain).collect())
    }

    /// Is it one of them?
    pub fn knows(&self, host: &Host) -> bool {
        let below = |name: &String| {
            let rest = host.ascii().strip_suffix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.0.iter().any(below)
    }
}

/// The place a request came from, as it is counted: a host, or a public address in numbers. `None`: it tells nothing.
pub fn place(from: &From, harmless: &Harmless) -> Option<String> {
    match from {
        From::Unknown => None,
        From::Host(host) => (!harmless.knows(host)).then(|| host.ascii().to_owned()),
        From::Other(text) => public_address(text),
    }
}

/// An address in numbers that anybody can reach.
pub fn public_address(text: &str) -> Option<String> {
    let address = text.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let anybody = AddressPolicy { allowed: Vec::new(), ports: Vec::new() };
    anybody.permits(address).then(|| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_another_ones_page_or_lies_at_home_tells_nothing() {
        let harmless = Harmless::of(["translate.goog", "local", "www.baidu.com"]);
        let of = |host: &str| place(&From::Host(Host::parse(host).unwrap()), &harmless);
        assert_eq!(of("www-yunxi-gov-test.translate.goog"), None);
        assert_eq!((of("printer.local"), of("www.baidu.com")), (None, None));
        assert_eq!(of("tieba.baidu.com").as_deref(), Some("tieba.baidu.com"), "the search alone is harmless");
        assert_eq!(of("eviltranslate.goog").as_deref(), Some("eviltranslate.goog"));
        assert_eq!(place(&From::Unknown, &harmless), None);
        for (text, told) in [
            ("10.0.0.1", None),
            ("127.0.0.1", None),
            ("[::1]", None),
            ("localhost", None),
            ("8.8.8.8", Some("8.8.8.8")),
            ("[2400:3200::1]", Some("2400:3200::1")),
        ] {
            assert_eq!(place(&From::Other(text.into()), &harmless).as_deref(), told, "{text}");
        }
    }
}
