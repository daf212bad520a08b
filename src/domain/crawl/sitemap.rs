//! Sitemaps (sitemaps.org 0.9): XML or plain text, an index or a set of pages, plain or gzipped, in any charset.
//!
//! A sitemap is a hint and not evidence, so it is read as far as it can be read; `complete` says if that was all.

use super::sitemap_xml;
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;

/// How much of one file is read.
#[derive(Debug, Clone, Copy)]
pub struct SitemapLimits {
    /// Bytes after unzipping; the protocol allows 50 MiB.
    pub max_bytes: usize,
    /// Entries, pages and sitemaps together; the protocol allows 50,000.
    pub max_entries: usize,
}

impl Default for SitemapLimits {
    fn default() -> Self {
        Self { max_bytes: 50 << 20, max_entries: 50_000 }
    }
}

/// A page named by a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The address as written, entities resolved: to be resolved against the sitemap's own.
    pub loc: String,
    /// The day or instant of the last change as written (W3C date and time).
    pub lastmod: Option<String>,
}

/// What one sitemap names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sitemap {
    /// Pages, in their order.
    pub pages: Vec<Entry>,
    /// Further sitemaps of an index; the caller bounds how deep it follows them.
    pub sitemaps: Vec<String>,
    /// Was the file a sitemap, and was it read to its end without a fault?
    pub complete: bool,
}

/// No address longer than this is of use.
pub(super) const MAX_LOC: usize = 4_000;

impl Sitemap {
    /// Reads a sitemap of any bytes within the limits.
    pub fn read(bytes: &[u8], limits: SitemapLimits) -> Self {
        let (bytes, whole) = unzipped(bytes, limits.max_bytes);
        let text = decoded(&bytes);
        let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let mut sitemap =
            if text.starts_with('<') { sitemap_xml::read(text, limits) } else { from_lines(text, limits) };
        sitemap.complete &= whole;
        sitemap
    }
}

/// The bytes behind a gzip wrapping (by its magic number, whatever the name says), and whether that is all of them.
fn unzipped(bytes: &[u8], limit: usize) -> (Cow<'_, [u8]>, bool) {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return (Cow::Borrowed(&bytes[..bytes.len().min(limit)]), bytes.len() <= limit);
    }
    let mut plain = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(limit as u64 + 1).read_to_end(&mut plain);
    let whole = read.is_ok() && plain.len() <= limit;
    plain.truncate(limit);
    (Cow::Owned(plain), whole)
}

/// The text. Declarations are often wrong: a byte order mark counts first, then whether it simply *is* UTF-8.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    let encoding = match bytes {
        [b'<', 0, ..] => UTF_16LE,
        [0, b'<', ..] => UTF_16BE,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return Cow::Borrowed(text),
            // cut in the middle of a character
            Err(error) if error.error_len().is_none() => UTF_8,
            Err(_) => declared(bytes).filter(|encoding| *encoding != UTF_8).unwrap_or(GB18030),
        },
    };
    encoding.decode_without_bom_handling(bytes).0
}

/// The charset of `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let (_, rest) = head.split_once("encoding")?;
    let label = rest.trim_start_matches(|sign: char| sign == '=' || sign.is_whitespace());
    Encoding::for_label(label.strip_prefix(['"', '\''])?.split(['"', '\'']).next()?.as_bytes())
}

/// One address a line.
fn from_lines(text: &str, limits: SitemapLimits) -> Sitemap {
    let is_address =
        |line: &&str| (line.starts_with("http://") || line.starts_with("https://")) && line.len() <= MAX_LOC;
    let mut lines = text.lines().map(str::trim).filter(is_address);
    let pages: Vec<Entry> =
        lines.by_ref().take(limits.max_entries).map(|line| Entry { loc: line.to_owned(), lastmod: None }).collect();
    Sitemap { complete: !pages.is_empty() && lines.next().is_none(), pages, sitemaps: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GBK;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    const PLAIN: &str = "<?xml version='1.0' encoding='UTF-8'?>\n\
        <urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
        <url><loc> http://www.yunxi.gov.test/云?a=1&amp;b=2 </loc><lastmod>2024-05-01</lastmod></url>\
        <url><loc>http://www.yunxi.gov.test/b</loc></url></urlset>";

    fn read(bytes: &[u8]) -> Sitemap {
        Sitemap::read(bytes, SitemapLimits::default())
    }

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(bytes).unwrap();
        gz.finish().unwrap()
    }

    fn locs(sitemap: &Sitemap) -> Vec<&str> {
        sitemap.pages.iter().map(|page| page.loc.as_str()).collect()
    }

    #[test]
    fn one_sitemap_reads_the_same_in_every_wrapping() {
        let expected = read(PLAIN.as_bytes());
        assert!(expected.complete);
        assert_eq!(locs(&expected), ["http://www.yunxi.gov.test/云?a=1&b=2", "http://www.yunxi.gov.test/b"]);
        assert_eq!(expected.pages[0].lastmod.as_deref(), Some("2024-05-01"));
        let utf16 = |unit: fn(u16) -> [u8; 2]| PLAIN.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16(u16::to_le_bytes)).collect();
        let gb2312 = PLAIN.replace("UTF-8", "gb2312");
        for (name, bytes) in [
            ("gzip", zipped(PLAIN.as_bytes())),
            ("BOM", format!("\u{feff}\n{PLAIN}").into_bytes()),
            ("UTF-16 with BOM", marked),
            ("UTF-16 without BOM", utf16(u16::to_be_bytes)),
            ("GBK declared", GBK.encode(&gb2312).0.into_owned()),
            ("GBK declared as UTF-8", GBK.encode(PLAIN).0.into_owned()),
            ("UTF-8 declared as GBK", gb2312.into_bytes()),
        ] {
            assert_eq!(read(&bytes), expected, "{name}");
        }
    }

    #[test]
    fn a_plain_list_of_addresses_is_a_sitemap() {
        let sitemap = read(b"http://www.yunxi.gov.test/a\r\n\r\nnot an address\nhttps://www.yunxi.gov.test/b");
        assert_eq!(locs(&sitemap), ["http://www.yunxi.gov.test/a", "https://www.yunxi.gov.test/b"]);
        assert!(sitemap.complete);
        for nothing in ["", "404 not found", "\u{0}\u{1}"] {
            assert_eq!(read(nothing.as_bytes()), Sitemap::default(), "{nothing:?}");
        }
    }

    #[test]
    fn a_file_is_read_as_far_as_the_limits_go() {
        let limits = SitemapLimits { max_bytes: 1 << 20, max_entries: 1 };
        assert_eq!(locs(&Sitemap::read(PLAIN.as_bytes(), limits)).len(), 1);
        assert!(!Sitemap::read(PLAIN.as_bytes(), limits).complete);
        assert!(Sitemap::read(PLAIN.as_bytes(), SitemapLimits { max_entries: 2, ..limits }).complete);
        let lines = Sitemap::read(b"http://a.test/\nhttp://b.test/\n", limits);
        assert_eq!((lines.pages.len(), lines.complete), (1, false));
    }

    #[test]
    fn a_bomb_is_cut_and_a_broken_archive_gives_what_it_holds() {
        let limits = SitemapLimits { max_bytes: 100_000, max_entries: 50_000 };
        let bomb = zipped(format!("{PLAIN}{}", " ".repeat(20 << 20)).as_bytes());
        let cut = Sitemap::read(&bomb, limits);
        assert_eq!((cut.pages.len(), cut.complete), (2, false));
        let whole = zipped(PLAIN.as_bytes());
        let broken = read(&whole[..whole.len() - 4]);
        assert_eq!((broken.pages.len(), broken.complete), (2, false));
        assert_eq!(read(&[0x1f, 0x8b, 0x08]), Sitemap::default());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), gzip in any::<bool>()) {
            let _ = read(&if gzip { zipped(&bytes) } else { bytes });
        }

        #[test]
        fn no_cut_panics(at in 0usize..400) {
            let cut = &PLAIN.as_bytes()[..at.min(PLAIN.len())];
            let sitemap = read(cut);
            prop_assert!(sitemap.pages.len() <= 2);
            prop_assert_eq!(sitemap.complete, cut.len() == PLAIN.len());
        }
    }
}
