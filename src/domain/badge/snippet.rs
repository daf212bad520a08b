//! The embed codes of our own badge, for units to put on their pages.

use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::domain::address::is_web;
use crate::domain::host::Host;
use crate::domain::ids::BadgeCode;
use crate::domain::registry::{BadgeState, UnitType};

/// The embed codes of one badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Snippets {
    /// Of the badge: unless it is `valid`, pages that carry it show the badge's error picture.
    #[schema(value_type = String)]
    pub state: BadgeState,
    /// The script by the public address.
    pub script: String,
    /// The script by whatever the page is loaded by, http or https: for pages that are served by both.
    pub relative: String,
    /// Link and picture for pages without scripts. They stay as they are: on a copy of the page, too.
    pub fixed: String,
}

/// Red says that an organ of the state runs the site: it is shown only where the registry says so.
pub fn colour(kind: Option<UnitType>) -> &'static str {
    if kind == Some(UnitType::Organ) { "red" } else { "blue" }
}

impl Snippets {
    /// The embed codes of a badge that is served under a public address (`web.public_url`). `None`: it is no http address of
    /// a host with a name.
    pub fn of(public_url: &str, code: &BadgeCode, kind: Option<UnitType>, state: BadgeState) -> Option<Self> {
        let url = Url::parse(public_url).ok().filter(is_web)?;
        Host::of(&url)?;
        let root = public_url.trim_end_matches('/');
        let (_, bare) = root.split_once(':')?;
        let script = |root: &str| {
            let folder = code.path();
            format!(r#"<span id="_ideConac"></span><script src="{root}/js/{folder}/{code}.js"></script>"#)
        };
        let colour = colour(kind);
        let fixed = format!(
            r#"<span id="_ideConac"><a href="{root}/verify/{code}" target="_blank" rel="noopener" referrerpolicy="origin"><img id="imgConac" src="{root}/image/{colour}.png?{code}" width="80" height="80" alt="网站标识"></a></span>"#
        );
        Some(Self { state, script: script(root), relative: script(bare), fixed })
    }
}
