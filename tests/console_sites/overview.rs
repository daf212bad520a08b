//! The overview: numbers that agree with the lists behind them.

use badgewatch::domain::account::AccountRole;
use badgewatch::flow::figures;
use chrono::TimeDelta;
use scraper::{Html, Selector};

use crate::county::{FAILS, OTHER, chen, csv, stand, told};
use crate::support::console::Person;
use crate::support::db::register;

/// What the links of a part of the page show, and where they lead.
async fn numbers(person: &Person, selector: &str) -> Vec<(String, String)> {
    let page = person.get("/console").await;
    let html = Html::parse_document(&page.body);
    let selector = Selector::parse(selector).unwrap();
    let links = html.select(&selector);
    links.map(|link| (link.text().collect(), link.attr("href").unwrap().to_owned())).collect()
}

#[tokio::test]
async fn every_number_of_sites_is_that_of_its_list() {
    told(async |house| {
        let city = house.person("li", AccountRole::Viewer, "140200").await;
        let mut seen = 0;
        for selector in [".rates a", ".verdicts a", "table.list td a[href*=verdict]"] {
            for (number, link) in numbers(&city, selector).await {
                let list = city.get(&link).await;
                assert_eq!(list.text("#count"), format!("{number} 个网站"), "{link}");
                seen += 1;
            }
        }
        assert!(seen > 12, "{seen}");
        let page = city.get("/console").await;
        assert!(page.texts(".rates .value")[0] == "50.00%", "misplaced and passing of four: {}", page.text(".rates"));
        assert!(page.texts(".tiles")[0].contains("无法检查的网站"));
    })
    .await;
}

#[tokio::test]
async fn what_is_counted_at_a_city_is_told_apart_from_its_counties() {
    told(async |house| {
        let own = "阳山市第9局,organ,,政通路9号,,140200,第9局网站,,s9.yunxi.gov.test,10.0.0.1,CA182050000410000090001,\
                   0000000000000000000000000000000A,2025-03-03,编办,valid,,甲某某,jia@yunxi.example,";
        register(&house.test.db, &format!("{}\n{own}", csv()), house.clock.now()).await;
        stand(&house, "s9.yunxi.gov.test", "fail", "not_hung").await;
        let city = house.person("li", AccountRole::Viewer, "140200").await;
        let links = numbers(&city, "table.list td a[href*=region]").await;
        assert_eq!(links.len(), 9, "three regions: name, at fault, undetermined: {links:?}");
        for (number, link) in links.iter().filter(|(number, _)| number.parse::<u32>().is_ok()) {
            assert_eq!(city.get(link).await.text("#count"), format!("{number} 个网站"), "{link}");
        }
        let chen = chen(&house).await;
        for odd in ["140200-own", "-own", "310101-own", "140214-own-own"] {
            assert_eq!(chen.get(&format!("/console/sites?region={odd}")).await.text("#count"), "0 个网站", "{odd}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_day_is_kept_after_midnight_and_the_change_against_it_is_shown() {
    told(async |house| {
        let chen = chen(&house).await;
        assert!(chen.get("/console").await.text("main").contains("尚无每日数据"));
        figures::keep(&house.test.db, house.clock.now()).await.unwrap();
        house.clock.advance(TimeDelta::days(1));
        figures::keep(&house.test.db, house.clock.now()).await.unwrap();
        house.clock.advance(TimeDelta::days(2));
        stand(&house, FAILS, "pass", "verified").await;
        let chen = house.stranger();
        chen.log_in("chen", crate::support::console::PASSWORD).await;
        let page = chen.get("/console?days=30").await;
        assert!(page.texts(".rates .small")[0].contains("较 11月25日 +33.34 个百分点"), "{}", page.text(".rates"));
        assert_eq!(page.texts(".trend svg").len(), 2);
        assert_eq!(page.texts(".trend details tbody tr").len(), 4, "two days behind each of two charts");
        assert_eq!(chen.get("/console?days=nonsense").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_county_is_told_of_its_own_alone() {
    told(async |house| {
        let chen = chen(&house).await;
        let page = chen.get("/console").await;
        assert!(page.text(".verdicts").contains('1') && !page.body.contains(OTHER) && !page.body.contains("140215"));
        let english = chen.get_in_english("/console").await;
        assert!(english.text("h1").contains("Overview"));
    })
    .await;
}
