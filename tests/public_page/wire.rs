//! Requests as no browser writes them, straight on the wire.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{House, SLJ, SLJ_ID};
use crate::support::db::sqlite;

/// All that is answered until the other side ends.
async fn said(house: &House, text: &str) -> String {
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// One request, the last of its connection.
async fn asked(house: &House, line: &str, headers: &str) -> (u16, String) {
    let answer =
        said(house, &format!("{line}\r\nHost: badge.yunxi.example\r\nConnection: close\r\n{headers}\r\n")).await;
    let status = answer.get(9..12).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("{line}: {answer}")), answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_form_of_a_request_is_answered_or_refused_and_none_is_a_trouble_of_ours() {
    let house = House::open(sqlite().await, |_| {}).await;
    let page = format!("/verify/{SLJ}");
    for (line, status) in [
        (format!("GET {page} HTTP/1.0"), 200),
        (format!("GET http://badge.yunxi.example{page} HTTP/1.1"), 200),
        (format!("GET http://evil.test{page} HTTP/1.1"), 200),
        (format!("HEAD {page} HTTP/1.1"), 200),
        (format!("GET {page}? HTTP/1.1"), 200),
        (format!("GET {page}?id=x&evil=%0d%0aSet-Cookie:x HTTP/1.1"), 200),
        (format!("GET /{page} HTTP/1.1"), 404),
        (format!("GET /.{page} HTTP/1.1"), 404),
        (format!("GET /x/..{page} HTTP/1.1"), 404),
        (format!("GET {page}%2F HTTP/1.1"), 200),
        (format!("GET {page}%00 HTTP/1.1"), 400),
        (format!("GET {page}/../../metrics HTTP/1.1"), 400),
        ("GET /verify%2Fx HTTP/1.1".into(), 404),
        ("OPTIONS * HTTP/1.1".into(), 404),
        (format!("OPTIONS {page} HTTP/1.1"), 405),
        (format!("TRACE {page} HTTP/1.1"), 405),
        (format!("BREW {page} HTTP/1.1"), 405),
        ("CONNECT evil.test:443 HTTP/1.1".into(), 404),
        ("GET evil.test:443 HTTP/1.1".into(), 404),
        (format!("GET {page} HTTP/3.0"), 400),
        (format!("GET  {page} HTTP/1.1"), 400),
        (format!("GET {page}\u{a0} HTTP/1.1"), 200),
        ("PRI * HTTP/2.0\r\n\r\nSM".into(), 400),
    ] {
        let (answered, text) = asked(&house, &line, "Referer: https://www.slj.gov.test/\r\n").await;
        assert_eq!(answered, status, "{line}: {text}");
        assert!(!text.contains("evil"), "{line}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_header_changes_what_is_told() {
    let house = House::open(sqlite().await, |_| {}).await;
    for headers in [
        "Range: bytes=0-9\r\n",
        "If-Match: \"x\"\r\n",
        "If-None-Match: *\r\n",
        "If-Modified-Since: Thu, 26 Nov 2099 00:00:00 GMT\r\n",
        "Accept: image/png\r\n",
        "Accept-Encoding: gzip, br;q=1.0, *;q=0\r\n",
        "X-Forwarded-Host: evil.test\r\nX-Original-URL: /metrics\r\nX-Rewrite-URL: /metrics\r\nForwarded: host=evil.test\r\n",
        "X-HTTP-Method-Override: DELETE\r\n",
        "Expect: 100-continue\r\n",
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Referer: null\r\n",
        "Referer: https://badge.yunxi.example:443/search\r\n",
        "Origin: null\r\n",
        "Cookie: a=b\r\n",
    ] {
        let (status, text) = asked(&house, &format!("GET /verify/{SLJ} HTTP/1.1"), headers).await;
        assert_eq!(status, 200, "{headers}");
        assert!(text.contains("<h1>此网站标识有效，请核对域名</h1>") && text.ends_with("</html>"), "{headers}: {text}");
        assert!(!text.contains("evil") && !text.to_lowercase().contains("set-cookie"), "{headers}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_a_row_get_each_its_own_answer() {
    let house = House::open(sqlite().await, |_| {}).await;
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    let row = [
        get(&format!("/verify/{SLJ}"), "Referer: https://www.slj.gov.test/\r\n"),
        get(&format!("/verify/{SLJ}"), "Referer: https://copy.test/\r\nAccept-Language: en\r\n"),
        get(&format!("/sitename?method=show&id={SLJ_ID}"), ""),
        get("/verify/x", "Connection: close\r\n"),
    ];
    let answer = said(&house, &row.concat()).await;
    let headlines: Vec<_> = answer.split("<h1>").skip(1).filter_map(|rest| rest.split("</h1>").next()).collect();
    let expected = [
        "此网站标识有效",
        "This badge does not belong to the site you came from",
        "此网站标识有效，请核对域名",
        "编号格式不正确，无法查询",
    ];
    assert_eq!(headlines, expected);
}
