//! The documents of a site: its pages, frames and scripts.

use super::badge;
use super::site::{Badge, Charset, DemoSite};
use super::texts::{TEXTS, Text};

/// A document before it is encoded.
pub(super) enum Document {
    Html(String),
    Script(String),
    Text(String),
    Xml(String),
}

const STYLE: &str = "body{margin:0;font:16px/1.7 system-ui,'Microsoft YaHei',sans-serif;color:#1b1f24}\
.header{background:#1f4e8c;color:#fff;padding:24px}.nav ul{margin:0;padding:8px 24px;background:#f6f7f9;list-style:none}\
.nav li{display:inline;margin-right:24px}.main{max-width:960px;margin:24px auto;padding:0 24px}.list li{padding:4px 0}\
.footer{padding:24px;background:#f6f7f9;text-align:center;font-size:14px}";

const DEAD_LINK: &str = "tzgg/2019.html";

/// The document at a path below the site's root, if there is one.
pub(super) fn document(site: &DemoSite, path: &str) -> Option<Document> {
    if let Some(text) = texts(site).iter().find(|text| text.path == path) {
        return Some(Document::Html(match (site.badge, path) {
            (Badge::Frame, "") => frameset(site),
            _ => page(site, text),
        }));
    }
    extra(site, path)
}

fn texts(site: &DemoSite) -> &'static [Text] {
    &TEXTS[..site.pages.min(TEXTS.len())]
}

fn extra(site: &DemoSite, path: &str) -> Option<Document> {
    let own = badge::embed(&badge::code(site.number));
    let document = match (site.badge, path) {
        (Badge::FooterScript, "js/footer.js") => Document::Script(footer_script(&own)),
        (Badge::DataAttribute, "js/common.js") => Document::Script(DATA_SCRIPT.to_owned()),
        (Badge::Rendered, "js/app.js") => Document::Script(APP_SCRIPT.to_owned()),
        (Badge::Rendered, "api/footer") => Document::Html(closing(site, &badge::link(site))),
        (Badge::Frame, "top.html") => Document::Html(framed(site, &nav(site))),
        (Badge::Frame, "main.html") => Document::Html(framed(site, &main_column(site, &TEXTS[0]))),
        (Badge::Frame, "foot.html") => Document::Html(framed(site, &closing(site, &own))),
        (_, "robots.txt") if site.folder.is_none() => Document::Text(robots(site)),
        (_, "sitemap.xml") if site.number == 1 => Document::Xml(sitemap(site)),
        (_, DEAD_LINK) if site.has_dead_link => Document::Html(no_such_page(site)),
        _ => return None,
    };
    Some(document)
}

fn page(site: &DemoSite, text: &Text) -> String {
    let title = text.title.replace("{unit}", site.unit);
    let top = if site.badge == Badge::AtTop { badge::embed(&badge::code(site.number)) } else { String::new() };
    let body = format!(
        "<div class=\"header\">{top}<h1>{}</h1></div>\n{}\n{}\n{}",
        site.name(),
        nav(site),
        main_column(site, text),
        footer(site, text.path)
    );
    let head =
        format!("<title>{title} - {name}</title>\n<meta name=\"SiteName\" content=\"{name}\">", name = site.name());
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n{}{head}\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        declaration(site)
    )
}

fn declaration(site: &DemoSite) -> &'static str {
    match site.charset {
        Charset::Utf8 => "<meta charset=\"utf-8\">\n",
        Charset::Gbk => "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\">\n",
        Charset::GbkUndeclared | Charset::Utf16 => "",
    }
}

fn nav(site: &DemoSite) -> String {
    let target = if site.badge == Badge::Frame { " target=\"_top\"" } else { "" };
    let sections = texts(site).iter().filter(|text| text.path.is_empty() || text.path.ends_with('/'));
    let items =
        sections.map(|text| format!("<li><a href=\"{}{}\"{target}>{}</a></li>", site.root(), text.path, text.title));
    format!("<div class=\"nav\"><ul>{}</ul></div>", items.collect::<String>())
}

fn main_column(site: &DemoSite, text: &Text) -> String {
    let fill = |line: &str| line.replace("{unit}", site.unit);
    let paragraphs: String = text.paragraphs.iter().map(|line| format!("<p>{}</p>\n", fill(line))).collect();
    format!("<div class=\"main\"><h2>{}</h2>\n{paragraphs}{}</div>", fill(text.title), list(site, text))
}

/// The articles below a list; on the home page all of them, and what else it leads to.
fn list(site: &DemoSite, text: &Text) -> String {
    let is_article = |other: &&Text| other.path.ends_with(".html") && other.path.starts_with(text.path);
    let item = |path: &str, title: &str| {
        let title = title.replace("{unit}", site.unit);
        format!("<li><a href=\"{}{path}\">{title}</a> <span>2026-11-18</span></li>\n", site.root())
    };
    let mut items: String = texts(site).iter().filter(is_article).map(|other| item(other.path, other.title)).collect();
    if text.path.is_empty() && site.has_dead_link {
        items += &item(DEAD_LINK, "历年公告（2019年）");
    }
    if text.path.is_empty() && site.number == 1 {
        items += "<li><a href=\"/nyj/\">县农业农村局</a></li>\n";
    }
    if items.is_empty() { String::new() } else { format!("<ul class=\"list\">\n{items}</ul>") }
}

fn footer(site: &DemoSite, path: &str) -> String {
    let code = badge::code(site.number);
    let hung = match site.badge {
        _ if site.bare_pages.contains(&path) => String::new(),
        Badge::Frame => {
            return "<iframe src=\"/foot.html\" width=\"100%\" height=\"160\" frameborder=\"0\"></iframe>".to_owned();
        }
        Badge::Rendered => {
            return "<div id=\"foot\" data-part=\"footer\"></div>\n<script src=\"/js/app.js\"></script>".to_owned();
        }
        Badge::None | Badge::AtTop => String::new(),
        Badge::Embed => badge::embed(&code),
        Badge::CommentedOut => format!("<!-- {} -->", badge::embed(&code)),
        Badge::Foreign(other) => badge::embed(&badge::code(other)),
        Badge::Unknown => badge::embed(&badge::code(badge::NOBODYS)),
        Badge::Malformed => badge::malformed_embed(site.number),
        Badge::Link => badge::link(site),
        Badge::FooterScript => "<script src=\"/js/footer.js\"></script>".to_owned(),
        Badge::DataAttribute => data_attribute(site),
    };
    closing(site, &hung)
}

fn closing(site: &DemoSite, hung: &str) -> String {
    format!(
        "<div class=\"footer\">\n<p>主办单位：{unit}　承办单位：{unit}办公室</p>\n\
         <p>版权所有：{unit}　云ICP备00000000号-{number}</p>\n\
         <p>网站标识码：539999{number:04}　地址：云溪县政通路{number}号</p>\n<div>{hung}</div>\n</div>",
        unit = site.unit,
        number = site.number
    )
}

/// The neighbour with ten digits is the entry for reporting errors, no badge.
fn data_attribute(site: &DemoSite) -> String {
    format!(
        "<div class=\"dzjg j-gov\" data-setting=\"{{sitecode:'{}'}}\"></div>\
         <div class=\"j-jiucuo\" data-setting=\"{{sitecode:'539999{:04}'}}\"></div><script src=\"/js/common.js\"></script>",
        badge::certificate_id(site.number),
        site.number
    )
}

const DATA_SCRIPT: &str = "$(\".j-gov\").each(function(){var s=eval(\"(\"+$(this).data(\"setting\")+\")\");\
$(this).html('<a href=\"//bszs.conac.cn/sitename?method=show&id='+s.sitecode+'\" target=\"_blank\">\
<img src=\"/images/red.png\"></a>')});\n";

/// The address is made while it runs: who only reads the script does not know it.
const APP_SCRIPT: &str = "var foot=document.getElementById('foot');fetch('/api/'+foot.dataset.part)\
.then(function(answer){return answer.text()}).then(function(html){foot.innerHTML=html});\n";

/// The embed code is a script of its own already; here it is one of the statements of a longer one.
fn footer_script(embed: &str) -> String {
    let statement = embed.trim_start_matches("<script type=\"text/javascript\">").trim_end_matches("</script>");
    format!("var year = 2026;\nfunction top_of_page() {{ window.scrollTo(0, 0); }}\n{statement}\n")
}

fn frameset(site: &DemoSite) -> String {
    format!(
        "<html>\n<head>\n{}<title>{}</title>\n</head>\n<frameset rows=\"60,*,160\">\n<frame src=\"/top.html\">\n\
         <frame src=\"/main.html\">\n<frame src=\"/foot.html\">\n<noframes><body>请使用支持框架的浏览器</body></noframes>\n\
         </frameset>\n</html>\n",
        declaration(site),
        site.name()
    )
}

fn framed(site: &DemoSite, body: &str) -> String {
    format!("<html>\n<head>\n{}<base target=\"_top\">\n</head>\n<body>\n{body}\n</body>\n</html>\n", declaration(site))
}

fn no_such_page(site: &DemoSite) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n{}<title>404 - 页面不存在</title>\n</head>\n<body>\n<h1>404</h1>\n\
         <p>抱歉，您访问的页面不存在或已删除！</p>\n<p><a href=\"/\">返回首页</a></p>\n{}\n</body>\n</html>\n",
        declaration(site),
        closing(site, "")
    )
}

/// What a click on the badge opens at the registry's host.
pub(super) fn certificate(site: &DemoSite) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>网站标识证书</title>\n</head>\n<body>\n\
         <h1>{}</h1>\n<p>开办主体：{}</p>\n<p>域名：{}</p>\n<p>标识代码：{}</p>\n</body>\n</html>\n",
        site.name(),
        site.unit,
        site.address(),
        badge::code(site.number)
    )
}

fn robots(site: &DemoSite) -> String {
    let sitemap = if site.number == 1 { format!("Sitemap: http://{}/sitemap.xml\n", site.host) } else { String::new() };
    format!("User-agent: *\nDisallow: /admin/\n{sitemap}")
}

fn sitemap(site: &DemoSite) -> String {
    let places = texts(site).iter().map(|text| format!("<url><loc>http://{}/{}</loc></url>\n", site.host, text.path));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{}</urlset>\n",
        places.collect::<String>()
    )
}
