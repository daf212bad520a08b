//! Our own look at pages that carry our own embed codes.

use badgewatch::domain::badge::snippet::Snippets;
use badgewatch::domain::badge::{BadgeHosts, Form, Reading, State, Tri};
use badgewatch::domain::host::Host;
use badgewatch::domain::ids::BadgeCode;
use badgewatch::domain::page::policy::Policies;
use badgewatch::domain::page::{Context, FollowedSet, read};
use badgewatch::domain::registry::{BadgeState, UnitType};
use url::Url;

use crate::house::SLJ;

const ROOT: &str = "https://badge.yunxi.gov.test";

fn readings(markup: &str) -> Vec<Reading> {
    let html = format!(
        "<!DOCTYPE html><html><head><title>云溪县水利局</title></head><body><h1>云溪县水利局</h1>\
         <p>水利工作动态</p><p><a href=\"http://www.yunxi.gov.test/\"><img src=\"/logo.png\" alt=\"云溪县\"></a></p>\
         <div class=\"footer\">主办：云溪县水利局 版权所有 备案号：晋ICP备00000000号 {markup}</div></body></html>"
    );
    let hosts = BadgeHosts { own: Host::parse("badge.yunxi.gov.test"), ..BadgeHosts::default() };
    let (url, followed) = (Url::parse("https://www.slj.yunxi.gov.test/").unwrap(), FollowedSet::new());
    let facts = read(&html, Context { url: &url, url_known: true, hosts: &hosts, followed: &followed });
    facts.readings(&Policies::default(), &url)
}

#[test]
fn our_own_embed_codes_are_badges_at_the_bottom() {
    let code = BadgeCode::parse(SLJ).unwrap();
    let snippets = Snippets::of(ROOT, &code, Some(UnitType::Organ), BadgeState::Valid).unwrap();
    let script = format!("{ROOT}/js/{}/{code}.js", code.path());
    let issued = format!(
        "<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='{script}'%3E%3C/script%3E\"));</script>"
    );
    for markup in [
        snippets.script.clone(),
        snippets.relative.clone(),
        snippets.fixed.clone(),
        issued,
        format!("<script async src=\"{script}\"></script>"),
        format!("<a href=\"{ROOT}/verify/{code}\">网站标识</a>"),
        format!(
            "<a href=\"#\" onclick=\"window.open('{ROOT}/verify/{code}')\"><img src=\"/b.png\" alt=\"网站标识\"></a>"
        ),
    ] {
        let read = readings(&markup);
        let [one] = &read[..] else { panic!("{markup}: {read:?}") };
        assert_eq!(
            (one.state, one.code.as_ref(), one.at_bottom),
            (State::Shown, Some(&code), Tri::Yes),
            "{markup}: {one:?}"
        );
    }
}

#[test]
fn what_is_wrong_with_them_is_told() {
    let code = BadgeCode::parse(SLJ).unwrap();
    let fixed = Snippets::of(ROOT, &code, None, BadgeState::Valid).unwrap().fixed;
    let broken = |markup: &str| readings(markup).iter().any(|read| read.state == State::Broken);
    assert!(broken(&fixed.replace("blue.png", "blue_error.png")), "the error picture");
    assert!(broken(&fixed.replace(&format!("/verify/{SLJ}"), "/")), "to the search page");
    assert!(broken(&fixed.replace("gov.test/verify", "gov.test.evil.test/verify")), "a look-alike");
    assert!(readings(&format!("<a href=\"/verify/{}\">重置密码</a>", "0".repeat(32))).is_empty());
    assert_eq!(readings(&fixed)[0].form, Form::Rendered);
}

#[test]
fn a_site_beside_the_badge_host_is_no_badge() {
    assert!(readings("").is_empty());
}
