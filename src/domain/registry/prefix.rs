//! The folder of a site that lives under another unit's host (挂靠).

use url::Url;

use crate::domain::address::is_web;

/// Reads a cell as a folder `/x/` in the spelling of a URL path, or as a full address on one of the hosts that `is_own` knows.
/// `Some(None)` for the root, `None` for what is no such folder.
pub(super) fn parse(cell: &str, is_own: impl Fn(&str) -> bool) -> Option<Option<String>> {
    let starts_with_host = cell.split('/').next().is_some_and(|first| first.contains('.'));
    let url = if cell.contains("://") {
        Url::parse(cell).ok().filter(|url| url.host_str().is_some_and(is_own))?
    } else if starts_with_host {
        Url::parse(&format!("http://{cell}")).ok().filter(|url| url.host_str().is_some_and(is_own))?
    } else {
        Url::parse(&format!("http://any.test/{}", cell.trim_start_matches('/'))).ok()?
    };
    let is_plain = is_web(&url) && url.query().is_none() && url.fragment().is_none();
    let folder = folder_of(url.path());
    is_plain.then_some((folder != "/").then_some(folder))
}

/// The path with a slash at its end; a document (`/bureau/index.html`) stands for its folder.
fn folder_of(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, document)) if document.is_empty() || document.contains('.') => format!("{folder}/"),
        _ => format!("{path}/"),
    }
}

/// Is the path the folder itself or below it? `/bureau` is in `/bureau/`, `/bureaus/` is not.
pub(super) fn holds(folder: &str, path: &str) -> bool {
    path.starts_with(folder) || folder.strip_suffix('/') == Some(path)
}

/// The folders that hold a path, the longest first: `/a/b` → `/a/b/`, `/a/`. The root is none of them.
pub(super) fn folders(path: &str) -> impl Iterator<Item = String> {
    let whole = (!path.ends_with('/')).then(|| format!("{path}/"));
    let above = path.rmatch_indices('/').filter(|(at, _)| *at > 0).map(|(at, _)| path[..=at].to_owned());
    whole.into_iter().chain(above)
}
