//! The known pages of a site: the latest fair look of each counts.

use badgewatch::domain::look::PageLook;
use badgewatch::domain::verdict::Reason;
use badgewatch::store::pages::{self, PageWrite, StoredPage};
use url::Url;

use super::stage::{Stage, at, told};
use crate::{ask, tell};

const URL: &str = "http://s000.yunxi.gov.test/a";

fn look(title: &str) -> PageLook {
    let unseen = PageLook::unseen(&Url::parse(URL).unwrap(), Some(200), Reason::Challenge);
    PageLook { title: Some(title.to_owned()), ..unseen }
}

/// A fair look of the story's own beginning.
fn fair<'a>(site_id: &'a str, look: &'a PageLook) -> PageWrite<'a> {
    PageWrite {
        site_id,
        url: URL,
        depth: 1,
        origin: "link",
        at: at(0),
        look,
        fair: true,
        etag: Some("\"1\""),
        last_modified: Some("Thu, 26 Nov 2026 04:00:00 GMT"),
        body_sha256: Some("aa"),
        judged_under: "rules 1",
    }
}

async fn only(stage: &Stage) -> StoredPage {
    let mut pages = ask!(stage, pages::of_site, &stage.ids[0]);
    assert_eq!(pages.len(), 1);
    pages.remove(0)
}

#[tokio::test]
async fn an_unfair_look_leaves_the_last_fair_one_standing() {
    told(1, async |stage| {
        let (first, second, third) = (look("一"), look("二"), look("三"));
        let page = fair(&stage.ids[0], &first);
        tell!(stage, pages::see, &page);
        let seen = only(stage).await;
        assert_eq!(ask!(stage, pages::by_url, &stage.ids[0], URL).as_ref(), Some(&seen));
        assert_eq!(ask!(stage, pages::by_url, &stage.ids[0], "http://s000.yunxi.gov.test/b"), None);
        assert_eq!((seen.looked_at, seen.fair_at, &seen.look.as_ref().unwrap().0), (Some(at(0)), Some(at(0)), &first));
        assert_eq!((seen.etag.as_deref(), seen.body_sha256.as_deref()), (Some("\"1\""), Some("aa")));

        let unfair = PageWrite { at: at(1), look: &second, fair: false, etag: None, body_sha256: None, ..page };
        tell!(stage, pages::see, &unfair);
        assert_eq!(only(stage).await, StoredPage { looked_at: Some(at(1)), ..seen }, "only the time of the try");

        let fair = PageWrite { at: at(2), look: &third, etag: None, last_modified: None, judged_under: "2", ..page };
        tell!(stage, pages::see, &fair);
        let now = only(stage).await;
        assert_eq!((now.fair_at, &now.look.as_ref().unwrap().0), (Some(at(2)), &third));
        assert_eq!((now.etag, now.last_modified, now.judged_under.as_deref()), (None, None, Some("2")));
    })
    .await;
}

#[tokio::test]
async fn of_a_page_never_fairly_seen_the_last_try_is_kept() {
    told(1, async |stage| {
        let (first, second) = (look("一"), look("二"));
        let page = PageWrite { fair: false, ..fair(&stage.ids[0], &first) };
        tell!(stage, pages::see, &page);
        tell!(stage, pages::see, &PageWrite { at: at(1), look: &second, ..page });
        let seen = only(stage).await;
        assert_eq!((seen.looked_at, seen.fair_at, &seen.look.as_ref().unwrap().0), (Some(at(1)), None, &second));
        let counts = ask!(stage, pages::counts, &stage.ids[0]);
        assert_eq!((counts.known, counts.checked), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn a_page_is_known_once_and_forgotten_for_good() {
    told(2, async |stage| {
        let (id, other) = (&stage.ids[0], &stage.ids[1]);
        tell!(stage, pages::know, id, URL, 2, "sitemap", at(0));
        tell!(stage, pages::know, id, URL, 1, "link", at(1));
        tell!(stage, pages::know, other, URL, 1, "link", at(1));
        let known = only(stage).await;
        assert_eq!((known.depth, known.origin.as_str(), known.looked_at, known.look), (2, "sitemap", None, None));
        assert_eq!(ask!(stage, pages::count), 2);

        tell!(stage, pages::forget, id, URL);
        tell!(stage, pages::forget, id, URL);
        assert!(ask!(stage, pages::of_site, id).is_empty());
        assert_eq!(ask!(stage, pages::of_site, other).len(), 1, "another site's page of this address stays");
    })
    .await;
}

#[tokio::test]
async fn pages_come_back_with_the_home_pages_neighbours_first() {
    told(1, async |stage| {
        let id = &stage.ids[0];
        for (url, depth, minute) in [("/d", 2, 0), ("/c", 1, 2), ("/b", 1, 1), ("/a", 1, 2), ("/", 0, 9)] {
            tell!(stage, pages::know, id, url, depth, "link", at(minute));
        }
        let urls: Vec<_> = ask!(stage, pages::of_site, id).into_iter().map(|page| page.url).collect();
        assert_eq!(urls, ["/", "/b", "/a", "/c", "/d"]);
    })
    .await;
}

#[tokio::test]
async fn the_longest_address_and_the_strangest_title_can_be_stored() {
    told(1, async |stage| {
        // As long as a crawl takes it, and with nothing that could be packed.
        let noise = (0..31).map(|n| badgewatch::domain::evidence::sha256(&[n])).collect::<String>();
        let url = format!("http://s000.yunxi.gov.test/{}", &noise[..1_970]);
        let strange = look("零\0字节 \\u0000 😀");
        tell!(stage, pages::see, &PageWrite { url: &url, look: &strange, ..fair(&stage.ids[0], &strange) });
        let seen = only(stage).await;
        assert_eq!(seen.url, url);
        let title = seen.look.unwrap().0.title.unwrap();
        assert_eq!(title, "零\u{fffd}字节 \\u0000 😀", "PostgreSQL keeps no zero byte, so neither engine does");
    })
    .await;
}
