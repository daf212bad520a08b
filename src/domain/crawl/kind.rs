//! What an address is by its spelling alone: worth a look, not a page, or not to be touched.

use crate::closed_set;
use url::Url;

closed_set! {
    /// What is known of a document before it is asked for.
    pub enum UrlKind {
        Page = "page", "may be a page that owes the badge";
        Asset = "asset", "a download, picture, sound, film, script, style sheet or feed by its extension";
        PrintView = "print_view", "the print view of a page, which owes no badge itself";
        Action = "action", "does something when asked for (log out, delete, vote, buy): never followed";
    }
}

/// Extensions that no page has.
const ASSETS: &[&str] = &[
    // text and office
    "pdf", "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlt", "csv", "ppt", "pptx", "pps", "ppsx",
    "wps", "et", "dps", "ofd", "ceb", "cebx", "rtf", "txt", "odt", "ods", "odp", "epub", "caj", "md",
    // archives and programs
    "zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "iso", "exe", "msi", "apk", "ipa", "dmg", "bin", "cab", "jar",
    "deb", "rpm", "ttf", "otf", "woff", "woff2", "eot", "swf", // pictures
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "svg", "ico", "tif", "tiff", "psd", "heic", "avif",
    // sound and film
    "mp3", "mp4", "m4a", "m4v", "wav", "wma", "wmv", "avi", "flv", "f4v", "mov", "mpg", "mpeg", "rm", "rmvb", "mkv",
    "webm", "ogg", "ogv", "m3u8", "ts", "swc", "aac", "3gp", // parts of pages, data and feeds
    "css", "js", "mjs", "json", "jsonp", "xml", "rss", "atom", "xsl", "xsd", "wsdl", "map", "ics", "vcf", "kml",
    "less", "dtd",
];

/// Names of scripts that hand out files.
const DOWNLOADS: &[&str] = &["download", "downfile", "filedown", "downattach", "showimg", "captcha", "verifycode"];

/// Names and values of print views.
const PRINTS: &[&str] =
    &["print", "printpage", "print_page", "printview", "print_view", "printarticle", "printable", "dayin"];

/// Words that mark an action wherever they stand in a name: no article is called so.
const ACTION_WORDS: &[&str] =
    &["logout", "signout", "logoff", "signoff", "loginout", "addtocart", "add-to-cart", "add_to_cart", "unsubscribe"];

/// Names and values that mark an action only when they are the whole of it.
const ACTIONS: &[&str] = &[
    "del",
    "delete",
    "remove",
    "destroy",
    "drop",
    "erase",
    "purge",
    "vote",
    "dovote",
    "addfavorite",
    "addfav",
    "buy",
    "quit",
    "exit",
    "uninstall",
    "reset",
];

/// Parameters whose value is the name of a function.
const VERBS: &[&str] =
    &["action", "act", "a", "do", "op", "opt", "method", "cmd", "func", "event", "task", "view", "mode"];

impl UrlKind {
    /// Reads the kind off an address; whatever gives no sign is a page.
    pub fn of(url: &Url) -> Self {
        let path = url.path().to_ascii_lowercase();
        let query = url.query().unwrap_or_default().to_ascii_lowercase();
        let (stem, extension) = file_name(&path);
        if is_action(&path, &query) {
            Self::Action
        } else if ASSETS.contains(&extension) || DOWNLOADS.iter().any(|name| stem.contains(name)) && !query.is_empty() {
            Self::Asset
        } else if is_print_view(&path, &query) {
            Self::PrintView
        } else {
            Self::Page
        }
    }
}

/// The last segment, split at its last dot: `/a/b.html` → (`b`, `html`).
fn file_name(path: &str) -> (&str, &str) {
    let name = path.rsplit('/').next().unwrap_or_default();
    let name = name.split(';').next().unwrap_or_default();
    name.rsplit_once('.').unwrap_or((name, ""))
}

fn is_action(path: &str, query: &str) -> bool {
    let (stem, _) = file_name(path);
    let named = |name: &str| ACTIONS.contains(&name) || ACTION_WORDS.iter().any(|word| name.contains(word));
    // `/user/delete/7`: the verb may stand before its object
    named(stem)
        || path.rsplit('/').nth(1).is_some_and(named) && stem.bytes().all(|b| b.is_ascii_digit()) && !stem.is_empty()
        || stem.split(['_', '-', '!']).any(|word| matches!(word, "del" | "delete" | "remove")) && !query.is_empty()
        || pairs(query).any(|(name, value)| VERBS.contains(&name) && named(value) || ACTION_WORDS.contains(&name))
}

fn is_print_view(path: &str, query: &str) -> bool {
    let (stem, _) = file_name(path);
    path.split('/').any(|segment| segment == "print")
        || PRINTS.contains(&stem)
        || pairs(query).any(|(name, value)| {
            PRINTS.contains(&name) && matches!(value, "" | "1" | "y" | "yes" | "true" | "on")
                || VERBS.contains(&name) && PRINTS.contains(&value)
        })
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str) -> UrlKind {
        UrlKind::of(&Url::parse(&format!("http://www.yunxi.gov.test{path}")).unwrap())
    }

    #[test]
    fn pages_are_whatever_gives_no_other_sign() {
        for path in [
            "/",
            "/xwzx/t20240501_1234.shtml",
            "/col/col1229/index.html",
            "/art/2024/5/1/art_1_2.html",
            "/list.jsp?a=show&id=3",
            "/printing-industry.html",
            "/xxgk/delete-rules.html",
            "/v1.2/about",
            "/login.jsp",
            "/reset/",
            "/download.html",
            "/view.do?file=a.pdf",
        ] {
            assert_eq!(kind(path), UrlKind::Page, "{path}");
        }
    }

    #[test]
    fn downloads_pictures_and_feeds_are_no_pages() {
        for path in ["/a.PDF", "/a/b.docx?v=1", "/a.jpg;v=1", "/rss.xml", "/a.min.js", "/a.ofd", "/download.jsp?id=3"] {
            assert_eq!(kind(path), UrlKind::Asset, "{path}");
        }
    }

    #[test]
    fn print_views_are_told_from_pages() {
        for path in ["/a.html?print=1", "/print/123.html", "/plus/printpage.php?id=3", "/a.php?action=print&id=3"] {
            assert_eq!(kind(path), UrlKind::PrintView, "{path}");
        }
        assert_eq!(kind("/a.html?print=0"), UrlKind::Page);
    }

    #[test]
    fn what_does_something_is_never_followed() {
        for path in [
            "/logout",
            "/user/doLogout.action",
            "/LoginOut.aspx",
            "/news.php?action=del&id=3",
            "/article/delete/7",
            "/news_delete.jsp?id=3",
            "/index.php?m=user&a=logout",
            "/shop?add-to-cart=15",
            "/vote.php?id=1",
        ] {
            assert_eq!(kind(path), UrlKind::Action, "{path}");
        }
    }
}
