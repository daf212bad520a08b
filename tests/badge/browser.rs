//! A real browser on a unit's page: it sees the right badge, clicks it, and is told the right thing.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use crate::house::{House, SLJ, SUSPENDED};
use crate::served::path;
use crate::support::browser::Browser;
use crate::support::db::sqlite;
use crate::support::farm::{Farm, Reply};
use crate::support::tls::Issuer;

/// Where badges are served by http, and by https.
const HTTP: &str = "http://badge.yunxi.example";
const HTTPS: &str = "https://tls.yunxi.example";
/// The registered host and its copy, by http and by https.
const OWN: [&str; 2] = ["http://www.slj.gov.test", "https://slj.gov.test"];
const COPY: [&str; 2] = ["http://www.slj-gov.test", "https://slj-gov.test"];

/// Leads https to what speaks http only.
async fn tls(to: std::net::SocketAddr) -> u16 {
    let (listener, acceptor) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Arc::new(Issuer::new()).acceptor());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let (Ok(mut from), Ok(mut to)) = (acceptor.accept(stream).await, TcpStream::connect(to).await) else {
                    return;
                };
                let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
    port
}

/// Runs a story in a browser that knows the unit's hosts and the badge's.
async fn browse(house: &House, story: impl FnOnce(&mut Browser, &Farm) + Send + 'static) {
    let (badge, tls) = (house.address.port(), tls(house.address).await);
    let story = move || {
        let farm = Farm::start();
        let (http, https) = (farm.http_port, farm.https_port);
        let names = [
            ("www.slj.gov.test", http),
            ("m.www.slj.gov.test", http),
            ("m.slj.gov.test", http),
            ("lgbj.gov.test", http),
            ("www.slj-gov.test", http),
            ("slj.gov.test", https),
            ("slj-gov.test", https),
            ("badge.yunxi.example", badge),
            ("tls.yunxi.example", tls),
        ];
        if let Some(mut browser) = Browser::open_on(&names) {
            story(&mut browser, &farm);
        }
    };
    tokio::task::spawn_blocking(story).await.unwrap();
}

/// A page of the unit with something in its footer.
fn page(footer: &str) -> Reply {
    Reply::html(format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>云溪县水利局</title></head><body>\
         <h1>云溪县水利局</h1><p>水利工作动态</p><div>主办：云溪县水利局 版权所有</div><div align=\"center\">{footer}</div></body></html>"
    ))
}

fn src(root: &str) -> String {
    format!("{root}{}", path(SLJ))
}

fn issued(src: &str) -> String {
    format!(
        "<script type=\"text/javascript\">document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='{src}' \
         type='text/javascript'%3E%3C/script%3E\"));</script>"
    )
}

/// Every badge on the page: picture, its width, the certificate, and what stands around it.
fn badges(browser: &mut Browser) -> Vec<(String, u64, String, String)> {
    let seen = browser.tell_me(
        "[].map.call(document.images, function (i) { return [i.src, i.naturalWidth, i.parentNode.href, i.parentNode.parentNode.id || i.parentNode.parentNode.className] })",
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let badge = |one: &Value| (text(&one[0]), one[1].as_u64().unwrap_or_default(), text(&one[2]), text(&one[3]));
    seen.as_array().unwrap().iter().map(badge).collect()
}

fn badge(root: &str, picture: &str) -> (String, u64, String, String) {
    (format!("{root}/image/{picture}.png?{SLJ}"), 160, format!("{root}/verify/{SLJ}"), "_ideConac".to_owned())
}

/// Pictures are kept where `BADGEWATCH_PICTURES` says, for a person to look at.
fn keep(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("BADGEWATCH_PICTURES").map(PathBuf::from) {
        std::fs::write(folder.join(format!("{name}.png")), browser.picture()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_badge_shows_in_every_form_it_is_hung_in() {
    let house = House::open(sqlite().await, |_| {}).await;
    browse(&house, |browser, farm| {
        for (at, root) in [HTTP, HTTPS].into_iter().enumerate() {
            let src = src(root);
            let late = format!(
                "<script>var s=document.createElement('script');s.src='{src}';document.body.appendChild(s)</script>"
            );
            let forms = [
                ("issued", issued(&src), 1),
                ("bare", format!("<p>前</p><script src='{src}'></script><p>后</p>"), 1),
                ("span", format!("<span id=_ideConac></span><script src='{src}'></script>"), 1),
                ("class", format!("<span class=_ideConac></span><script src='{src}'></script>"), 1),
                ("late", format!("<span id=_ideConac></span>{late}"), 1),
                ("later", format!("{late}<span id=_ideConac></span>"), 1),
                ("async", format!("<script async src='{src}'></script>"), 1),
                ("pair", issued(&src) + &issued(&src), 2),
                (
                    "doubled",
                    format!("<span id=_ideConac></span><span id=_ideConac></span><script src='{src}'></script>"),
                    2,
                ),
                ("twice", format!("<script src='{src}'></script><br><script src='{src}'></script>"), 2),
            ];
            for (name, footer, count) in forms {
                for (origin, picture) in [(OWN[at], "red"), (COPY[at], "red_error")] {
                    let host = origin.split_once("//").unwrap().1;
                    farm.serve(host, "/", page(&footer));
                    browser.go(&format!("{origin}/"));
                    let mut seen = badges(browser);
                    seen.iter_mut().for_each(|badge| badge.3 = "_ideConac".into());
                    assert_eq!(seen, vec![badge(root, picture); count], "{name} at {origin}: {}", browser.html());
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_shows_where_it_stands_under_a_policy_and_leaves_nothing_behind() {
    let house = House::open(sqlite().await, |_| {}).await;
    browse(&house, |browser, farm| {
        let policy = format!("default-src 'none'; script-src {HTTP}; img-src {HTTP}");
        let bare = format!("<p id=a></p><script src='{}'></script><p id=b></p>", src(HTTP));
        farm.serve("www.slj.gov.test", "/", page(&bare).header("Content-Security-Policy", &policy));
        browser.go("http://www.slj.gov.test/");
        assert_eq!(badges(browser), [badge(HTTP, "red")]);
        let between = browser.tell_me(
            "document.getElementById('_ideConac').previousElementSibling.id + document.cookie + localStorage.length",
        );
        assert_eq!(between, "a0");

        let names = "Object.getOwnPropertyNames(window).length";
        let footer = format!(
            "<script>window.x = {names}</script><script src='{}'></script><script>window.y = {names}</script>",
            src(HTTP)
        );
        farm.serve("www.slj.gov.test", "/", page(&footer));
        browser.go("http://www.slj.gov.test/");
        assert_eq!(browser.tell_me("y - x"), 1, "its own x, and nothing else");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whose_host_it_is_is_told_as_the_certificate_tells_it() {
    let house = House::open(sqlite().await, |_| {}).await;
    browse(&house, |browser, farm| {
        for (host, picture) in [
            ("www.slj.gov.test", "red"),
            ("m.www.slj.gov.test", "red"),
            ("m.slj.gov.test", "red_error"),
            ("www.slj-gov.test", "red_error"),
        ] {
            farm.serve(host, "/", page(&issued(&src(HTTP))));
            browser.go(&format!("http://{host}/"));
            assert_eq!(badges(browser), [badge(HTTP, picture)], "{host}");
        }
        farm.serve("lgbj.gov.test", "/", page(&issued(&format!("{HTTP}{}", path(SUSPENDED)))));
        browser.go("http://lgbj.gov.test/");
        assert_eq!(badges(browser)[0].0, format!("{HTTP}/image/red_error.png?{SUSPENDED}"), "suspended");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_click_lands_on_the_certificate_which_knows_where_it_came_from() {
    let house = House::open(sqlite().await, |_| {}).await;
    browse(&house, |browser, farm| {
        let clicks = [
            ("own", OWN[0], HTTP, "标识有效"),
            ("copy", COPY[0], HTTP, "不属于您访问的网站"),
            ("own-https", OWN[1], HTTPS, "标识有效"),
            ("copy-https", COPY[1], HTTPS, "不属于您访问的网站"),
        ];
        for (name, origin, root, says) in clicks {
            let host = origin.split_once("//").unwrap().1;
            // The page passes nothing on by itself.
            farm.serve(host, "/", page(&issued(&src(root))).header("Referrer-Policy", "no-referrer"));
            browser.go(&format!("{origin}/"));
            keep(browser, &format!("page-{name}"));
            browser.follow("#imgConac");
            keep(browser, &format!("certificate-{name}"));
            assert_eq!(browser.tell_me("location.href"), format!("{root}/verify/{SLJ}"));
            let answer = browser.tell_me("document.querySelector('h1').innerText");
            assert!(answer.as_str().unwrap().contains(says), "{name}: {answer}");
        }
    })
    .await;
}
