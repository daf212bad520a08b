//! One site, with all that concerns it.

use chrono::{DateTime, Utc};

use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::letter::Fault;
use crate::flow::notices::{ActError, Desk, letters, site_of};
use crate::store::audit::{self, Recorded};
use crate::store::cases::{self, StoredCase};
use crate::store::exemptions::{self, Exemption};
use crate::store::findings::{self, StoredFinding};
use crate::store::looks::{self, Standing, StoredLook};
use crate::store::maintenance::{self, Window};
use crate::store::notices::{self, StoredNotice};
use crate::store::plan::{self, Claim};
use crate::store::sites::StoredSite;
use crate::store::units::{self, Change};
use crate::store::{Db, evidence};

/// Looks that the timeline shows.
const LOOKS: i64 = 30;
/// Acts that are read.
const ACTS: i64 = 500;

/// A site.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub now: DateTime<Utc>,
    pub site: StoredSite,
    pub standing: Option<Standing>,
    /// Findings that are not over, each as letters tell it.
    pub open: Vec<(StoredFinding, Fault)>,
    pub looks: Vec<StoredLook>,
    pub changes: Vec<Change>,
    pub acts: Vec<Recorded>,
    pub notices: Vec<StoredNotice>,
    pub cases: Vec<StoredCase>,
    pub maintenance: Vec<Window>,
    pub exemptions: Vec<Exemption>,
    pub recheck: Recheck,
    /// When it is looked at next by the clock.
    pub next_look: Option<DateTime<Utc>>,
}

/// How a re-check stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recheck {
    /// None was asked for lately.
    None,
    /// No worker has it yet.
    Queued {
        asked_at: DateTime<Utc>,
    },
    Running {
        asked_at: DateTime<Utc>,
    },
    Done {
        asked_at: DateTime<Utc>,
        ended_at: DateTime<Utc>,
        verdict: String,
        cause: String,
    },
}

/// The site of a registry key, for who may see it.
pub async fn sheet(db: &Db, desk: &Desk, actor: &Actor, key: &str, now: DateTime<Utc>) -> Result<Sheet, ActError> {
    let mut tx = db.read().await?;
    let site = site_of(&mut tx, actor, AccountRole::Viewer, key).await?;
    let id = site.id.clone();
    let kept = evidence::latest(&mut tx, &id, letters::SEARCHED).await?;
    let open = findings::open_of_site(&mut tx, &id).await?;
    let told = |found: StoredFinding| {
        let fault = letters::fault(&found, &desk.vantage, &kept);
        (found, fault)
    };
    let plan = plan::of_site(&mut tx, &id).await?;
    let looks = looks::of_site(&mut tx, &id, LOOKS).await?;
    Ok(Sheet {
        now,
        standing: looks::standing(&mut tx, &id).await?,
        open: open.into_iter().map(told).collect(),
        changes: units::history(&mut tx, &id).await?,
        acts: audit::chain(&mut tx, &format!("site:{id}"), 0, ACTS).await?,
        notices: notices::of_site(&mut tx, &id).await?,
        cases: cases::of_site(&mut tx, &id).await?,
        maintenance: maintenance::windows(&mut tx, &id, day(now)).await?,
        exemptions: exemptions::of_site(&mut tx, &id).await?,
        recheck: recheck(plan.as_ref(), &looks, now),
        next_look: plan.map(|plan| plan.home_at.min(plan.pages_at)).filter(|next| *next > now),
        looks,
        site,
    })
}

fn recheck(plan: Option<&Claim>, looks: &[StoredLook], now: DateTime<Utc>) -> Recheck {
    if let Some((plan, asked_at)) = plan.and_then(|plan| Some((plan, plan.recheck_at?))) {
        // A look at all pages that is under way is not the re-check: that comes after it.
        let is_running = !plan.lease.is_empty() && plan.next_at > now && plan.crawl_started_at.is_none();
        return if is_running { Recheck::Running { asked_at } } else { Recheck::Queued { asked_at } };
    }
    let done = looks.iter().find(|look| look.kind == "recheck");
    done.map_or(Recheck::None, |look| Recheck::Done {
        asked_at: look.slot_at,
        ended_at: look.ended_at,
        verdict: look.verdict.clone(),
        cause: look.cause.clone(),
    })
}
