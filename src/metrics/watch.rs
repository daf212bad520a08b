//! The watch over the sites: how fresh, how whole, how sure; what it found.

use std::collections::BTreeMap;

use prometheus::{Gauge, HistogramVec, IntCounter, IntCounterVec, IntGauge};

use super::make::{Label, Made, Maker, Table, label};
use super::seconds;
use crate::closed_set;
use crate::domain::confirm::FindingState;
use crate::domain::crawl::{Coverage, TrapCause};
use crate::domain::verdict::{FindingCode, Reason, Verdict};
use crate::flow::measure::Measured;
use crate::flow::watch::{Heard, Kind, Wellness};

/// Seconds: a look takes from a tenth of a second to its ten minutes.
const LOOK_BUCKETS: [f64; 9] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0];
/// Seconds: lag from nothing to more than a day.
const LAG_BUCKETS: [f64; 8] = [1.0, 10.0, 60.0, 600.0, 3_600.0, 14_400.0, 43_200.0, 86_400.0];

closed_set! {
    /// What a look did with the pages it knew or met.
    pub enum PageFate {
        Checked = "checked", "looked at";
        Unseen = "unseen", "could not be looked at";
        Disallowed = "disallowed", "robots.txt asks us not to look";
        OutOfBudget = "out_of_budget", "no room in the look's budget";
        BeyondMemory = "beyond_memory", "met after the known pages had filled their memory";
    }
}

/// Every cause a verdict may have: findings and reasons share one label.
fn cause() -> Label {
    let findings = FindingCode::ALL.iter().map(|code| code.name());
    let only_reasons =
        Reason::ALL.iter().map(|reason| reason.name()).filter(|name| FindingCode::from_name(name).is_none());
    Label { name: "cause", set: "Cause", values: findings.chain(only_reasons).collect() }
}

#[derive(Debug, Clone)]
pub(super) struct Watch {
    looks: IntCounterVec,
    look_seconds: HistogramVec,
    lag_seconds: HistogramVec,
    lost: IntCounter,
    unwell: IntCounter,
    page_fates: IntCounterVec,
    trapped: IntCounterVec,
    sites: Table,
    provinces: Table,
    watched: IntGauge,
    due: IntGauge,
    queue_lag: Gauge,
    fresh: Gauge,
    pages: Table,
    findings: Table,
    holds: IntGauge,
}

impl Watch {
    pub fn new(make: &mut Maker<'_>) -> Made<Self> {
        let kind = || label!("kind", Kind);
        Ok(Self {
            watched: make.gauge("sites_watched", "Sites on the plan")?,
            fresh: make.float("sites_fresh_ratio", "Share of the watched sites fairly looked at within two days")?,
            due: make.gauge("sites_due", "Sites that are due and not taken")?,
            queue_lag: make.float("queue_lag_seconds", "How long the longest due site has waited")?,
            sites: make.sparse_table(
                "sites",
                "Watched sites by where they stand",
                &[label!("verdict", Verdict), cause()],
            )?,
            provinces: make.table(
                "province_sites",
                "Watched sites by province and where they stand, counted every ten minutes",
                &[province(), label!("verdict", Verdict)],
            )?,
            pages: make.table(
                "pages",
                "Known pages of all sites, and those fairly looked at",
                &[Label { name: "state", set: "PagesState", values: vec!["known", "checked"] }],
            )?,
            findings: make.table(
                "findings",
                "Findings that are not over",
                &[open_finding(), label!("code", FindingCode)],
            )?,
            holds: make.gauge("holds_open", "Mass changes that wait for an operator")?,
            looks: make.sparse_counters(
                "looks_total",
                "Looks at sites",
                &[kind(), label!("verdict", Verdict), cause()],
            )?,
            look_seconds: make.histograms("look_seconds", "Time of a look at a site", &[kind()], &LOOK_BUCKETS)?,
            lag_seconds: make.histograms("look_lag_seconds", "From due to begun", &[kind()], &LAG_BUCKETS)?,
            lost: make.counter("looks_lost_total", "Looks not stored because the lease had run out")?,
            unwell: make.counter("instrument_unwell_total", "Looks whose failure was not believed: own trouble")?,
            page_fates: make.counters(
                "look_pages_total",
                "Pages of finished looks by what became of them",
                &[label!("fate", PageFate)],
            )?,
            trapped: make.counters(
                "crawl_trapped_total",
                "Addresses not followed because a site makes them without end",
                &[label!("trap", TrapCause)],
            )?,
        })
    }

    pub fn heard(&self, heard: &Heard<'_>) {
        let kind = heard.kind.name();
        if !heard.stored {
            return self.lost.inc();
        }
        if let Wellness::Unwell(_) = heard.wellness {
            self.unwell.inc();
        }
        self.looks.with_label_values(&[kind, heard.look.verdict.name(), heard.look.cause.name()]).inc();
        self.look_seconds.with_label_values(&[kind]).observe(seconds(heard.ended_at, heard.started_at));
        self.lag_seconds.with_label_values(&[kind]).observe(seconds(heard.started_at, heard.slot_at));
        self.covered(&heard.look.coverage);
    }

    fn covered(&self, coverage: &Coverage) {
        for (fate, pages) in [
            (PageFate::Checked, coverage.checked),
            (PageFate::Unseen, coverage.unseen),
            (PageFate::Disallowed, coverage.disallowed),
            (PageFate::OutOfBudget, coverage.out_of_budget),
            (PageFate::BeyondMemory, coverage.beyond_memory),
        ] {
            self.page_fates.with_label_values(&[fate.name()]).inc_by(pages);
        }
        for (trap, addresses) in &coverage.dropped_by_trap {
            self.trapped.with_label_values(&[trap.name()]).inc_by(*addresses);
        }
    }

    pub fn take(&self, measured: &Measured) {
        self.sites
            .set(measured.sites.iter().map(|tally| ([tally.verdict.as_str(), tally.cause.as_str()], tally.sites)));
        self.watched.set(measured.backlog.sites);
        self.due.set(measured.backlog.due);
        self.queue_lag.set(measured.backlog.oldest.map_or(0.0, |oldest| seconds(measured.at, oldest)));
        self.fresh.set(measured.fresh_share());
        self.pages.set([(["known"], measured.freshness.known), (["checked"], measured.freshness.checked)]);
        let counts = measured.findings.iter();
        self.findings.set(counts.map(|count| ([count.state.as_str(), count.code.as_str()], count.findings)));
        self.holds.set(measured.open_holds);
    }

    /// `counts`: province (two digits), verdict, sites. What is no province of ours counts as not known.
    pub fn provinces(&self, counts: &[(String, String, i64)]) {
        let known = province().values;
        let mut by_province = BTreeMap::new();
        for (digits, verdict, sites) in counts {
            let code = known.iter().find(|code| code.strip_suffix("0000") == Some(digits)).unwrap_or(&NO_PROVINCE);
            *by_province.entry([*code, verdict.as_str()]).or_insert(0) += sites;
        }
        self.provinces.set(by_province);
    }
}

/// Stands for a region that is not known.
const NO_PROVINCE: &str = "000000";

/// The provinces, and what is of none.
const PROVINCES: [&str; 35] = [
    NO_PROVINCE,
    "110000",
    "120000",
    "130000",
    "140000",
    "150000",
    "210000",
    "220000",
    "230000",
    "310000",
    "320000",
    "330000",
    "340000",
    "350000",
    "360000",
    "370000",
    "410000",
    "420000",
    "430000",
    "440000",
    "450000",
    "460000",
    "500000",
    "510000",
    "520000",
    "530000",
    "540000",
    "610000",
    "620000",
    "630000",
    "640000",
    "650000",
    "710000",
    "810000",
    "820000",
];

fn province() -> Label {
    Label { name: "province", set: "Province", values: PROVINCES.to_vec() }
}

/// The states of a finding that is not over.
fn open_finding() -> Label {
    let open = [FindingState::Suspected, FindingState::Held, FindingState::Confirmed];
    Label { name: "state", set: "OpenFinding", values: open.iter().map(|state| state.name()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::region::Regions;

    #[test]
    fn the_provinces_are_those_of_the_list_of_regions() {
        let listed: Vec<String> = Regions::builtin()
            .all()
            .filter(|region| region.parent.is_none())
            .map(|region| region.code.clone())
            .collect();
        let ours: Vec<&str> = PROVINCES.iter().copied().filter(|code| *code != NO_PROVINCE).collect();
        assert_eq!(ours, listed);
    }
}
