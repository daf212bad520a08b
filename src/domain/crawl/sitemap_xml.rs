//! The XML form of a sitemap. Prefixes are ignored, places are not: the `loc` of a picture is no page.
//!
//! No entity is expanded but the five of XML and character references: an entry that needs another is left out.

use super::sitemap::{Entry, MAX_LOC, Sitemap, SitemapLimits};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};

const MAX_LASTMOD: usize = 64;

/// A sitemap is four elements deep, its extensions (pictures, films, news) a few more.
const MAX_NESTING: usize = 32;

/// Reads until the end, the first fault in the syntax or the limit of entries.
pub(super) fn read(text: &str, limits: SitemapLimits) -> Sitemap {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut walk = Walk { room: limits.max_entries, ..Walk::default() };
    loop {
        let step = match reader.read_event() {
            Ok(Event::Start(tag)) => walk.open(tag.local_name().as_ref()),
            Ok(Event::End(_)) => walk.close(),
            Ok(Event::Text(text)) => walk.text(&text.into_inner()),
            Ok(Event::CData(text)) => walk.text(&text.into_inner()),
            Ok(Event::GeneralRef(entity)) => walk.entity(&entity),
            Ok(Event::Eof) => return walk.end(),
            Ok(Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => Some(()),
            Err(_) => None,
        };
        if step.is_none() {
            return walk.found;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Page,
    Sitemap,
    Loc,
    Lastmod,
    Other,
}

/// Where in the file we are, and what was found. A step that gives `None` ends the walk.
#[derive(Debug, Default)]
struct Walk {
    path: Vec<Place>,
    loc: String,
    lastmod: String,
    /// The entry cannot be used: too long, or an entity that nobody defined.
    spoilt: bool,
    skipped: bool,
    rooted: bool,
    room: usize,
    found: Sitemap,
}

impl Walk {
    fn open(&mut self, name: &str) -> Option<()> {
        let place = match (self.path.last(), name) {
            (None, "urlset" | "sitemapindex") => Place::Root,
            (None, _) => return None,
            (Some(Place::Root), "url") => Place::Page,
            (Some(Place::Root), "sitemap") => Place::Sitemap,
            (Some(Place::Page | Place::Sitemap), "loc") => Place::Loc,
            (Some(Place::Page | Place::Sitemap), "lastmod") => Place::Lastmod,
            _ => Place::Other,
        };
        if matches!(place, Place::Page | Place::Sitemap) {
            self.loc.clear();
            self.lastmod.clear();
            self.spoilt = false;
        }
        self.rooted = true;
        self.path.push(place);
        (self.path.len() <= MAX_NESTING).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        let place = self.path.pop();
        if !matches!(place, Some(Place::Page | Place::Sitemap)) {
            return Some(());
        }
        let loc = self.loc.trim();
        if self.spoilt || loc.is_empty() {
            self.skipped = true;
            return Some(());
        }
        self.room = self.room.checked_sub(1)?;
        if place == Some(Place::Sitemap) {
            self.found.sitemaps.push(loc.to_owned());
        } else {
            let lastmod = Some(self.lastmod.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
            self.found.pages.push(Entry { loc: loc.to_owned(), lastmod });
        }
        Some(())
    }

    fn text(&mut self, text: &str) -> Option<()> {
        match self.path.last() {
            Some(Place::Loc) if self.loc.len() + text.len() <= MAX_LOC => self.loc.push_str(text),
            Some(Place::Loc) => self.spoilt = true,
            Some(Place::Lastmod) if self.lastmod.len() + text.len() <= MAX_LASTMOD => self.lastmod.push_str(text),
            _ => {}
        }
        Some(())
    }

    fn entity(&mut self, entity: &BytesRef) -> Option<()> {
        match (entity.resolve_char_ref(), resolve_xml_entity(entity)) {
            (Ok(Some(sign)), _) => self.text(sign.encode_utf8(&mut [0; 4])),
            (_, Some(text)) => self.text(text),
            _ => {
                self.spoilt = true;
                Some(())
            }
        }
    }

    fn end(self) -> Sitemap {
        Sitemap { complete: self.rooted && self.path.is_empty() && !self.skipped, ..self.found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sitemap(text: &str) -> Sitemap {
        read(text, SitemapLimits::default())
    }

    fn locs(sitemap: &Sitemap) -> Vec<&str> {
        sitemap.pages.iter().map(|page| page.loc.as_str()).collect()
    }

    #[test]
    fn an_index_names_further_sitemaps() {
        let index = sitemap(
            "<sitemapindex><sitemap><loc>/1.xml.gz</loc><lastmod>2024</lastmod></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>",
        );
        assert_eq!(index.sitemaps, ["/1.xml.gz", "/2.xml"]);
        assert!(index.pages.is_empty() && index.complete);
    }

    #[test]
    fn prefixes_are_ignored_but_the_address_of_a_picture_is_no_page() {
        let read = sitemap(
            "<s:urlset xmlns:s='x'><s:url><s:loc>/a</s:loc><image:image><image:loc>/a.jpg</image:loc></image:image></s:url></s:urlset>",
        );
        assert_eq!(locs(&read), ["/a"]);
    }

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let read = sitemap(
            "<urlset><!-- x --><url><loc><![CDATA[/a?x=1&y=2]]></loc></url><url><loc>/b?x=1&y=2&#38;z&#x3D;3</loc></url></urlset>",
        );
        assert_eq!(locs(&read), ["/a?x=1&y=2", "/b?x=1&y=2&z=3"]);
        assert!(read.complete);
    }

    #[test]
    fn entities_are_never_expanded() {
        let lols: String =
            (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
        let bomb = format!(
            "<!DOCTYPE urlset [<!ENTITY l0 \"lol\">{lols}]><urlset><url><loc>/&l9;</loc></url><url><loc>/b</loc></url></urlset>"
        );
        let read = sitemap(&bomb);
        assert_eq!(locs(&read), ["/b"]);
        assert!(!read.complete, "one entry was left out");
    }

    #[test]
    fn what_is_broken_gives_what_was_read() {
        for broken in [
            "<urlset><url><loc>/a</loc></url><url><loc>/b",
            "<urlset><url><loc>/a</loc></url><url><",
            "<urlset><url><loc>/a</loc></url><!-- ",
            "<urlset><url><loc>/a</loc></url>",
        ] {
            let read = sitemap(broken);
            assert_eq!((locs(&read), read.complete), (vec!["/a"], false), "{broken}");
        }
    }

    #[test]
    fn other_documents_and_endless_depth_are_no_sitemaps() {
        assert_eq!(sitemap("<!DOCTYPE html><html><url><loc>/a</loc></url></html>"), Sitemap::default());
        assert_eq!(sitemap(&"<urlset>".repeat(1_000_000)), Sitemap::default());
        let long = format!("<urlset><url><loc>/{}</loc></url></urlset>", "a".repeat(MAX_LOC));
        assert_eq!(sitemap(&long), Sitemap::default());
    }

    proptest! {
        #[test]
        fn no_markup_panics(pieces in prop::collection::vec(prop_oneof![
            Just("<urlset>"), Just("</urlset>"), Just("<url>"), Just("</url>"), Just("<loc>"), Just("</loc>"), Just("<a/>"),
            Just("&amp;"), Just("&#0;"), Just("&#xD800;"), Just("&#99999999999;"), Just("&x"), Just("<![CDATA["), Just("]]>"),
            Just("<!DOCTYPE a ["), Just("]>"), Just("<!--"), Just("-->"), Just("<?"), Just("?>"), Just("<"), Just("云"),
        ], 0..30)) {
            let _ = sitemap(&pieces.concat());
        }
    }
}
