//! Where a citizen comes in.

use crate::house::{SLJ_ID, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_comes_in_by_a_question_a_region_or_a_report() {
    told(async |house| {
        let home = house.get("/").await;
        assert_eq!((home.status, home.text("h1").as_str()), (200, "网站标识真伪查询"));
        assert_eq!(home.texts(".signs li").len(), 3);
        assert!(home.text(".address").contains("https://badge.yunxi.example/"), "the real address, to compare");
        assert_eq!(home.links(".regions li a").len(), 34);
        assert!(home.links(".tell a").contains(&"/report".to_owned()));
        for link in home.links("nav a").iter().chain(&home.links(".regions a")).chain(&home.links("a.home")) {
            assert_eq!(house.get(link).await.status, 200, "{link}");
        }
        assert_eq!(home.texts("form.search[action='/search'] label[for=q]").len(), 1);
        let found = house.get("/search?q=云溪县水利局").await;
        assert_eq!(found.links(".found .title a"), [format!("/verify/{SLJ_ID}")]);

        let english = house.ask("/", &[("accept-language", "en-GB,en;q=0.9")]).await;
        assert_eq!(english.text("h1"), "Check a website badge");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_door_stands_open_without_a_database_and_a_wrong_address_leads_back_to_it() {
    told(async |house| {
        house.lose_database().await;
        assert_eq!(house.get("/").await.status, 200);
        let nowhere = house.get("/nowhere").await;
        assert_eq!((nowhere.status, nowhere.text("h1").as_str()), (404, "没有这个页面"));
        assert_eq!(nowhere.links("a.home"), ["/"]);
    })
    .await;
}
