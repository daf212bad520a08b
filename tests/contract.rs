//! What scripts may build on: exit codes, schemas, the order and spelling of the sites, and usage errors.

mod support;

use std::net::Ipv4Addr;
use std::path::Path;

use serde_json::Value;

use support::farm::{Farm, Reply};
use support::names::{Answer, Names};
use support::words::Words;
use support::{badgewatch, check};

/// A farm with three sites: one in order, one without a badge, one that cannot be looked at.
struct Town {
    farm: Farm,
    names: Names,
    words: Words,
}

impl Town {
    fn build() -> Self {
        let town = Self {
            farm: Farm::start(),
            names: Names::start(),
            words: Words { slug: "contract".into(), number: 9_000 },
        };
        for (host, page) in [
            ("www.good.gov.test", "{{TOP}}{{FOOT}}{{STATIC}}{{END}}"),
            ("www.bare.gov.test", "{{TOP}}{{FOOT}}{{END}}"),
            ("云溪.政务", "{{TOP}}{{FOOT}}{{EMBED}}{{END}}"),
        ] {
            town.names.set(host, Ipv4Addr::LOCALHOST);
            town.farm.serve(host, "/", Reply::html(town.words.fill(page)));
        }
        town.names.set("www.mute.gov.test", Answer::ServFail);
        town
    }

    fn check(&self, sites: &[&str]) -> support::Run {
        check(&self.farm, &self.names, sites, &[])
    }
}

/// Inspects a page from a file.
fn inspect(page: &[u8], extra: &[&str]) -> support::Run {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), page).unwrap();
    let args = ["inspect", "--json", file.path().to_str().unwrap()];
    badgewatch(args.iter().chain(extra))
}

#[test]
fn check_exits_0_when_all_pass_1_when_something_fails_2_when_undetermined_only() {
    let town = Town::build();

    assert_eq!(town.check(&["www.good.gov.test"]).code, Some(0));
    assert_eq!(town.check(&["www.good.gov.test", "www.mute.gov.test"]).code, Some(2));
    assert_eq!(town.check(&["www.mute.gov.test", "www.bare.gov.test", "www.good.gov.test"]).code, Some(1));
}

#[test]
fn check_reports_one_site_per_argument_in_its_order_and_spelling() {
    let town = Town::build();
    let typed = ["WWW.Bare.gov.test", "云溪.政务", "www.good.gov.test", "www.mute.gov.test"];

    let report = town.check(&typed).json();

    assert_eq!(report["schema"], "badgewatch.check/1");
    let hosts: Vec<&Value> = report["sites"].as_array().unwrap().iter().map(|site| &site["host"]).collect();
    assert_eq!(hosts, typed);
    let ascii: Vec<&Value> = report["sites"].as_array().unwrap().iter().map(|site| &site["host_ascii"]).collect();
    assert_eq!(ascii, ["www.bare.gov.test", "xn--9kq759e.xn--zfr164b", "www.good.gov.test", "www.mute.gov.test"]);
}

#[test]
fn check_keeps_every_field_of_its_contract() {
    let town = Town::build();

    let report = town.check(&["www.good.gov.test", "www.bare.gov.test"]).json();

    for site in report["sites"].as_array().unwrap() {
        has(site, &["host", "host_ascii", "verdict", "cause", "findings", "dns", "coverage", "pages"]);
        has(&site["dns"][0], &["name", "outcome", "rcode", "addresses"]);
        has(&site["coverage"], &["checked", "known", "complete"]);
        has_page(&site["pages"][0]);
    }
    has(&report["sites"][1]["findings"][0], &["code", "effect", "broken_step", "pages"]);
    has(&report["sites"][0]["pages"][0]["readings"][0], READING);
}

const READING: &[&str] = &["form", "code", "certificate_id", "state", "reason", "at_bottom", "centred"];

fn has(value: &Value, fields: &[&str]) {
    let missing: Vec<_> = fields.iter().filter(|field| value.get(**field).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} missing in {value}");
}

fn has_page(page: &Value) {
    has(page, &["url", "status", "charset", "title", "kind", "verdict", "cause", "readings", "to_follow"]);
}

#[test]
fn inspect_exits_by_its_verdict_and_keeps_its_contract() {
    let words = Words { slug: "inspect".into(), number: 9_001 };
    let page = |text: &str| words.fill(text).into_bytes();

    let hung = inspect(&page("{{TOP}}{{FOOT}}{{EMBED}}{{END}}"), &[]);
    let bare = inspect(&page("{{TOP}}{{FOOT}}{{END}}"), &[]);
    let open = inspect(&page("{{TOP}}<div id=\"footer\"></div></body></html>"), &[]);

    assert_eq!((hung.code, bare.code, open.code), (Some(0), Some(1), Some(2)));
    let report = hung.json();
    assert_eq!(report["schema"], "badgewatch.inspect/1");
    has_page(&report);
    has(&report["readings"][0], READING);
    assert_eq!(report["readings"][0]["code"], words.code(support::words::Whose::Own));
}

#[test]
fn inspect_exits_2_where_nothing_is_owed() {
    let page = "<html><body><form><input type=password name=p><button>登录</button></form></body></html>";

    let run = inspect(page.as_bytes(), &[]);

    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn any_bytes_are_answered_and_never_a_crash() {
    let noise: Vec<u8> = (0..20_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for page in
        [&b""[..], &[0; 5000], &[0xFF, 0xFE], &[0xFF, 0xFE, 0x3C], b"<", b"<script>document.write(unescape(\"%", &noise]
    {
        let run = inspect(page, &["--url", "http://www.noise.gov.test/"]);

        assert!(matches!(run.code, Some(0..=2)), "exit {:?}: {}", run.code, run.stderr);
        assert_eq!(run.json()["schema"], "badgewatch.inspect/1");
    }
}

#[test]
fn usage_errors_exit_64_or_above_with_a_message_and_no_report() {
    let no_file = Path::new("/nonexistent/badgewatch/page.html").to_str().unwrap();
    for args in [
        &["check"][..],
        &["inspect"],
        &["inspect", no_file],
        &["check", "--no-such-option", "www.good.gov.test"],
        &["check", "--http-port", "many", "www.good.gov.test"],
        &["check", "--registry", no_file, "www.good.gov.test"],
        &["check", "not a host"],
        &["no-such-command"],
    ] {
        let run = badgewatch(args);

        assert!(run.code.is_some_and(|code| code >= 64), "{args:?} exits {:?}", run.code);
        assert!(!run.stderr.trim().is_empty(), "{args:?} says nothing");
        assert!(run.stdout.trim().is_empty(), "{args:?} prints {}", run.stdout);
    }
}

#[test]
fn a_broken_registry_is_named_by_row_and_column() {
    let registry = tempfile::NamedTempFile::new().unwrap();
    let columns = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,badge_code,\
                   certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,contact_phone";
    let row = "云溪市某局,guild,,,,云溪市,某局网站,,www.good.gov.test,,,,,,valid,,,,";
    std::fs::write(registry.path(), format!("{columns}\n{row}\n")).unwrap();

    let run = badgewatch(["check", "--registry", registry.path().to_str().unwrap(), "www.good.gov.test"]);

    assert!(run.code.is_some_and(|code| code >= 64), "exit {:?}", run.code);
    assert!(run.stderr.contains("unit_type") && run.stderr.contains('2'), "{}", run.stderr);
}

#[test]
fn without_opening_loopback_nothing_is_asked_of_it() {
    let town = Town::build();
    let (resolver, port) = (town.names.address.to_string(), town.farm.http_port.to_string());

    let run = badgewatch(["check", "--json", "--resolver", &resolver, "--http-port", &port, "www.good.gov.test"]);

    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert_eq!(run.json()["sites"][0]["cause"], "address_refused");
    assert!(town.farm.seen().is_empty(), "{:?}", town.farm.seen());
}

#[test]
fn every_request_says_who_asks() {
    let town = Town::build();

    town.check(&["www.good.gov.test"]);

    let seen = town.farm.seen();
    assert!(!seen.is_empty());
    assert!(seen.iter().all(|request| request.user_agent.to_ascii_lowercase().contains("badgewatch")), "{seen:?}");
}

#[test]
fn a_name_costs_at_most_twelve_queries_and_a_no_is_asked_twice() {
    let town = Town::build();

    town.check(&["www.good.gov.test", "www.nowhere.gov.test"]);

    let (good, nowhere) = (town.names.queries("www.good.gov.test"), town.names.queries("www.nowhere.gov.test"));
    assert!((1..=12).contains(&good), "{good} queries for a name that resolves");
    assert!((2..=12).contains(&nowhere), "{nowhere} queries for a name that does not");
}
