//! What an address carries about the visitor instead of the document: session ids and campaign tracking.
//!
//! Only the sure names are dropped. A doubtful one (`sid` is as often a section as a session) goes by its value.

/// Parameters that hold a session id whatever their value (Java, PHP, ColdFusion, ASP; names in lower case).
const SESSION: &[&str] = &["jsessionid", "phpsessid", "cfid", "cftoken", "asp.net_sessionid", "zenid", "oscsid"];

/// Parameters that hold a session id if their value looks like a token.
const MAYBE_SESSION: &[&str] = &["sid", "sessionid", "session_id", "sessid", "sess"];

/// Parameters of analytics, shares and advertisements.
const TRACKING: &[&str] = &[
    "gclid",
    "fbclid",
    "msclkid",
    "yclid",
    "_ga",
    "bd_vid",
    "hmsr",
    "hmpl",
    "hmcu",
    "hmkw",
    "hmci",
    "isappinstalled",
    "nsukey",
];

/// Values of `from` that the WeChat client adds when a page is shared.
const SHARED_FROM: &[&str] = &["timeline", "singlemessage", "groupmessage"];

/// The path without session ids; `None` if there are none.
pub(super) fn quiet_path(path: &str) -> Option<String> {
    if !path.contains([';', '(']) {
        return None;
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut kept: Vec<String> = folders.split('/').map(without_session_parameter).collect();
    kept.retain(|folder| !is_cookieless(folder));
    kept.push(without_session_parameter(name));
    let kept = kept.join("/");
    (kept != path).then_some(kept)
}

/// The query without session ids and tracking; `None` if there are none and it is not empty.
pub(super) fn quiet_query(query: &str) -> Option<String> {
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_noise(pair)).collect();
    let whole = kept.len() == query.split('&').count();
    (!whole || query.is_empty()).then(|| kept.join("&"))
}

/// `a.jsp;jsessionid=1;v=2` → `a.jsp;v=2`.
fn without_session_parameter(segment: &str) -> String {
    let mut parts = segment.split(';');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if !SESSION.contains(&name(part).as_str()) {
            kept.push(';');
            kept.push_str(part);
        }
    }
    kept
}

/// `(S(…))`: the session id of a cookieless ASP.NET application, a folder of its own.
fn is_cookieless(segment: &str) -> bool {
    let inner = segment.strip_prefix('(').and_then(|rest| rest.strip_suffix("))"));
    inner.is_some_and(|inner| inner.starts_with(['S', 'A', 'F', 'X']) && inner[1..].starts_with('('))
}

fn is_noise(pair: &str) -> bool {
    let (name, value) = (name(pair), pair.split_once('=').map_or("", |(_, value)| value));
    match name.as_str() {
        "spm" => value.contains('.'),
        "from" => SHARED_FROM.contains(&value),
        name if name.starts_with("utm_") || name.starts_with("aspsessionid") => true,
        name => SESSION.contains(&name) || TRACKING.contains(&name) || MAYBE_SESSION.contains(&name) && is_token(value),
    }
}

fn name(pair: &str) -> String {
    pair.split('=').next().unwrap_or_default().to_ascii_lowercase()
}

/// Long, of one piece, letters and digits mixed: made by a machine for one visit.
fn is_token(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubtful_name_goes_by_its_value() {
        assert_eq!(quiet_query("sid=12&a=1"), None, "a section");
        assert_eq!(quiet_query("sid=9f8a7c6b5d4e3f2a1b0c&a=1").as_deref(), Some("a=1"), "a session");
        assert_eq!(quiet_query("from=timeline&a=1").as_deref(), Some("a=1"));
        assert_eq!(quiet_query("from=2024-01-01"), None);
        assert_eq!(quiet_query("spm=1"), None);
    }

    #[test]
    fn other_path_parameters_stay() {
        assert_eq!(quiet_path("/a;v=2/b"), None);
        assert_eq!(quiet_path("/a;v=2;JSESSIONID=1/b").as_deref(), Some("/a;v=2/b"));
        assert_eq!(quiet_path("/通知(S)/b"), None);
    }
}
