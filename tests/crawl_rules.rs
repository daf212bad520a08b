//! Stories of a crawl, told without a network: an invented site answers each task with its links.

use badgewatch::domain::crawl::*;
use encoding_rs::UTF_8;
use proptest::prelude::*;
use std::collections::HashSet;
use url::Url;

const HOME: &str = "http://www.yunxi.gov.test/";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn frontier(limits: Limits) -> Frontier {
    let mut frontier = Frontier::new(Scope::of(&url(HOME)), limits);
    assert_eq!(frontier.start(&url(HOME)), Offered::New);
    frontier
}

fn limits(max_pages: u64) -> Limits {
    Limits { max_pages, ..Limits::default() }
}

/// Crawls a site whose pages link to whatever `links` says, and gives the addresses in the order of the looks.
fn crawl(frontier: &mut Frontier, links: impl Fn(&Url) -> Vec<String>) -> Vec<String> {
    let mut order = Vec::new();
    while let Some(task) = frontier.next_task() {
        let base = Base::new(&task.url, UTF_8);
        for href in links(&task.url) {
            frontier.offer(&base, &href, task.depth + 1, Origin::Link);
        }
        order.push(task.url.to_string());
        frontier.finish(task, Outcome::Checked);
    }
    order
}

/// The number that an endless site is at: the last run of digits of an address.
fn number(url: &Url) -> u32 {
    let digits: String =
        url.as_str().chars().rev().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().unwrap_or(0)
}

#[test]
fn a_small_site_is_looked_at_whole_nearest_pages_first() {
    let mut frontier = frontier(limits(100));
    let order = crawl(&mut frontier, |page| {
        let links: &[&str] = match page.path() {
            "/" => {
                &["/xwzx/", "bsfw.html", "#top", "javascript:void(0)", "/logo.png", "http://other.gov.test/", "/logout"]
            }
            "/xwzx/" => &["a.html", "b.html?utm_source=home", "/", "a.html?print=1"],
            _ => &["/index.html", "https://yunxi.gov.test//xwzx/a.html"],
        };
        links.iter().map(|link| link.to_string()).collect()
    });
    let paths: Vec<&str> = order.iter().map(|url| &url[HOME.len() - 1..]).collect();
    assert_eq!(paths, ["/", "/xwzx/", "/bsfw.html", "/xwzx/a.html", "/xwzx/b.html", "/index.html"]);
    let coverage = frontier.coverage();
    assert_eq!((coverage.checked, coverage.known, coverage.complete), (6, 6, true));
}

#[test]
fn a_large_site_is_sampled_within_the_budget_and_said_to_be() {
    let mut frontier = frontier(limits(30));
    let order = crawl(&mut frontier, |page| match page.path() {
        "/" => (0..20).map(|n| format!("/col{n}/")).collect(),
        _ => (0..100).map(|n| format!("t{n}.html")).collect(),
    });
    assert_eq!(order.len(), 30);
    assert!(order[1..21].iter().all(|url| url.contains("/col") && url.ends_with('/')), "the columns come first");
    let coverage = frontier.coverage();
    assert_eq!((coverage.checked, coverage.known, coverage.complete), (30, 2_021, false));
    assert_eq!(coverage.out_of_budget, 1_991);
}

#[test]
fn endless_sites_come_to_an_end_and_the_cause_is_told() {
    type Site = fn(&Url) -> Vec<String>;
    let sites: [(&str, Site, TrapCause); 6] = [
        ("a calendar", |at| vec![format!("/rl?year=2024&month={}", number(at) + 1)], TrapCause::TooDeep),
        (
            "a calendar of years",
            |_| (0..2_000).map(|n| format!("/rl/{}/{:02}/", 1000 + n, n % 12 + 1)).collect(),
            TrapCause::Calendar,
        ),
        (
            "a list",
            |at| (1..40).map(|n| format!("/list.jsp?cid=1&page={}", number(at) + n)).collect(),
            TrapCause::Paging,
        ),
        (
            "a session in the path",
            |at| (1..99).map(|n| format!("/s{:030x}/a.html", number(at) * 131 + n)).collect(),
            TrapCause::Family,
        ),
        ("a relative link gone wrong", |_| vec!["a/b/".into(), "c/".into()], TrapCause::RepeatedPath),
        (
            "filters",
            |at| {
                (0..11)
                    .map(|n| format!("{}{}f{n}={}", at.path(), at.query().map_or("?".into(), |q| format!("?{q}&")), n))
                    .collect()
            },
            TrapCause::Parameters,
        ),
    ];
    for (name, links, cause) in sites {
        let mut frontier = frontier(limits(20_000));
        let order = crawl(&mut frontier, links);
        let coverage = frontier.coverage();
        assert!(order.len() < 20_000, "{name}: ended by the budget alone, {coverage:?}");
        assert!(coverage.dropped_by_trap.contains_key(&cause), "{name}: {coverage:?}");
        assert!(!coverage.complete, "{name}: something was left out");
    }
}

#[test]
fn a_session_in_every_link_leaves_one_address_a_page() {
    let mut frontier = frontier(limits(1_000));
    let order = crawl(&mut frontier, |at| {
        (0..5)
            .flat_map(|n| {
                [format!("/p{n}.jsp;jsessionid={}{n}?id=1", at.path().len()), format!("/p{n}.jsp?id=1&PHPSESSID=x{n}")]
            })
            .collect()
    });
    assert_eq!(order.len(), 6);
    assert!(frontier.coverage().complete);
}

#[test]
fn a_redirect_counts_for_the_page_it_leads_to_once() {
    let mut frontier = frontier(limits(10));
    let home = frontier.next_task().unwrap();
    assert_eq!(frontier.arrive(&home, &url("https://yunxi.gov.test/")), Arrival::Own, "the same page, spelt otherwise");
    let base = Base::new(&home.url, UTF_8);
    for href in ["/old.html", "/new.html", "/gone.html", "/away.html"] {
        frontier.offer(&base, href, 1, Origin::Link);
    }
    frontier.finish(home, Outcome::Checked);
    for (target, arrival, outcome) in [
        ("/new.html", Arrival::Known, Outcome::NotAPage),
        ("/new.html", Arrival::Own, Outcome::Checked),
        ("/moved/to.html", Arrival::Own, Outcome::Checked),
        ("http://other.gov.test/", Arrival::Elsewhere, Outcome::NotAPage),
    ] {
        let task = frontier.next_task().unwrap();
        let landed = task.url.join(target).unwrap();
        assert_eq!(frontier.arrive(&task, &landed), arrival, "{} → {target}", task.url);
        frontier.finish(task, outcome);
    }
    assert_eq!(frontier.offer(&base, "/moved/to.html", 1, Origin::Link), Offered::Known);
    let coverage = frontier.coverage();
    assert_eq!((coverage.checked, coverage.known, coverage.complete), (3, 3, true));
}

#[test]
fn what_could_not_or_may_not_be_looked_at_stays_known() {
    let robots = Robots::answered(200, b"User-agent: badgewatch\nDisallow: /nb/\nSitemap: /map.xml");
    let map = url(HOME).join(&robots.sitemaps()[0]).unwrap();
    let sitemap = Sitemap::read(
        b"<urlset><url><loc>/nb/1.html</loc></url><url><loc>/a.html</loc></url><url><loc>/b.html</loc></url></urlset>",
        SitemapLimits::default(),
    );
    let mut frontier = frontier(limits(3));
    for page in &sitemap.pages {
        assert_eq!(frontier.offer(&Base::new(&map, UTF_8), &page.loc, 2, Origin::Sitemap), Offered::New);
    }
    while let Some(task) = frontier.next_task() {
        let outcome = match task.url.path() {
            _ if !robots.allows(&task.url) => Outcome::Disallowed,
            "/b.html" => Outcome::Unseen,
            _ => Outcome::Checked,
        };
        frontier.finish(task, outcome);
    }
    let coverage = frontier.coverage();
    assert_eq!((coverage.checked, coverage.known, coverage.complete), (2, 4, false));
    assert_eq!(
        (coverage.disallowed, coverage.unseen, coverage.out_of_budget),
        (1, 1, 0),
        "a forbidden page costs no budget"
    );
}

#[test]
fn a_page_in_flight_or_lost_leaves_the_coverage_incomplete() {
    let mut frontier = frontier(limits(10));
    assert!(!frontier.coverage().complete);
    let lost = frontier.next_task().unwrap();
    drop(lost);
    assert_eq!(frontier.waiting(), 0);
    assert!(!frontier.coverage().complete);
}

#[test]
fn more_pages_than_are_remembered_are_counted_beyond() {
    let mut frontier = frontier(Limits { max_known: 100, ..limits(1_000) });
    let order = crawl(&mut frontier, |_| (0..500).map(|n| format!("/col/t{n}.html")).collect());
    assert_eq!(order.len(), 100);
    let coverage = frontier.coverage();
    assert_eq!((coverage.known, coverage.beyond_memory, coverage.complete), (100, 401, false));
}

#[test]
fn the_coverage_is_told_in_stable_names() {
    let mut frontier = frontier(limits(10));
    crawl(&mut frontier, |_| vec!["/a/a/a/".into()]);
    let json = serde_json::to_value(frontier.coverage()).unwrap();
    assert_eq!(json["checked"], 1);
    assert_eq!(json["dropped_by_trap"]["repeated_path"], 1);
}

/// A site of up to 30 pages, each with links in several spellings.
fn sites() -> impl Strategy<Value = Vec<Vec<String>>> {
    let link = (0usize..30, 0usize..7).prop_map(|(page, spelling)| match spelling {
        0 => format!("/p{page}.html"),
        1 => format!("p{page}.html#a"),
        2 => format!("https://yunxi.gov.test/p{page}.html"),
        3 => format!("/./x/../p{page}.html?utm_campaign=x"),
        4 => format!("//www.yunxi.gov.test//p{page}.html"),
        5 => format!("/p{page}.html;jsessionid=0{page}"),
        _ => format!("P{page}.html"),
    });
    prop::collection::vec(prop::collection::vec(link, 0..12), 30)
}

proptest! {
    #[test]
    fn no_page_is_handed_out_twice_and_the_order_is_the_same_each_time(site in sites(), max_pages in 1u64..70) {
        let links = |at: &Url| site[number(at) as usize % site.len()].clone();
        let mut first = frontier(limits(max_pages));
        let order = crawl(&mut first, links);
        let mut second = frontier(limits(max_pages));
        prop_assert_eq!(&crawl(&mut second, links), &order);
        prop_assert_eq!(second.coverage(), first.coverage());

        let pages: HashSet<String> = order.iter().map(|url| url.split("gov.test").nth(1).unwrap().replace("//", "/")).collect();
        prop_assert_eq!(pages.len(), order.len());
        let coverage = first.coverage();
        prop_assert_eq!(coverage.checked, order.len() as u64);
        prop_assert!(coverage.checked <= max_pages);
        prop_assert_eq!(coverage.known, coverage.checked + coverage.out_of_budget);
        prop_assert_eq!(coverage.complete, coverage.out_of_budget == 0);
    }
}
