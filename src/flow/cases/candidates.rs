//! Sites that a case might open for by what the daemon saw, one after the other: a page of them is read at a time, and no
//! transaction stays open between two.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::Desk;
use crate::domain::case::Ground;
use crate::store::StoreResult;
use crate::store::cases::{self, Candidate};

/// Candidates read at a time.
const PAGE: i64 = 200;

/// The candidates of a ground.
pub(super) struct Candidates {
    ground: Ground,
    /// Whose finding was confirmed before.
    before: DateTime<Utc>,
    page: VecDeque<Candidate>,
    /// The last site that was read.
    after: String,
}

impl Candidates {
    pub fn of(ground: Ground, before: DateTime<Utc>) -> Self {
        Self { ground, before, page: VecDeque::new(), after: String::new() }
    }

    /// The next one, if there is one.
    pub async fn next(&mut self, desk: &Desk<'_>) -> StoreResult<Option<Candidate>> {
        if self.page.is_empty() {
            let mut tx = desk.db.read().await?;
            self.page = cases::candidates(&mut tx, self.ground, self.before, &self.after, PAGE).await?.into();
            if let Some(last) = self.page.back() {
                self.after.clone_from(&last.site_id);
            }
        }
        Ok(self.page.pop_front())
    }
}
