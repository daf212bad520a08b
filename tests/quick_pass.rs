//! The cheap pass either gives the facts of the full HTML5 parse or none: held against each other on our own pages, on
//! generated tag soup and, where they are at hand, on real pages (`BADGEWATCH_CORPUS`) and a bench world
//! (`BADGEWATCH_WORLD`).

use std::path::{Path, PathBuf};

use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::page::charset::decode;
use badgewatch::domain::page::{Context, Facts, FollowedSet, read_full, read_quick};
use proptest::prelude::*;
use url::Url;

/// Compares the two readings; says whether the cheap pass was sure.
fn agree(html: &str, name: &str) -> bool {
    let (url, hosts, followed) =
        (Url::parse("http://www.yunxi.gov.test/a/").unwrap(), BadgeHosts::default(), FollowedSet::new());
    let context = Context { url: &url, url_known: true, hosts: &hosts, followed: &followed };
    let Some(quick) = read_quick(html, context).map(Facts::without_cost) else { return false };
    let full = read_full(html, context).without_cost();
    assert!(
        quick == full,
        "{name}: the passes differ\nquick {quick:#?}\nfull {full:#?}\n{}",
        html.chars().take(3000).collect::<String>()
    );
    true
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|end| end == "html") {
            found.push(path);
        }
    }
}

fn agree_in(variable: &str, below: &str, at_most: usize) {
    let Some(folder) = std::env::var_os(variable) else { return eprintln!("skipped: {variable} is not set") };
    let mut found = Vec::new();
    pages(&Path::new(&folder).join(below), &mut found);
    found.sort();
    let step = found.len().div_ceil(at_most).max(1);
    let looked: Vec<_> = found.iter().step_by(step).collect();
    let sure = looked
        .iter()
        .filter(|path| agree(&decode(&std::fs::read(path).unwrap(), None).text, &path.display().to_string()));
    println!("{variable}: sure of {} of {} pages", sure.count(), looked.len());
}

#[test]
fn on_real_pages() {
    agree_in("BADGEWATCH_CORPUS", "pages", 1000);
}

#[test]
fn on_a_bench_world() {
    agree_in("BADGEWATCH_WORLD", "www", 400);
}

#[test]
fn on_a_plain_page_the_cheap_pass_is_sure() {
    let page = "<!DOCTYPE html><html><head><meta charset=utf-8><title>云溪</title><style>.a{display:none}</style></head>\
        <body class='b'><ul><li><a href='/a?x=1&y=2'>一<li>二</a></ul></body></html>";
    assert!(!agree(page, "misnested"), "a link across list items is misnested");
    let page = "<!DOCTYPE html>\r\n<html><head><meta charset=utf-8><title>云 &amp; 溪</title></head>\r\n<body class='b'><UL><li>\
        <a href='/a?x=1&amp;y=2'>一</a><li>二</UL><p>三<p>四<div>五</div><table><tr><td>六<td>七</table><select><option>甲\
        <option>乙</select><script>document.write('<p>版权所有</p>')</script><!-- conac.cn --></body></html> ";
    assert!(agree(page, "plain"));
}

/// Pieces of which tag soup is made: every rule of the cheap pass, and much that it must leave alone.
const PIECES: &[&str] = &[
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<a href=x>",
    "</a>",
    "<b>",
    "</b>",
    "<span>",
    "</span>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<tbody>",
    "</tbody>",
    "<h2>",
    "</h2>",
    "<br>",
    "<img src=red.png>",
    "<form>",
    "</form>",
    "<select>",
    "<option>",
    "</option>",
    "</select>",
    "<dl>",
    "<dt>",
    "<dd>",
    "</dl>",
    "text",
    " ",
    "&nbsp;",
    "&copy",
    "&#65;",
    "&x;",
    "版权所有",
    "<!-- c -->",
    "<!--",
    "-->",
    "</body>",
    "</html>",
    "<body>",
    "<script>var a;</script>",
    "<script>",
    "</script>",
    "<style>.a{}</style>",
    "<title>t</title>",
    "<meta name=SiteName content=x>",
    "<input type=password>",
    "<button>",
    "</button>",
    "<svg>",
    "</svg>",
    "<template>",
    "</template>",
    "<center>",
    "</center>",
    "<a href=//bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0>",
    "<em class=x>",
    "</em>",
    "<iframe src=f.html></iframe>",
    "<textarea>",
    "</textarea>",
    "<noscript>",
    "</noscript>",
    "<",
    ">",
    "\"",
    "'",
    "<p style='display:none'>",
    "<o:p>",
    "</o:p>",
    "<th>",
    "<thead>",
    "</thead>",
    "<hr>",
    "<pre>\n",
    "</pre>",
    "</",
    "<DIV>",
    "</DIV>",
    "\r\n",
    "<object>",
    "</object>",
    "<label>",
    "</label>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn on_any_soup(picks in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let soup: String = picks.iter().map(|pick| PIECES[*pick]).collect();
        agree(&format!("<!doctype html><html><head></head><body>{soup}</body></html>"), "soup");
        agree(&format!("<html><head>{soup}</head><body>x</body></html>"), "soup in the head");
    }
}
