//! Lists of sites: what is asked, within one's region.

use chrono::{DateTime, Utc};

use crate::clock::day;
use crate::domain::account::Actor;
use crate::domain::host::Host;
use crate::domain::region::{bounds, is_within, meet};
use crate::flow::measure::FRESH;
use crate::store::site_rows::{self, Filter, Freshness, Hanging, Named, SiteRow, Sort};
use crate::store::{Db, StoreError, StoreResult};

/// Sites on one page.
pub const PAGE: i64 = 50;
/// Sites that are counted and paged at most: who has more narrows the filter, or takes the table.
const COUNTED: i64 = 10_000;

/// Behind a region: what lies in it itself, not in what is below it (`140200-own`).
pub const OWN: &str = "-own";

/// The first and last code of what is asked for within an actor's region. `None`: it lies outside of it.
fn area(actor: &Actor, asked: &str) -> Option<(String, String)> {
    match asked.strip_suffix(OWN) {
        Some(own) => is_within(own, &actor.region).then(|| (own.to_owned(), own.to_owned())),
        None if asked.is_empty() => Some(bounds(&actor.region)),
        None => meet(&actor.region, asked).map(bounds),
    }
}

/// What is asked of a list; what is empty is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// GB/T 2260: only sites there and below; with [`OWN`] behind it: only sites there.
    pub region: String,
    pub kind: String,
    pub verdict: String,
    pub cause: String,
    pub finding: String,
    pub code: String,
    pub domain: String,
    pub text: String,
    pub address: String,
    pub named: Option<Named>,
    pub hanging: Option<Hanging>,
    pub freshness: Option<Freshness>,
    pub sort: Option<Sort>,
    /// From 0.
    pub page: u32,
}

/// How many sites a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    Exactly(i64),
    MoreThan(i64),
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct List {
    pub rows: Vec<SiteRow>,
    pub counted: Counted,
    /// Pages that can be turned to.
    pub pages: u32,
}

impl Wanted {
    /// The filter within an actor's region. `None`: what is asked lies outside of it.
    pub(super) fn filter(&self, actor: &Actor, now: DateTime<Utc>) -> Option<Filter> {
        Some(Filter {
            area: area(actor, &self.region)?,
            kind: self.kind.clone(),
            verdict: self.verdict.clone(),
            cause: self.cause.clone(),
            finding: self.finding.clone(),
            code: self.code.trim().to_owned(),
            domain: in_ascii(&self.domain),
            text: self.text.trim().to_lowercase(),
            address: self.address.clone(),
            named: self.named,
            hanging: self.hanging,
            freshness: self.freshness,
            fresh_since: now - FRESH,
            today: day(now),
        })
    }

    pub(super) fn sort(&self) -> Sort {
        self.sort.unwrap_or(Sort::Need)
    }
}

/// A domain, or a part of one, as it is on file; of a whole address the host.
fn in_ascii(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let text = text.split(['/', '?', '#']).next().unwrap_or_default();
    let label = |label: &str| match label.is_ascii() {
        true => label.to_owned(),
        // A label alone is no host: it is read as the first of one.
        false => Host::parse(&format!("{label}.cn"))
            .and_then(|host| host.ascii().strip_suffix(".cn").map(str::to_owned))
            .unwrap_or_else(|| label.to_owned()),
    };
    text.split(['.', '。']).map(label).collect::<Vec<_>>().join(".")
}

/// A page of an actor's sites.
pub async fn list(db: &Db, actor: &Actor, wanted: &Wanted, now: DateTime<Utc>) -> StoreResult<List> {
    let Some(filter) = wanted.filter(actor, now) else {
        return Ok(List { rows: Vec::new(), counted: Counted::Exactly(0), pages: 0 });
    };
    let mut tx = db.read().await?;
    // A first page that is not full is the whole list: it needs no second walk to be counted.
    let first = site_rows::page(&mut tx, &filter, wanted.sort(), PAGE, 0).await?;
    let counted = match i64::try_from(first.len()) {
        Ok(few) if few < PAGE => few,
        _ => site_rows::count(&mut tx, &filter, COUNTED + 1).await?,
    };
    let pages = u32::try_from((counted.min(COUNTED) + PAGE - 1) / PAGE).unwrap_or_default();
    let page = wanted.page.min(pages.saturating_sub(1));
    let rows = match page {
        0 => first,
        page => site_rows::page(&mut tx, &filter, wanted.sort(), PAGE, i64::from(page) * PAGE).await?,
    };
    let counted = if counted > COUNTED { Counted::MoreThan(COUNTED) } else { Counted::Exactly(counted) };
    Ok(List { rows, counted, pages })
}

/// Hands over every site of a list in its order: the whole of what the pages show.
pub async fn each<E: From<StoreError>>(
    db: &Db,
    actor: &Actor,
    wanted: &Wanted,
    now: DateTime<Utc>,
    take: impl FnMut(SiteRow) -> Result<(), E>,
) -> Result<(), E> {
    let Some(filter) = wanted.filter(actor, now) else { return Ok(()) };
    let mut tx = db.read().await?;
    site_rows::each(&mut tx, &filter, wanted.sort(), take).await
}

#[cfg(test)]
mod tests {
    use super::in_ascii;

    #[test]
    fn a_domain_is_asked_for_as_one_has_it_at_hand() {
        assert_eq!(in_ascii(" HTTP://WWW.Yunxi.gov.test/a?b "), "www.yunxi.gov.test");
        assert_eq!((in_ascii("云溪.政务"), in_ascii("gov.te")), ("xn--9kq759e.xn--zfr164b".into(), "gov.te".into()));
        assert_eq!((in_ascii(".政务"), in_ascii("")), (".xn--zfr164b".into(), String::new()));
    }
}
