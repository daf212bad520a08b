//! Links, pictures and data attributes: the static forms of a badge.

use url::Url;

use super::facts::{Place, Trace};
use super::policy::Load;
use super::reader::{Origin, Reader};
use super::tag::{Tag, is_hidden};
use crate::domain::badge::link::{
    Link, Picture, badge_picture, carried_certificate, classify_href, opened_certificate,
};
use crate::domain::badge::{Form, State, Why};
use crate::domain::certificate::BadgeRef;
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::script::HOLE;

/// A link that is open, and what was seen in it.
pub(super) struct OpenAnchor {
    href: Option<String>,
    link: Option<Link>,
    /// It leads to a certificate by a detour that only a browser can take.
    detour: bool,
    place: Option<Place>,
    in_span: bool,
    /// Inside a template's comment.
    commented: bool,
    /// Any picture stands in it.
    has_picture: bool,
    /// A picture that shows stands in it.
    has_shown_picture: bool,
    /// A picture in it says in words that it is the badge.
    says_badge: bool,
    /// An official `#imgConac` picture stands in it.
    has_badge_id: bool,
    picture: Option<Picture>,
    /// The address of the registry's own picture in it.
    official: Option<Url>,
    text: String,
}

impl OpenAnchor {
    /// Only a link that has to do with badges is asked for its words.
    pub(super) fn add_text(&mut self, text: &str) {
        if self.link.is_some() && self.text.len() < 120 {
            self.text.extend(text.chars().take(40));
        }
    }
}

impl<T: Tag> Reader<'_, T> {
    pub(super) fn open_anchor(&mut self, tag: T) {
        let href = tag.attr("href").map(|href| href.into_owned());
        let link = href
            .as_deref()
            .filter(|href| self.hinted && is_suspicious(href))
            .and_then(|href| classify_href(href, &self.base, self.context.hosts));
        let clicked = || self.clicked(tag, href.as_deref()).map(Link::Certificate);
        let link = link.or_else(clicked);
        let detour = link.is_none() && self.is_detour(tag, href.as_deref());
        let in_span = self.in_span();
        let place = (link.is_some() || detour || in_span).then(|| self.place());
        self.anchors.push(OpenAnchor {
            href,
            link,
            detour,
            place,
            in_span,
            has_picture: false,
            has_shown_picture: false,
            commented: self.template_comment,
            says_badge: false,
            has_badge_id: false,
            picture: None,
            official: None,
            text: String::new(),
        });
    }

    /// The certificate that a click opens by the element's own script: `onclick="window.open('…')"`, `javascript:…`.
    fn clicked(&self, tag: T, href: Option<&str>) -> Option<BadgeRef> {
        if !self.hinted || !may_lead(tag) {
            return None;
        }
        let code = href.filter(|href| href.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("javascript:")));
        let of = |text: &str| opened_certificate(text, self.context.hosts);
        code.and_then(of).or_else(|| tag.attr("onclick").and_then(|code| of(&code)))
    }

    /// Does a forwarder of the site, or an attribute that a script reads, carry a certificate's address?
    fn is_detour(&self, tag: T, href: Option<&str>) -> bool {
        if !self.hinted || !may_lead(tag) {
            return false;
        }
        let carried = |text: &str| carried_certificate(text, self.context.hosts).is_some();
        let is_own = |href: &str| self.resolved(href).is_some_and(|url| self.context.is_same_site(&url));
        let bound = |name: &&str| tag.attr(name).is_some_and(|value| value.contains("sitename"));
        href.is_some_and(|href| carried(href) && (is_dead(href) || is_own(href)))
            || tag.attr("onclick").is_some_and(|code| carried(&code))
            || BOUND_HREFS.iter().any(bound)
    }

    /// An element other than a link that opens the certificate when clicked.
    pub(super) fn clickable(&mut self, tag: T) {
        let Some(badge) = self.clicked(tag, None) else { return };
        let (code, id) = numbers(badge);
        let (excerpt, place) = (shorten(&tag.attr("onclick").unwrap_or_default()), self.place());
        self.trace(Trace {
            form: Form::CertificateLink,
            code,
            id,
            state: State::Shown,
            why: Why::InOrder,
            place,
            needs_span: false,
            at_bottom: None,
            loads: Vec::new(),
            excerpt,
        });
    }

    /// Keeps a link for the crawl: as written, or absolute where another base than the page's counts.
    pub(super) fn link(&mut self, href: String) {
        let absolute = (self.outer.depth > 0).then(|| self.base.join(&href).ok()).flatten();
        self.facts.links.push(absolute.map_or(href, String::from));
    }

    pub(super) fn close_anchor(&mut self) {
        let Some(mut anchor) = self.anchors.pop() else { return };
        let Some((state, why)) = judge(&anchor) else {
            if let Some(href) = anchor.href.take().filter(|href| !href.is_empty() && anchor.link.is_none()) {
                self.link(href);
            }
            return;
        };
        if let Some(href) = anchor.href.clone().filter(|href| !href.is_empty() && anchor.link.is_none()) {
            self.link(href);
        }
        let (state, why) = if anchor.commented { (State::NotHung, Why::CommentedOut) } else { (state, why) };
        let unread = why == Why::MalformedCode && self.outer.origin != Origin::Document && lacks_id(&anchor);
        let (state, why) = if unread { (State::Unknown, Why::InjectedScript) } else { (state, why) };
        let form = match self.outer.origin {
            _ if state == State::NotHung => Form::Image,
            Origin::Written | Origin::Inserted { .. } => Form::WrittenLink,
            Origin::Document if anchor.in_span || anchor.has_badge_id => Form::Rendered,
            Origin::Document => Form::CertificateLink,
        };
        let (code, id) = match &anchor.link {
            Some(Link::Certificate(badge) | Link::LookAlike(Some(badge))) => numbers(badge.clone()),
            _ => (None, None),
        };
        let mut place = anchor.place.unwrap_or_else(|| self.place());
        place.hidden |= anchor.has_picture && !anchor.has_shown_picture && anchor.text.is_empty();
        let excerpt = shorten(anchor.href.as_deref().unwrap_or("<a> without href"));
        let loads = anchor.official.map(Load::Picture).into_iter().collect();
        self.trace(Trace { form, code, id, state, why, place, needs_span: false, at_bottom: None, loads, excerpt });
    }

    pub(super) fn picture(&mut self, tag: T) {
        if tag.name() == "input" {
            let hidden =
                tag.may_hold("pass") && tag.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"));
            self.facts.password_fields += u32::from(hidden);
            return;
        }
        let Some(src) = tag.attr("src") else { return };
        let badge_id = tag.may_hold("imgConac") && tag.attr("id").as_deref() == Some("imgConac");
        let picture = badge_picture(&src, &self.base, self.context.hosts);
        if let Some(anchor) = self.anchors.last_mut() {
            anchor.has_picture = true;
            anchor.has_shown_picture |= !is_hidden(tag);
            if let Some(alt) = tag.attr("alt") {
                anchor.says_badge |= says_badge(&alt);
            }
            anchor.has_badge_id |= badge_id;
            anchor.picture = anchor.picture.max(picture);
            if picture == Some(Picture::Official) {
                anchor.official = self.base.join(src.trim()).ok();
            }
            if (badge_id || picture.is_some()) && anchor.place.is_none() {
                let place = self.place();
                if let Some(anchor) = self.anchors.last_mut() {
                    anchor.place = Some(place);
                }
            }
        } else if badge_id || picture.is_some_and(|picture| picture != Picture::Own) {
            let (place, excerpt) = (self.place(), shorten(&src));
            let (state, why) = (State::NotHung, Why::NoLink);
            self.trace(Trace {
                form: Form::Image,
                code: None,
                id: None,
                state,
                why,
                place,
                needs_span: false,
                at_bottom: None,
                loads: Vec::new(),
                excerpt,
            });
        }
    }

    /// `<div class="j-gov" data-setting="{sitecode:'<32 hex>'}">`: a script of the CMS builds the link.
    pub(super) fn data_attribute(&mut self, tag: T) {
        let (Some(setting), Some(class)) = (tag.attr("data-setting"), tag.attr("class")) else { return };
        if !class.split_whitespace().any(|class| class == "j-gov") {
            return;
        }
        let Some(at) = setting.to_ascii_lowercase().find("sitecode") else { return };
        let value =
            setting[at + 8..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ':' | '='));
        let id = CertificateId::parse(value.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(""));
        let (state, why) =
            if id.is_some() { (State::Shown, Why::InOrder) } else { (State::Broken, Why::MalformedCode) };
        let trace = Trace {
            form: Form::DataAttribute,
            code: None,
            id,
            state,
            why,
            place: self.place(),
            needs_span: false,
            at_bottom: None,
            loads: Vec::new(),
            excerpt: shorten(&setting),
        };
        self.trace(trace);
    }

    /// A badge's address where it is no badge: comment, inert element, plain text.
    pub(super) fn mention(&mut self, text: &str, form: Form, why: Why) {
        let (code, id) = identifiers(text);
        if code.is_none() && id.is_none() && why == Why::MentionOnly {
            return;
        }
        let at = text.find("conac").unwrap_or(0);
        let start = text[..at].char_indices().rev().nth(60).map_or(0, |(at, _)| at);
        let (place, excerpt) = (self.place(), shorten(text[start..].trim()));
        self.trace(Trace {
            form,
            code,
            id,
            state: State::NotHung,
            why,
            place,
            needs_span: false,
            at_bottom: None,
            loads: Vec::new(),
            excerpt,
        });
    }
}

fn judge(anchor: &OpenAnchor) -> Option<(State, Why)> {
    let is_badge = anchor.in_span || anchor.has_badge_id;
    let official = matches!(anchor.picture, Some(Picture::Official | Picture::Error));
    Some(match &anchor.link {
        Some(Link::Certificate(_)) if anchor.picture == Some(Picture::Error) => (State::Broken, Why::ErrorImage),
        Some(Link::Certificate(_)) => (State::Shown, Why::InOrder),
        Some(Link::MalformedId | Link::Generic) | None if anchor.href.as_deref().is_some_and(is_unfinished) => {
            (State::Unknown, Why::InjectedScript)
        }
        None if anchor.detour => (State::Unknown, Why::IndirectLink),
        Some(Link::MalformedId) => (State::Broken, Why::MalformedCode),
        Some(Link::LookAlike(_)) => (State::Broken, Why::LookAlikeHost),
        Some(Link::Generic) if is_badge || anchor.has_picture || says_badge(&anchor.text) => {
            (State::Broken, Why::GenericLink)
        }
        Some(Link::Generic) if anchor.href.as_deref().is_some_and(|href| href.contains("sitename")) => {
            (State::Broken, Why::GenericLink)
        }
        Some(Link::Generic) => return None,
        None if is_badge || official => match anchor.href {
            Some(_) => (State::Broken, Why::DeadLink),
            None => (State::NotHung, Why::NoLink),
        },
        // Own pictures say such words in menus, too: there they lead somewhere.
        None if anchor.says_badge && anchor.href.as_deref().is_some_and(is_dead) => (State::Broken, Why::DeadLink),
        None if anchor.says_badge || anchor.picture.is_some() => (State::NotHung, Why::NoLink),
        None => return None,
    })
}

/// Attributes from which a framework or a dialog script makes the address.
const BOUND_HREFS: &[&str] = &[":href", "v-bind:href", "ng-href", "data-href", "data-url", "xlink:href"];

fn is_suspicious(href: &str) -> bool {
    let words = ["onac", "ONAC", "sitename", "/verify/"];
    words.iter().any(|word| memchr::memmem::find(href.as_bytes(), word.as_bytes()).is_some())
}

/// May a certificate's address stand in the tag?
fn may_lead<T: Tag>(tag: T) -> bool {
    tag.may_hold("sitename") || tag.may_hold("/verify/")
}

/// The number of a badge as code or as certificate id.
pub(super) fn numbers(badge: BadgeRef) -> (Option<BadgeCode>, Option<CertificateId>) {
    match badge {
        BadgeRef::Code(code) => (Some(code), None),
        BadgeRef::Id(id) => (None, Some(id)),
    }
}

/// A certificate's address with a place that a script or a template fills.
fn is_unfinished(href: &str) -> bool {
    let holds = |mark: &&str| href.contains(*mark);
    is_suspicious(href) && (href.contains(HOLE) || ["%EF%BF%BC", "{{", "${", "<%"].iter().any(holds))
}

/// A script that writes no id at all fills it in later (`"…id={0}".format(x)`).
fn lacks_id(anchor: &OpenAnchor) -> bool {
    let id = anchor.href.as_deref().and_then(|href| href.rsplit_once("id=")).map_or("", |(_, id)| id);
    id.chars().filter(char::is_ascii_hexdigit).count() < 4
}

/// Leads nowhere by itself.
fn is_dead(href: &str) -> bool {
    let href = href.trim();
    href.is_empty() || href.starts_with('#') || href.to_ascii_lowercase().starts_with("javascript:")
}

fn says_badge(text: &str) -> bool {
    ["党政机关", "事业单位", "社会组织", "网站标识"].iter().any(|word| text.contains(word))
}

/// The first code and the first certificate id in a text.
pub(super) fn identifiers(text: &str) -> (Option<BadgeCode>, Option<CertificateId>) {
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric());
    (words().find_map(|word| BadgeCode::parse(word).ok()), words().find_map(CertificateId::parse))
}

/// At most 200 characters: enough to find the place, too little to leak a page into a report.
pub(super) fn shorten(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
