//! What is answered the quick way is what the router says, to the last header.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use badgewatch::web;
use reqwest::redirect::Policy;
use tower_service::Service;

use crate::hall::{EDU, EDU_ID, Hall, WATER, told};

/// Status, headers in order, body.
type Answer = (u16, Vec<(String, String)>, Vec<u8>);

fn answer(status: u16, headers: &HeaderMap, body: &[u8]) -> Answer {
    // What the connection adds.
    let is_own = |name: &str| !["date", "content-length", "transfer-encoding"].contains(&name);
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.filter(|(name, _)| is_own(name)).collect();
    headers.sort();
    (status, headers, body.to_vec())
}

async fn served(hall: &Hall, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let request = client.request(method.parse().unwrap(), hall.address(path));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    answer(status, &headers, &response.bytes().await.unwrap())
}

async fn routed(hall: &Hall, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = web::router(hall.app.clone()).call(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    answer(parts.status.as_u16(), &parts.headers, &to_bytes(body, usize::MAX).await.unwrap())
}

#[tokio::test]
async fn the_quick_way_and_the_router_say_the_same() {
    told(async |hall| {
        let script = format!("/js/18/205/0000/41234567/{EDU}.js");
        let no_badge = "CA182050000499999990001";
        let paths = [
            format!("/api/v1/verify/{EDU}"),
            format!("/api/v1/verify/{EDU_ID}"),
            format!("/api/v1/verify/{EDU}?host=edu.yunxi.gov.test"),
            format!("/api/v1/verify/{EDU}?host=evil.test"),
            format!("/api/v1/verify/{EDU}?host=no%20host"),
            format!("/api/v1/verify/{EDU}?unknown=1"),
            format!("/api/v1/verify/{no_badge}"),
            "/api/v1/verify/nonsense".to_owned(),
            "/api/v1/verify/".to_owned(),
            format!("/api/v1/verify/{EDU}/"),
            format!("/verify/{EDU}"),
            format!("/verify/{WATER}?x=y"),
            format!("/verify/%43{}", &EDU[1..]),
            format!("/verify/{no_badge}"),
            format!("/verify/{EDU}/qr.svg"),
            "/verify/".to_owned(),
            "/verify/nonsense".to_owned(),
            format!("/sitename?method=show&id={EDU_ID}"),
            "/sitename?method=show&id=nonsense".to_owned(),
            "/sitename".to_owned(),
            script,
            "/js/18/205/0000/41234567/nonsense.js".to_owned(),
            "/js/".to_owned(),
        ];
        let headers: [&[(&str, &str)]; 4] = [
            &[],
            &[("accept-language", "en")],
            &[("referer", "https://evil.test/x"), ("if-none-match", "*")],
            &[("origin", "https://edu.yunxi.gov.test")],
        ];
        for path in &paths {
            for (method, headers) in
                headers.map(|headers| ("GET", headers)).into_iter().chain([("HEAD", headers[0]), ("POST", headers[0])])
            {
                let (served, routed) =
                    (served(&hall, method, path, headers).await, routed(&hall, method, path, headers).await);
                assert_eq!(served, routed, "{method} {path} {headers:?}");
            }
        }
    })
    .await;
}
