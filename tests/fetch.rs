//! Dead, lying, endless and honest servers: each ends in the outcome that says what it was.

#[path = "support/evil.rs"]
mod evil;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use badgewatch::domain::address::AddressPolicy;
use badgewatch::domain::host::Host;
use badgewatch::domain::verdict::Reason;
use badgewatch::probe::http::{Answer, Fetched, Fetcher, Limits, Politeness, Request, Settings, Trouble};
use evil::{
    Authority, Names, Server, all_names_lead_to, answers, breaks_after, no_name, page, says, says_and_waits,
    says_at_once, says_for_ever, serve,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt;
use url::Url;

fn settings(server: &Server) -> Settings {
    Settings {
        policy: AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()], ports: vec![] },
        http_port: Some(server.port()),
        https_port: Some(server.port()),
        ..Settings::default()
    }
}

fn fetcher(settings: Settings) -> Fetcher {
    Fetcher::new(settings, all_names_lead_to([127, 0, 0, 1]), None).unwrap()
}

async fn get(settings: Settings, url: &str) -> Fetched {
    fetcher(settings).get(&Url::parse(url).unwrap(), &Request::default()).await
}

async fn trouble(server: &Server) -> Trouble {
    get(settings(server), "http://yunxi.gov.test/").await.outcome.unwrap_err()
}

async fn trouble_within(limits: Limits, server: &Server) -> Trouble {
    get(Settings { limits, ..settings(server) }, "http://yunxi.gov.test/").await.outcome.unwrap_err()
}

async fn answer(server: &Server) -> Answer {
    get(settings(server), "http://yunxi.gov.test/").await.outcome.unwrap()
}

fn brief() -> Limits {
    let (connect, head, total) = (Duration::from_millis(300), Duration::from_millis(300), Duration::from_millis(600));
    Limits { connect, head, total, ..Limits::default() }
}

#[tokio::test]
async fn a_page_comes_with_its_evidence() {
    let server = answers(|_| page("云溪市人民政府")).await;
    let about = Settings { about_url: Some("https://badgewatch.test/about".into()), ..settings(&server) };

    let seen = get(about, "http://云溪.政务/a?b#c").await;

    assert_eq!(seen.url.as_str(), "http://xn--9kq759e.xn--zfr164b/a?b");
    let answer = seen.outcome.unwrap();
    assert_eq!((answer.status, answer.body), (200, "云溪市人民政府".into()));
    assert_eq!(answer.remote, Some(server.address));
    assert_eq!(answer.headers["content-type"], "text/html");
    let agent = answer.request_headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("badgewatch/") && agent.ends_with("(+https://badgewatch.test/about)"), "{agent}");
}

#[tokio::test]
async fn the_server_hears_the_url_as_it_is_and_who_asks() {
    let server = answers(page).await;
    let heard = String::from_utf8(answer(&server).await.body.to_vec()).unwrap().to_lowercase();
    for line in [
        "get / http/1.1",
        "host: yunxi.gov.test\r",
        "accept-language: zh-cn",
        "accept-encoding: ",
        "user-agent: badgewatch/",
    ] {
        assert!(heard.contains(line), "{line} in {heard}");
    }
    assert!(!heard.contains("cookie") && !heard.contains("referer"));
}

#[tokio::test]
async fn twenty_pages_take_one_connection() {
    let server = answers(|_| page("again")).await;
    let fetcher = fetcher(settings(&server));
    for number in 0..20 {
        let url = Url::parse(&format!("http://yunxi.gov.test/{number}")).unwrap();
        assert_eq!(fetcher.get(&url, &Request::default()).await.outcome.unwrap().body, "again");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closed_is_no_trouble() {
    let server = serve(|mut stream| async move {
        evil::read_head(&mut stream).await;
        let _ = stream.write_all(page("one each").as_bytes()).await;
        evil::read_head(&mut stream).await; // and closes on the second request instead of answering it
    })
    .await;
    let fetcher = fetcher(settings(&server));
    for _ in 0..3 {
        let seen = fetcher.get(&Url::parse("http://yunxi.gov.test/").unwrap(), &Request::default()).await;
        assert_eq!(seen.outcome.unwrap().body, "one each");
    }
}

#[tokio::test]
async fn nobody_listens() {
    let server = answers(|_| page("")).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = Settings { http_port: Some(free.port()), ..settings(&server) };
    let trouble = get(settings, "http://yunxi.gov.test/").await.outcome.unwrap_err();
    assert_eq!(trouble.reason, Reason::ConnectRefused);
}

#[tokio::test]
async fn a_name_without_address() {
    let server = answers(|_| page("")).await;
    let fetcher = Fetcher::new(settings(&server), Arc::new(Names(|_: &Host| no_name())), None).unwrap();
    let seen = fetcher.get(&Url::parse("http://gone.gov.test/").unwrap(), &Request::default()).await;
    assert_eq!(seen.outcome.unwrap_err().reason, Reason::DnsNoName);
}

#[tokio::test]
async fn connections_that_break_before_an_answer() {
    for server in [breaks_after("").await, breaks_after("HTTP/1.1 200 OK\r\nConte").await, says("").await] {
        assert_eq!(trouble(&server).await.reason, Reason::ConnectionReset);
    }
    let half_a_head = says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n").await;
    assert_eq!(trouble(&half_a_head).await.reason, Reason::ConnectionReset);
}

#[tokio::test]
async fn bodies_that_end_early_are_kept_apart_from_whole_ones() {
    let cut_in_length = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>half";
    let cut_in_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n<html>half\r\nff\r\n";
    for server in [says(cut_in_length).await, says(cut_in_chunk).await] {
        let trouble = trouble(&server).await;
        assert_eq!(trouble.reason, Reason::Truncated);
        assert_eq!(trouble.partial.unwrap().body, "<html>half");
    }
    let server = breaks_after("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
    assert_eq!(trouble(&server).await.reason, Reason::Truncated);
}

#[tokio::test]
async fn more_than_the_declared_length_is_not_read() {
    let server = says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<p/>HTTP/1.1 200 OK\r\n\r\nsmuggled").await;
    let fetcher = fetcher(settings(&server));
    for _ in 0..2 {
        let seen = fetcher.get(&Url::parse("http://yunxi.gov.test/").unwrap(), &Request::default()).await;
        assert_eq!(seen.outcome.unwrap().body, "<p/>");
    }
}

#[tokio::test]
async fn endless_heads_are_cut() {
    let endless_header = says_for_ever("HTTP/1.1 200 OK\r\nX-Endless: ", "more and more and more ").await;
    let endless_headers = says_for_ever("HTTP/1.1 200 OK\r\n", "X-Another: one\r\n").await;
    let one_huge = says(format!("HTTP/1.1 200 OK\r\nX-Huge: {}\r\n\r\n", "x".repeat(100_000))).await;
    for server in [endless_header, endless_headers, one_huge] {
        assert_eq!(trouble(&server).await.reason, Reason::TooLarge);
    }
}

#[tokio::test]
async fn endless_bodies_are_cut_at_the_limit() {
    let limits = || Limits { body_bytes: 10_000, ..Limits::default() };
    for start in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"] {
        let trouble = trouble_within(limits(), &says_for_ever(start, "<p>more").await).await;
        assert_eq!(trouble.reason, Reason::TooLarge);
        assert_eq!(trouble.partial.unwrap().body.len(), 10_000);
    }
}

#[tokio::test]
async fn a_request_may_ask_for_less() {
    let server = says_for_ever("HTTP/1.1 200 OK\r\n\r\n", "User-agent: *\n").await;
    let how = Request { max_body: Some(28), ..Request::default() };
    let seen = fetcher(settings(&server)).get(&Url::parse("http://yunxi.gov.test/robots.txt").unwrap(), &how).await;
    assert_eq!(seen.seen().unwrap().body, "User-agent: *\nUser-agent: *\n");
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn compressed_pages_are_unpacked_and_bombs_cut() {
    let honest = says(encoded("gzip", &gzipped("网站标识".as_bytes()))).await;
    assert_eq!(answer(&honest).await.body, "网站标识");

    let bomb = says(encoded("gzip", &gzipped(&vec![0; 50_000_000]))).await;
    let trouble = trouble(&bomb).await;
    assert_eq!(trouble.reason, Reason::TooLarge);
    assert_eq!(trouble.partial.unwrap().body.len(), Limits::default().body_bytes);
}

#[tokio::test]
async fn broken_compression_is_told_from_cut_compression() {
    let packed = gzipped("网站标识".repeat(1000).as_bytes());
    let cut = says(encoded("gzip", &packed[..packed.len() - 20])).await;
    assert_eq!(trouble(&cut).await.reason, Reason::Truncated);
    for encoding in ["gzip", "br", "deflate"] {
        let lie = says(encoded(encoding, b"<html>not compressed at all</html>")).await;
        assert_eq!(trouble(&lie).await.reason, Reason::BadResponse, "{encoding}");
    }
}

#[tokio::test]
async fn slow_servers_do_not_hold_us() {
    let silent = says_and_waits("").await;
    let slow_head = says_slowly("HTTP/1.1 200 OK\r\nX-Slow: ").await;
    let silent_body = says_and_waits("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>").await;
    let slow_body = says_slowly("HTTP/1.1 200 OK\r\n\r\n").await;
    for server in [silent, slow_head, silent_body, slow_body] {
        assert_eq!(trouble_within(brief(), &server).await.reason, Reason::Timeout);
    }
}

/// Slow loris: a byte at a time, for ever.
async fn says_slowly(start: &'static str) -> Server {
    serve(move |mut stream| async move {
        evil::read_head(&mut stream).await;
        let mut piece = start.as_bytes();
        while stream.write_all(piece).await.is_ok() {
            piece = b"x";
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

#[tokio::test]
async fn answers_that_are_no_http() {
    for answer in
        ["SSH-2.0-dropbear\r\n\r\n", "<html>HTTP/0.9</html>\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "\0\0\0\0\r\n\r\n"]
    {
        assert_eq!(trouble(&says(answer).await).await.reason, Reason::BadResponse, "{answer:?}");
    }
    let bad_chunk = says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<html>").await;
    assert_eq!(trouble(&bad_chunk).await.reason, Reason::BadResponse);
}

#[tokio::test]
async fn old_and_sloppy_servers_are_understood() {
    for head in [
        "HTTP/1.1 200",
        "HTTP/1.1 200 \u{3000}好",
        "HTTP/1.0 200 OK",
        "HTTP/1.1 200 OK\r\nbad header\r\nA : b\r\nC: d\r\n  e",
    ] {
        let server = says(format!("{head}\r\n\r\n<html>")).await;
        assert_eq!(answer(&server).await.body, "<html>", "{head}");
    }
}

#[tokio::test]
async fn answers_without_a_body() {
    let no_content = says("HTTP/1.1 204 No Content\r\n\r\n").await;
    let not_modified = says("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n").await;
    let nowhere = says("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n").await;
    for (server, status) in [(no_content, 204), (not_modified, 304), (nowhere, 302)] {
        let answer = answer(&server).await;
        assert_eq!((answer.status, answer.body.len()), (status, 0));
    }
}

fn redirects_to(location: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

/// Redirects by path; what asks with a validator is told so.
async fn signposts() -> Server {
    answers(|head| match head.split(' ').nth(1).unwrap() {
        "/" => redirects_to("/a"),
        "/a" => redirects_to("//www.yunxi.gov.test/b#part"),
        "/loop" => redirects_to("/loop2"),
        "/loop2" => redirects_to("/loop#other"),
        "/private" => redirects_to("http://10.0.0.1/"),
        "/broken" => redirects_to("http://[/"),
        "/utf8" => redirects_to("/标识"),
        path if path.starts_with("/on/") => redirects_to(&format!("{path}x")),
        path => page(&format!("{path} {}", head.contains("if-none-match"))),
    })
    .await
}

#[tokio::test]
async fn every_hop_is_kept() {
    let server = signposts().await;
    let how = Request { if_none_match: Some("\"1\"".parse().unwrap()), ..Request::default() };
    let seen = fetcher(settings(&server)).get(&Url::parse("http://yunxi.gov.test/").unwrap(), &how).await;
    let hops: Vec<_> = seen.hops.iter().map(|hop| (hop.url.path(), hop.status, hop.location.as_str())).collect();
    assert_eq!(hops, [("/", 302, "/a"), ("/a", 302, "//www.yunxi.gov.test/b#part")]);
    assert_eq!((seen.requested.as_str(), seen.url.as_str()), ("http://yunxi.gov.test/", "http://www.yunxi.gov.test/b"));
    assert_eq!(seen.outcome.unwrap().body, "/b false", "a validator belongs to the URL that was asked for");
}

#[tokio::test]
async fn redirects_that_lead_nowhere() {
    let server = signposts().await;
    let cases = [
        ("/loop", Reason::RedirectLoop, 2),
        ("/on/", Reason::RedirectLoop, 11),
        ("/private", Reason::AddressRefused, 1),
        ("/broken", Reason::BadResponse, 1),
    ];
    for (path, reason, hops) in cases {
        let seen = get(settings(&server), &format!("http://yunxi.gov.test{path}")).await;
        assert_eq!((seen.outcome.unwrap_err().reason, seen.hops.len()), (reason, hops), "{path}");
    }
}

#[tokio::test]
async fn a_location_in_raw_bytes_is_followed_as_it_was_meant() {
    let utf8 = get(settings(&signposts().await), "http://yunxi.gov.test/utf8").await;
    assert_eq!(utf8.outcome.unwrap().body, "/%E6%A0%87%E8%AF%86 false");

    let gbk = says(b"HTTP/1.1 302 Found\r\nLocation: http://yunxi.gov.test:1/\xb1\xea\r\n\r\n".as_slice()).await;
    let seen = get(settings(&gbk), "http://yunxi.gov.test/").await;
    assert_eq!(seen.hops[0].location, "http://yunxi.gov.test:1/%B1%EA");
    assert_eq!(seen.outcome.unwrap_err().reason, Reason::AddressRefused, "port 1 is no web port");
}

#[tokio::test]
async fn a_polite_fetcher_takes_turns_and_still_reads_everything() {
    let server = answers(|_| page("in turn")).await;
    let politeness = Arc::new(Politeness::new(1, 1, Duration::ZERO));
    let fetcher = Fetcher::new(settings(&server), all_names_lead_to([127, 0, 0, 1]), Some(politeness)).unwrap();
    let urls: Vec<_> = (0..10).map(|n| Url::parse(&format!("http://s{n}.gov.test/")).unwrap()).collect();
    let how = Request::default();
    let seen = futures_util::future::join_all(urls.iter().map(|url| fetcher.get(url, &how))).await;
    assert!(seen.into_iter().all(|seen| seen.outcome.unwrap().body == "in turn"));
}

#[tokio::test]
async fn tls_with_the_right_authority_name_and_date_is_read() {
    let authority = Authority::new();
    let server = authority.serves("yunxi.gov.test", 2099).await;
    let settings = Settings { ca_pem: Some(authority.pem()), ..settings(&server) };
    let fetcher = fetcher(settings);
    for _ in 0..5 {
        let seen = fetcher.get(&Url::parse("https://yunxi.gov.test/").unwrap(), &Request::default()).await;
        assert_eq!(seen.outcome.unwrap().body, "secret");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn each_scheme_has_its_own_port_and_a_step_down_from_tls_is_on_record() {
    let authority = Authority::new();
    let tls = authority.serves_with("yunxi.gov.test", 2099, |_| redirects_to("http://yunxi.gov.test/plain")).await;
    let plain = answers(|_| page("open to all")).await;
    let settings = Settings { ca_pem: Some(authority.pem()), https_port: Some(tls.port()), ..settings(&plain) };

    let seen = get(settings, "https://yunxi.gov.test/").await;

    assert_eq!((seen.hops[0].url.scheme(), seen.url.as_str()), ("https", "http://yunxi.gov.test/plain"));
    assert_eq!(seen.outcome.unwrap().body, "open to all");
}

#[tokio::test]
async fn tls_that_does_not_hold_is_named_so() {
    let authority = Authority::new();
    let wrong_name = authority.serves("lingshan.gov.test", 2099).await;
    let expired = authority.serves("yunxi.gov.test", 2001).await;
    let unknown_authority = Authority::new().serves("yunxi.gov.test", 2099).await;
    let plain = says_at_once("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let garbage = says_at_once("\0\0\0\0\0\0\0\0").await;
    let hangs_up = serve(|_| async {}).await;
    for server in [wrong_name, expired, unknown_authority, plain, garbage] {
        let settings = Settings { ca_pem: Some(authority.pem()), ..settings(&server) };
        let trouble = get(settings, "https://yunxi.gov.test/").await.outcome.unwrap_err();
        assert_eq!(trouble.reason, Reason::TlsError, "{}", trouble.detail);
    }
    let trouble = get(settings(&hangs_up), "https://yunxi.gov.test/").await.outcome.unwrap_err();
    assert!(matches!(trouble.reason, Reason::TlsError | Reason::ConnectionReset), "{}", trouble.detail);
}

#[test]
fn a_ca_file_without_certificate_is_refused() {
    let settings = Settings { ca_pem: Some(b"-----BEGIN NOTHING-----".to_vec()), ..Settings::default() };
    assert!(Fetcher::new(settings, all_names_lead_to([127, 0, 0, 1]), None).is_err());
}
