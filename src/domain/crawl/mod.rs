//! The pure rules of a crawl: which links are pages of the site, in which order they are looked at, when to stop,
//! and how much of the site has been seen.
//!
//! A link goes through [`canonical`], [`Scope`], [`UrlKind`] and [`Traps`] into the [`Frontier`]; robots.txt and
//! sitemaps are read by [`Robots`] and [`Sitemap`]. Nothing here asks the network or the time.

mod canonical;
mod coverage;
mod frontier;
mod kind;
mod memo;
mod noise;
mod queue;
mod robots;
mod scope;
mod shape;
mod sitemap;
mod sitemap_xml;
mod trap;

pub use canonical::{MAX_URL_LEN, canonical};
pub use coverage::Coverage;
pub use frontier::{Arrival, Frontier, Limits, Offered, Outcome};
pub use kind::UrlKind;
pub use memo::{Base, LinkMemo};
pub use queue::{Origin, Task};
pub use robots::{MAX_CRAWL_DELAY, MAX_ROBOTS_LEN, Robots, RobotsMode};
pub use scope::Scope;
pub use sitemap::{Entry, Sitemap, SitemapLimits};
pub use trap::{TrapCause, TrapLimits, Traps};
