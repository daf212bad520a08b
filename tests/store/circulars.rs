//! Circulars on file, their guard, and what they are drafted from.

use badgewatch::domain::circular::{CircularState, Counts, Figures};
use badgewatch::store::circulars::{self, StoredCircular, Words};
use badgewatch::store::new_id;

use super::stage::{at, told};
use crate::{ask, tell};

fn draft(area: &str, from: &str, until: &str) -> StoredCircular {
    StoredCircular {
        id: new_id(),
        number: None,
        area: area.into(),
        from_on: from.parse().unwrap(),
        until_on: until.parse().unwrap(),
        state: CircularState::Draft,
        version: 1,
        made_at: at(0),
        made_by: "account:chen".into(),
        office: "云溪县委编办".into(),
        words: Words { addressee: "各单位".into(), opening: "一".into(), next_steps: "二".into() },
        figures: Figures { counts: Counts { sites: 3, issued: 2, hung: 1, ..Counts::default() }, ..Figures::default() },
        released_at: None,
        why: None,
    }
}

#[tokio::test]
async fn a_circular_moves_on_once_from_what_was_read() {
    told(0, async |stage| {
        let new = draft("140214", "2026-10-01", "2026-10-31");
        tell!(stage, circulars::insert, &new);
        assert_eq!(ask!(stage, circulars::by_id, "1402", &new.id), Some(new.clone()));
        assert_eq!(ask!(stage, circulars::by_id, "140213", &new.id), None);
        let words = Words { addressee: "各乡镇".into(), ..new.words.clone() };
        assert!(tell!(stage, circulars::reword, &new, &words));
        assert!(!tell!(stage, circulars::reword, &new, &words), "somebody else has changed it");
        assert!(!tell!(stage, circulars::release, &new, "1号", "account:chen", at(1)));
        let read = ask!(stage, circulars::by_id, "", &new.id).unwrap();
        assert!(tell!(stage, circulars::release, &read, "1号", "account:chen", at(1)));
        assert!(!tell!(stage, circulars::reword, &read, &words), "it is released");
        let read = ask!(stage, circulars::by_id, "", &new.id).unwrap();
        assert_eq!((read.state, read.number.as_deref()), (CircularState::Released, Some("1号")));
        let before = |day: &str| day.parse().unwrap();
        assert_eq!(ask!(stage, circulars::before, "140214", before("2026-11-01")).unwrap().id, new.id);
        assert_eq!(ask!(stage, circulars::before, "140214", before("2026-10-31")), None, "it is not over before");
        assert_eq!(ask!(stage, circulars::before, "140213", before("2026-11-01")), None);
        assert!(tell!(stage, circulars::withdraw, &read, "数据有误", "account:chen", at(2)));
        let read = ask!(stage, circulars::by_id, "", &new.id).unwrap();
        assert!(!tell!(stage, circulars::withdraw, &read, "数据有误", "account:chen", at(2)), "it is withdrawn");
        assert_eq!(ask!(stage, circulars::before, "140214", before("2026-11-01")), None);
        assert_eq!(ask!(stage, circulars::list, "14", 10).len(), 1);
        assert!(ask!(stage, circulars::list, "15", 10).is_empty());
    })
    .await;
}

#[tokio::test]
async fn sites_are_counted_where_they_are() {
    told(3, async |stage| {
        let counts = ask!(stage, circulars::counts, "", "2026-11-26".parse().unwrap());
        assert_eq!(counts, Counts { sites: 3, issued: 3, named: 2, ..Counts::default() });
        let later = ask!(stage, circulars::counts, "", "2027-01-02".parse().unwrap());
        assert_eq!(later.named, 0, "the names have expired");
        assert_eq!(ask!(stage, circulars::counts, "14", "2026-11-26".parse().unwrap()).sites, 0, "of no known region");
        assert!(ask!(stage, circulars::notices, "", at(0), 10).is_empty());
    })
    .await;
}
