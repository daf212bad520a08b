//! The pictures.

use std::collections::HashSet;

use crate::house::House;
use crate::support::db::sqlite;

const NAMES: [&str; 4] = ["red", "blue", "red_error", "blue_error"];

#[tokio::test]
async fn they_are_of_the_right_size_and_all_different() {
    let house = House::open(sqlite().await, |_| {}).await;
    let mut seen = HashSet::new();
    for name in NAMES {
        let response = house.client.get(house.url(&format!("/image/{name}.png"))).send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "image/png");
        assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
        assert_eq!(headers["cache-control"], "public, max-age=604800");
        let png = response.bytes().await.unwrap();
        // The size stands in the first chunk, at twice that of a page (PNG, 11.2.2).
        let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!((&png[1..4], side(16), side(20)), (&b"PNG"[..], 160, 160));
        assert!(png.len() > 4_000, "{name} is blank");
        assert!(seen.insert(png), "{name} is another's");

        let svg = house.client.get(house.url(&format!("/image/{name}.svg"))).send().await.unwrap();
        assert_eq!(svg.headers()["content-type"], "image/svg+xml");
        let svg = svg.text().await.unwrap();
        assert!(svg.contains("标识") && svg.contains("异常") == name.ends_with("error"), "{svg}");
    }
}
