//! A draft: its figures as they stand now, frozen, and the words that an officer may change.

use chrono::{DateTime, NaiveDate, Utc};

use super::{CircularError, record};
use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::basis::MEASURES;
use crate::domain::beijing::start_of;
use crate::domain::circular::{CircularState, Figures, is_period, tell};
use crate::domain::office::Offices;
use crate::domain::region::{Regions, digits_of};
use crate::store::circulars::{self, StoredCircular, Words};
use crate::store::{Db, new_id};

/// Notices that are read at most.
const MOST: i64 = 20_000;

/// What a circular is asked to be about.
#[derive(Debug, Clone)]
pub struct Wish {
    /// GB/T 2260.
    pub area: String,
    /// First and last day.
    pub from: NaiveDate,
    pub until: NaiveDate,
}

/// Drafts a circular; its id.
pub async fn draft(
    db: &Db,
    offices: &Offices,
    regions: &Regions,
    actor: &Actor,
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<String, CircularError> {
    let (area, today) = (&wish.area, day(now));
    let is_region = area == "000000" || regions.of_code(area).is_some();
    if !is_region || !actor.may(AccountRole::Viewer, Some(area)) {
        return Err(CircularError::Region);
    } else if !actor.may(AccountRole::Officer, Some(area)) {
        return Err(CircularError::NotYours);
    } else if !is_period(wish.from, wish.until, today) {
        return Err(CircularError::Period);
    }
    let mut tx = db.write().await?;
    let told = circulars::notices(&mut tx, digits_of(area), start_of(wish.from), MOST + 1).await?;
    if told.len() as i64 > MOST {
        return Err(CircularError::TooMany);
    }
    let (handled, named) = tell(&told, wish.from, wish.until);
    let counts = circulars::counts(&mut tx, digits_of(area), today).await?;
    let before = circulars::before(&mut tx, area, wish.from).await?;
    let before = before.map(|before| (before.until_on, before.figures.counts));
    let new = StoredCircular {
        id: new_id(),
        number: None,
        area: area.clone(),
        from_on: wish.from,
        until_on: wish.until,
        state: CircularState::Draft,
        version: 1,
        made_at: now,
        made_by: actor.text(),
        office: offices.text(Some(area)).name,
        words: words(),
        figures: Figures { counts, handled, named, before },
        released_at: None,
        why: None,
    };
    circulars::insert(&mut tx, &new).await?;
    record(&mut tx, actor, "circular_drafted", &new, None, now).await?;
    tx.commit().await?;
    Ok(new.id)
}

/// What stands there until an officer words it otherwise.
fn words() -> Words {
    Words {
        addressee: "各有关单位".to_owned(),
        opening: format!("根据{MEASURES}有关规定，对所辖网站的网站标识使用情况进行了监测。现将有关情况通报如下。"),
        next_steps:
            "请附件所列单位对照整改通知书逐项整改，按期完成并申请复检；对认定有异议的，可按通知书所列方式提出。\
                     各主管单位要督促所属单位落实整改，做好网站标识的日常管理。"
                .to_owned(),
    }
}
