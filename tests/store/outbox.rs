//! Messages on their way: taken once, claimed by lease, one a day, stopped while they wait.

use badgewatch::domain::letter::{Letter, LetterKind};
use badgewatch::mail::sample::sample;
use badgewatch::store::outbox::{self, Asked, Channel, Claimed, Part, Post, Stuck};
use chrono::NaiveDate;

use super::stage::{Stage, at, told};
use crate::{ask, tell};

const TO: &str = "office@yunxi.test";

fn letter() -> Letter {
    sample(LetterKind::Rectification).0
}

pub async fn post(stage: &Stage, key: &str, minutes: i64) -> bool {
    let letter = letter();
    let post = Post {
        key,
        channel: Channel::Mail,
        part: Part::Unit,
        recipient: TO,
        site_id: Some(&stage.ids[0]),
        notice_id: None,
        case_id: None,
        step: Some(0),
        letter: &letter,
        from: at(minutes),
    };
    tell!(stage, outbox::post, &post, at(0))
}

fn asked(minutes: i64) -> Asked {
    Asked { now: at(minutes), until: at(minutes + 10), trial: false, only_urgent: false, most: 10 }
}

pub async fn claim(stage: &Stage, minutes: i64) -> Vec<Claimed> {
    tell!(stage, outbox::claim, &asked(minutes))
}

fn today() -> NaiveDate {
    badgewatch::domain::beijing::day(at(0))
}

#[tokio::test]
async fn what_is_told_is_taken_once_and_goes_when_it_is_due() {
    told(1, async |stage| {
        assert!(post(stage, "one", 5).await);
        assert!(!post(stage, "one", 0).await, "it is there already");
        assert!(claim(stage, 4).await.is_empty());
        let urgent = Asked { only_urgent: true, ..asked(5) };
        assert!(tell!(stage, outbox::claim, &urgent).is_empty(), "a letter to a unit waits for the morning");
        let claimed = claim(stage, 5).await.remove(0);
        assert_eq!((claimed.attempts, claimed.recipient.as_str(), &claimed.letter), (1, TO, &letter()));
        assert!(claim(stage, 6).await.is_empty(), "a worker has it");
        assert!(tell!(stage, outbox::sent, &claimed, at(6), today()));
        assert!(!tell!(stage, outbox::sent, &claimed, at(7), today()));
        assert_eq!(ask!(stage, outbox::counts), [("sent".to_owned(), 1)]);
        let of_kind = ("rectification".to_owned(), "sent".to_owned(), 1);
        assert_eq!(ask!(stage, outbox::counts_by_kind), [of_kind]);
    })
    .await;
}

#[tokio::test]
async fn a_dead_worker_gives_its_letters_back_and_its_claim_is_worth_nothing() {
    told(1, async |stage| {
        post(stage, "one", 0).await;
        let dead = claim(stage, 0).await.remove(0);
        let again = claim(stage, 10).await.remove(0);
        assert_eq!((again.id.as_str(), again.attempts), (dead.id.as_str(), 2), "the same letter, the same Message-ID");
        assert!(!tell!(stage, outbox::sent, &dead, at(11), today()));
        assert!(!tell!(stage, outbox::later, &dead, at(20), Some("?"), true));
        assert!(!tell!(stage, outbox::stuck, &dead, Stuck::Parked, "?"));
        assert!(tell!(stage, outbox::later, &again, at(20), Some("451"), true));
        assert!(claim(stage, 19).await.is_empty());
        let third = claim(stage, 20).await.remove(0);
        assert!(tell!(stage, outbox::stuck, &third, Stuck::Parked, "451"));
        assert!(claim(stage, 99).await.is_empty(), "parked: an officer looks");
        assert_eq!(tell!(stage, outbox::release, None, at(100)), 1);
        assert_eq!(claim(stage, 100).await[0].attempts, 1);
    })
    .await;
}

#[tokio::test]
async fn one_letter_has_a_recipients_day() {
    told(1, async |stage| {
        post(stage, "one", 0).await;
        post(stage, "two", 1).await;
        let both = claim(stage, 1).await;
        assert!(tell!(stage, outbox::take_day, &both[0], today()));
        assert!(tell!(stage, outbox::take_day, &both[0], today()), "it has it");
        assert!(!tell!(stage, outbox::take_day, &both[1], today()));
        assert!(tell!(stage, outbox::take_day, &both[1], today().succ_opt().unwrap()));
        tell!(stage, outbox::free_days, &both[0].id);
        assert!(tell!(stage, outbox::take_day, &both[1], today()));
        assert_eq!(tell!(stage, outbox::purge_days, today()), 0);
        assert_eq!(tell!(stage, outbox::purge_days, today().succ_opt().unwrap()), 1);
    })
    .await;
}

#[tokio::test]
async fn what_came_back_was_sent_and_comes_back_once() {
    told(1, async |stage| {
        post(stage, "one", 0).await;
        let claimed = claim(stage, 0).await.remove(0);
        assert_eq!(tell!(stage, outbox::bounced, &claimed.id, "550"), None, "it was not sent");
        tell!(stage, outbox::sent, &claimed, at(1), today());
        let back = tell!(stage, outbox::bounced, &claimed.id, "550").unwrap();
        assert_eq!((back.recipient.as_str(), back.part.as_str(), back.step), (TO, "unit", Some(0)));
        assert_eq!(tell!(stage, outbox::bounced, &claimed.id, "550"), None);

        assert!(tell!(stage, outbox::lay_before, &claimed.id) && !tell!(stage, outbox::lay_before, &claimed.id));
        assert_eq!(tell!(stage, outbox::bounced, &claimed.id, "550"), None, "an officer has it");
    })
    .await;
}

#[tokio::test]
async fn a_trial_goes_once_and_waits_for_the_real_day() {
    told(1, async |stage| {
        post(stage, "one", 0).await;
        let trial = Asked { trial: true, ..asked(0) };
        let claimed = tell!(stage, outbox::claim, &trial).remove(0);
        assert!(tell!(stage, outbox::tried, &claimed, at(1)));
        assert!(tell!(stage, outbox::claim, &Asked { trial: true, ..asked(60) }).is_empty());
        assert_eq!(claim(stage, 60).await[0].attempts, 1);
    })
    .await;
}
