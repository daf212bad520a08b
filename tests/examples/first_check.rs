//! A first look without any network: five invented sites on loopback, looked at by the real `check`.
//!
//! `cargo run --example first_check` · further arguments (such as `--json`) are handed on.

#[path = "../support"]
#[allow(dead_code, reason = "the tests use more of the farm")]
mod support {
    pub mod farm;
    pub mod names;
    pub mod reply;
    pub mod tls;
}

use std::process::ExitCode;

use support::farm::Farm;
use support::names::{Answer, Names};
use support::reply::Reply;

const EMBED: &str = r#"<script type="text/javascript">document.write(unescape("%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/18/205/0000/41234567/CA182050000412345670001.js' type='text/javascript'%3E%3C/script%3E"));</script>"#;

/// A page of the invented county 云溪.
fn page(title: &str, body: &str, badge: &str) -> Reply {
    Reply::html(format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>{body}\
         <div class=\"footer\"><p>主办单位：云溪县人民政府 版权所有</p><p>网站标识码：1402990001 晋ICP备00000000号</p>{badge}</div>\
         </body></html>"
    ))
}

fn main() -> ExitCode {
    let (farm, names) = (Farm::start(), Names::start());
    let local = [127, 0, 0, 1].into();
    let sites = ["www.good.gov.test", "www.partly.gov.test", "www.bare.gov.test", "www.guarded.gov.test"];
    for site in sites {
        names.set(site, Answer::Addresses(vec![local]));
    }
    farm.serve(sites[0], "/", page("云溪县人民政府", "<a href='/news.html'>新闻</a>", EMBED));
    farm.serve(sites[0], "/news.html", page("新闻", "<p>今日要闻</p>", EMBED));
    farm.serve(sites[1], "/", page("云溪县教育局", "<a href='/a.html'>公告</a>", EMBED));
    farm.serve(sites[1], "/a.html", page("公告", "<p>招生公告</p>", ""));
    farm.serve(sites[2], "/", page("云溪县水利局", "<p>汛情</p>", &format!("<!-- {EMBED} -->")));
    let challenge = "<html><script>document.cookie='k=1';location.reload()</script></html>";
    farm.serve(sites[3], "/", Reply::html(challenge).status(412).header("Set-Cookie", "k=0"));

    let (resolver, port) = (names.address.to_string(), farm.http_port.to_string());
    let fixed = ["badgewatch", "check", "--resolver", &resolver, "--http-port", &port, "--allow-net", "127.0.0.0/8"];
    let asked = fixed.into_iter().chain(sites).chain(["www.gone.gov.test"]).map(String::from);
    badgewatch::cli::run(asked.chain(std::env::args().skip(1)))
}
