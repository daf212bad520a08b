//! What the reader must know besides the page itself.

use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use crate::domain::badge::BadgeHosts;
use crate::domain::host::Host;
use crate::domain::script::Program;

/// A same-site script or frame, as far as it could be had.
#[derive(Debug, Clone)]
pub enum Followed {
    Script(Arc<Program>),
    /// A frame's (or include's) text and final address.
    Html(Arc<str>, Url),
    /// 404 or 410: it surely gives no badge.
    Gone,
    /// It could not be read: nothing may be concluded from its silence.
    Unread,
}

/// What was followed, by address.
pub type FollowedSet = HashMap<Url, Followed>;

/// A document's surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The document's address: relative references start here (unless `<base>` says otherwise).
    pub url: &'a Url,
    /// Whether that address is the real one (`inspect` may not know it).
    pub url_known: bool,
    pub hosts: &'a BadgeHosts,
    pub followed: &'a FollowedSet,
}

impl Context<'_> {
    /// Is an address on the page's own site, so that it is followed? Scripts often lie on a sister host
    /// (`static.x.gov.cn` of `www.x.gov.cn`): the registrable name decides.
    pub fn is_same_site(&self, url: &Url) -> bool {
        if !self.url_known {
            return true;
        }
        match (Host::of(self.url), Host::of(url)) {
            (Some(page), Some(other)) => page.registrable() == other.registrable(),
            _ => self.url.host_str() == url.host_str(),
        }
    }
}
