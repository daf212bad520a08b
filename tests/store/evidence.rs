//! Evidence in its chains, and the daily roots.

use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::evidence::{Link, START, sha256};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::evidence::{self, Root};
use badgewatch::store::findings::{self, Change};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

async fn append(stage: &Stage, place: usize, minute: i64) -> String {
    let body = format!("{{\"minute\":{minute},\"excerpt\":\"\\u0000 版权所有\"}}");
    tell!(stage, evidence::append, &stage.ids[place], "look", at(minute), &body)
}

/// Which pieces of a site's chain still have their text.
async fn kept(stage: &Stage, place: usize) -> Vec<bool> {
    let chain = ask!(stage, evidence::chain, &stage.ids[place], 0, 100);
    chain.iter().map(|piece| piece.body.is_some()).collect()
}

#[tokio::test]
async fn each_piece_follows_on_the_one_before_it() {
    told(2, async |stage| {
        assert_eq!(ask!(stage, evidence::head, &stage.ids[0]), None);
        let (first, _) = (append(stage, 0, 1).await, append(stage, 1, 2).await);
        append(stage, 0, 3).await;

        let chain = ask!(stage, evidence::chain, &stage.ids[0], 0, 10);
        assert_eq!((chain.len(), &chain[0].id, chain[0].prev_hash.as_str()), (2, &first, START));
        assert_eq!((chain[1].seq, &chain[1].prev_hash), (2, &chain[0].hash));
        for piece in &chain {
            assert_eq!(piece.body_hash, sha256(piece.body.as_ref().unwrap().as_bytes()), "the text as it was hashed");
            let link = Link {
                site_id: &piece.site_id,
                seq: piece.seq,
                taken_at: piece.taken_at,
                body_hash: &piece.body_hash,
                prev_hash: &piece.prev_hash,
            };
            assert_eq!(piece.hash, link.hash());
        }
        assert_eq!(ask!(stage, evidence::chain, &stage.ids[0], 1, 10), chain[1..]);
        assert_eq!(ask!(stage, evidence::chain, &stage.ids[0], 0, 1), chain[..1]);
        let head = ask!(stage, evidence::head, &stage.ids[0]).unwrap();
        assert_eq!((head.seq, &head.hash), (2, &chain[1].hash));
        assert_eq!(ask!(stage, evidence::count), 3);
    })
    .await;
}

#[tokio::test]
async fn the_heads_of_a_moment_come_in_order_a_page_at_a_time() {
    told(4, async |stage| {
        let mut ids = stage.ids[..3].to_vec();
        ids.sort();
        for (place, minute) in [(0, 1), (1, 1), (2, 1), (0, 5), (1, 9)] {
            append(stage, place, minute).await;
        }
        let heads = ask!(stage, evidence::heads_at, at(9), "", 2);
        let rest = ask!(stage, evidence::heads_at, at(9), &heads[1].site_id, 2);
        let seen: Vec<_> = heads.iter().chain(&rest).map(|head| head.site_id.clone()).collect();
        assert_eq!(seen, ids, "every chain once, in the order of the ids");
        let of = |place: usize| heads.iter().chain(&rest).find(|head| head.site_id == stage.ids[place]).unwrap().seq;
        assert_eq!((of(0), of(1), of(2)), (2, 1, 1), "what came later is not of that moment");
        assert!(ask!(stage, evidence::heads_at, at(1), "", 10).is_empty());
        assert_eq!(ask!(stage, evidence::sites, "", 10), ids);
        assert_eq!(ask!(stage, evidence::sites, &ids[0], 1), ids[1..2]);
    })
    .await;
}

#[tokio::test]
async fn suspicions_are_emptied_and_cases_kept_and_the_chain_holds() {
    told(3, async |stage| {
        for minute in 1..=4 {
            append(stage, 0, minute).await;
        }
        append(stage, 1, 1).await;
        let hashes = ask!(stage, evidence::chain, &stage.ids[0], 0, 9).into_iter().map(|piece| piece.hash);
        let hashes: Vec<_> = hashes.collect();
        // The second site is still under suspicion; the first one's case began in minute 3.
        tell!(stage, findings::open, &stage.ids[1], &Finding::fault(FindingCode::Blocked), &Track::open(at(1)), &[]);
        assert_eq!(tell!(stage, evidence::keep_for_case, &stage.ids[0], at(3)), 2);
        assert_eq!(tell!(stage, evidence::keep_for_case, &stage.ids[0], at(3)), 0);

        assert_eq!(tell!(stage, evidence::prune, at(2), 10), 1, "only what is old enough");
        assert_eq!(tell!(stage, evidence::prune, at(100), 10), 1);
        assert_eq!(tell!(stage, evidence::prune, at(100), 10), 0);
        assert_eq!((kept(stage, 0).await, kept(stage, 1).await), (vec![false, false, true, true], vec![true]));
        let after = ask!(stage, evidence::chain, &stage.ids[0], 0, 9).into_iter().map(|piece| piece.hash);
        assert_eq!(after.collect::<Vec<_>>(), hashes);

        // When the suspicion is over, its evidence goes, a little at a time.
        let read = ask!(stage, findings::open_of_site, &stage.ids[1]).remove(0);
        let cleared = Track { state: FindingState::Cleared, ..read.track.clone() };
        tell!(stage, findings::advance, &read, &cleared, &Change { at: at(5), ..Change::default() });
        append(stage, 1, 6).await;
        assert_eq!(tell!(stage, evidence::prune, at(100), 1), 1);
        assert_eq!(tell!(stage, evidence::prune, at(100), 1), 1);
        assert_eq!(kept(stage, 1).await, [false, false]);
    })
    .await;
}

#[tokio::test]
async fn a_day_has_one_root() {
    told(1, async |stage| {
        let root = |day: &str, root: &str| Root {
            day: day.parse().unwrap(),
            chains: 3,
            heads: "h".to_owned(),
            prev_root: START.to_owned(),
            root: root.to_owned(),
        };
        let (first, second) = (root("2026-11-24", "a"), root("2026-11-25", "b"));
        assert!(tell!(stage, evidence::insert_root, &second, at(0)));
        assert!(tell!(stage, evidence::insert_root, &first, at(0)));
        assert!(!tell!(stage, evidence::insert_root, &root("2026-11-25", "c"), at(1)), "the day has one");
        assert_eq!(ask!(stage, evidence::roots), [first.clone(), second.clone()]);
        assert_eq!(ask!(stage, evidence::root_before, "2026-11-26".parse().unwrap()), Some(second));
        assert_eq!(ask!(stage, evidence::root_before, "2026-11-25".parse().unwrap()), Some(first));
        assert_eq!(ask!(stage, evidence::root_before, "2026-11-24".parse().unwrap()), None);
    })
    .await;
}
