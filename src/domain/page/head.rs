//! What the head of a page says: base, refresh, policies, names; and what its body does when loaded.

use super::reader::Reader;
use super::tag::Tag;
use crate::domain::address::is_web;
use crate::domain::script;

impl<T: Tag> Reader<'_, T> {
    pub(super) fn base(&mut self, tag: T) {
        // the HTML standard falls back to the page's own address for a base that can carry none, and so do we
        let url = tag.attr("href").and_then(|href| self.context.url.join(href.trim()).ok()).filter(is_web);
        if let Some(url) = url {
            if self.outer.depth == 0 {
                self.facts.base = Some(url.clone());
            }
            self.base = url;
        }
    }

    pub(super) fn meta(&mut self, tag: T) {
        let content = || tag.attr("content").map(|content| content.into_owned()).unwrap_or_default();
        if let Some(pragma) = tag.attr("http-equiv") {
            match pragma.to_ascii_lowercase().as_str() {
                "refresh" => self.facts.refresh = refresh(&content()),
                "content-security-policy" => self.facts.policies.push(content()),
                _ => {}
            }
        } else if tag.attr("name").is_some_and(|name| name.eq_ignore_ascii_case("SiteName")) {
            self.facts.site_name = Some(content());
        }
    }

    /// `<body onload="foot()">` calls.
    pub(super) fn handlers(&mut self, tag: T) {
        if let Some(handler) = tag.attr("onload").map(|handler| handler.into_owned()) {
            self.facts.names.extend(script::read(&handler).names);
        }
    }
}

/// `5; url=/index.html` (HTML standard, refresh).
fn refresh(content: &str) -> Option<(u32, String)> {
    let (delay, rest) = content.trim().split_once([';', ',', ' '])?;
    let delay = delay.trim().split('.').next()?.parse().unwrap_or(0);
    let rest = rest.trim_start_matches([';', ',', ' ']);
    let address = match rest.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("url") => rest[3..].trim_start().strip_prefix('=').unwrap_or(rest),
        _ => rest,
    };
    let address = address.trim().trim_matches(['\'', '"']);
    (!address.is_empty()).then(|| (delay, address.to_owned()))
}
