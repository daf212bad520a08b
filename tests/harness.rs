//! The instruments of the other tests, held against independent clients: a farm or a name server that lied would make
//! every other test worthless.

mod support;

use std::net::Ipv4Addr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;

use support::farm::{Farm, Reply};
use support::names::{Answer, Names};
use support::report::{Page, Report};
use support::words::Words;

fn client(farm: &Farm, host: &str) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(&std::fs::read(farm.ca_file()).unwrap()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).user_agent("harness");
    builder.resolve(host, (Ipv4Addr::LOCALHOST, 0).into()).timeout(Duration::from_secs(20)).build().unwrap()
}

#[tokio::test]
async fn the_farm_answers_by_host_and_path_over_http_and_tls() {
    let farm = Farm::start();
    farm.serve("www.one.test", "/a", Reply::html("一").header("X-Said", "yes"));
    farm.serve("www.two.test", "/a", Reply::html("二").status(412));
    let (one, two) = (client(&farm, "www.one.test"), client(&farm, "www.two.test"));

    let plain = one.get(format!("http://www.one.test:{}/a?x=1", farm.http_port)).send().await.unwrap();
    let secure = two.get(format!("https://www.two.test:{}/a", farm.https_port)).send().await.unwrap();
    let missing = one.get(format!("http://www.one.test:{}/b", farm.http_port)).send().await.unwrap();

    assert_eq!(plain.headers()["x-said"], "yes");
    assert_eq!(plain.text().await.unwrap(), "一");
    assert_eq!((secure.status().as_u16(), missing.status().as_u16()), (412, 404));
    let seen: Vec<_> = farm.seen().into_iter().map(|s| (s.host, s.path, s.secure, s.user_agent)).collect();
    assert_eq!(seen[0], ("www.one.test".into(), "/a?x=1".into(), false, "harness".into()));
    assert!(seen[1].2);
}

#[tokio::test]
async fn the_farm_breaks_what_it_is_told_to_break() {
    let farm = Farm::start();
    let host = "www.broken.test";
    farm.serve(host, "/cut", Reply::html("x".repeat(5000)).truncate(100));
    farm.serve(host, "/closed", Reply::html("x").hang_up());
    farm.serve(host, "/cal*", Reply::html("page {{SEQ}}"));
    farm.distrust(host);
    let client = client(&farm, host);
    let get = |path: &str| client.get(format!("http://{host}:{}{path}", farm.http_port)).send();

    assert!(get("/cut").await.unwrap().bytes().await.is_err());
    assert!(get("/closed").await.is_err());
    assert_eq!(get("/cal?m=4").await.unwrap().text().await.unwrap(), "page 3");
    assert!(client.get(format!("https://{host}:{}/cal", farm.https_port)).send().await.is_err());
}

fn resolver(names: &Names) -> TokioResolver {
    let mut udp = ConnectionConfig::udp();
    udp.port = names.address.port();
    let server = NameServerConfig::new(names.address.ip(), true, vec![udp]);
    let config = ResolverConfig::from_parts(None, vec![], vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = Duration::from_millis(300);
    options.attempts = 1;
    options.use_hosts_file = ResolveHosts::Never;
    builder.build().unwrap()
}

#[tokio::test]
async fn the_name_server_says_what_it_is_told_to_say() {
    let names = Names::start();
    names.set("www.here.test", Ipv4Addr::new(127, 0, 0, 9));
    names.set("云溪.政务", Answer::Alias("www.here.test".into()));
    names.set("empty.test", Answer::NoData);
    names.set("ill.test", Answer::ServFail);
    names.set("shut.test", Answer::Refused);
    names.set("mute.test", Answer::Silent);
    let resolver = resolver(&names);
    let said = async |name: &str| match resolver.ipv4_lookup(name).await {
        Ok(found) => format!("{:?}", found.answers().last().unwrap().data.ip_addr().unwrap()),
        Err(error) => format!("{error:?}"),
    };

    assert_eq!(said("www.here.test.").await, "127.0.0.9");
    assert_eq!(said("xn--9kq759e.xn--zfr164b.").await, "127.0.0.9");
    for (name, word) in [
        ("nowhere.test.", "NXDomain"),
        ("empty.test.", "NoError"),
        ("here.test.", "NoError"),
        ("ill.test.", "ServFail"),
        ("shut.test.", "Refused"),
        ("mute.test.", "Timeout"),
    ] {
        let said = said(name).await;
        assert!(said.contains(word), "{name}: {said}");
    }
    assert!(names.queries("www.here.test") >= 1);
    assert_eq!(names.queries("never-asked.test"), 0);
}

#[test]
fn the_judge_sees_what_differs() {
    let site = serde_json::json!({
        "verdict": "pass", "cause": "verified",
        "findings": [{"code": "misplaced", "effect": "fault", "broken_step": null, "pages": ["http://www.x.test/a"]}],
        "coverage": {"checked": 3, "known": 9, "complete": false},
        "pages": [{"url": "http://www.x.test/a", "kind": "page", "readings": [{"at_bottom": true}, {"at_bottom": "unknown"}]}],
    });
    let (report, page) = (Report(&site), Page(&site["pages"][0]));

    assert!(report.contradictions().iter().any(|wrong| wrong.contains("pass with the faults [misplaced")));
    assert!(report.coverage_differs("checked<=3").is_none() && report.coverage_differs("known>=10").is_some());
    assert!(page.differs("at_bottom=unknown").is_none() && page.differs("at_bottom=false").is_some());
    let expect = |text: &str| support::expect::Expect::parse(text).unwrap().judge(&site, &["/a".into()]).len();
    let unavoidable = expect("verdict: pass");
    assert_eq!(expect("verdict: pass\nfindings: misplaced@/a\nfetched: /a\nnot: not_hung"), unavoidable);
    assert_eq!(
        expect("verdict: fail|undetermined\nfindings: none\nhas: misplaced/lead\nunfetched: /a"),
        unavoidable + 4
    );
}

#[test]
fn words_are_well_formed_and_differ_from_case_to_case() {
    let words = |number| Words { slug: format!("case-{number}"), number };

    let (one, two) =
        (words(1).fill("{{OWN_CODE}} {{OTHER_ID}} {{UNKNOWN_ID}}"), words(2).fill("{{OWN_CODE}} {{OWN_PATH}}"));

    assert_eq!(one, "CA182050000410000010001 02B54EBC0ADCA001E053022819ACC001 04B54EBC0ADCA001E053022819ACC001");
    assert_eq!(two, "CA182050000410000020001 18/205/0000/41000002");
}

/// A browser that finds nothing wrong anywhere would be no help.
#[test]
fn what_one_stumbles_over_is_found_on_a_page_whose_scripts_are_off() {
    let Some(engine) = support::axe::engine() else { return };
    let Some(mut browser) = support::browser::Browser::open() else { return };
    browser
        .go("data:text/html,<title>A</title><script>document.title=''</script><img src=x><p style=color:silver>words");
    let found: Vec<_> = browser.violations(&engine).into_iter().map(|found| found.rule).collect();
    for rule in ["color-contrast", "html-has-lang", "image-alt", "landmark-one-main", "page-has-heading-one"] {
        assert!(found.iter().any(|known| known == rule), "{rule} is not among {found:?}");
    }
    assert!(!found.iter().any(|known| known == "document-title"), "the page's own script ran: {found:?}");
}
