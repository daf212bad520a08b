//! From bytes to text: byte order mark, then HTTP header, then `<meta>`, then detection.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;

/// A page's text and the charset it was read in.
#[derive(Debug)]
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: &'static Encoding,
    /// The declaration was wrong: its charset cannot hold these bytes, the one used can.
    pub against_declaration: bool,
}

/// A `<meta>` counts only this early in the file (the HTML standard scans 1,024 bytes; old portals need more).
const META_WINDOW: usize = 4096;
/// Detection reads this much from the first byte that is not ASCII: enough for certainty, and it is slow.
const DETECT_WINDOW: usize = 16 * 1024;

/// Reads bytes as text. `content_type` is the HTTP header, if there was one. Never fails: what cannot be
/// read becomes U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(&bytes[length..]).0;
        return Decoded { text, encoding, against_declaration: false };
    }
    let declared = content_type.and_then(header_charset).or_else(|| meta_charset(bytes));
    if declared.is_some_and(|declared| declared != UTF_8) && is_surely_utf_8(bytes) {
        return Decoded { text: UTF_8.decode(bytes).0, encoding: UTF_8, against_declaration: true };
    }
    let encoding = declared.unwrap_or_else(|| detect(bytes));
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken && let Some(better) = undamaged(bytes, encoding) {
        let text = better.decode_without_bom_handling(bytes).0;
        return Decoded { text, encoding: better, against_declaration: declared.is_some() };
    }
    Decoded { text, encoding, against_declaration: false }
}

/// The charset in a `Content-Type` value.
pub fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    let at = content_type.to_ascii_lowercase().find("charset")?;
    let value = content_type[at + 7..].trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find([';', '"', '\'', ' ', ',', '>']).unwrap_or(value.len());
    Encoding::for_label(&value.as_bytes()[..end])
}

fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some(wide) = wide_without_bom(bytes) {
        return Some(wide);
    }
    let window = &bytes[..bytes.len().min(META_WINDOW)];
    let mut from = 0;
    while let Some(at) = memmem::find(&window[from..], b"<") {
        let tag = &window[from + at + 1..];
        from += at + 1;
        if tag.starts_with(b"!--") {
            from += memmem::find(tag, b"-->").unwrap_or(tag.len());
        } else if tag.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"meta")) {
            let end = memchr::memchr(b'>', tag).unwrap_or(tag.len());
            let encoding = header_charset(&String::from_utf8_lossy(&tag[..end]));
            if let Some(encoding) = encoding {
                // A meta that could be read as ASCII does not stand in UTF-16 (HTML standard, 13.2.3.2).
                return Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding });
            }
        }
    }
    None
}

/// UTF-16 that lost its mark still shows `<` beside a zero byte.
fn wide_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes.get(..4)? {
        [b'<', 0, _, 0] => Some(UTF_16LE),
        [0, b'<', 0, _] => Some(UTF_16BE),
        _ => None,
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let start = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let window = &bytes[start..bytes.len().min(start + DETECT_WINDOW)];
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(window, window.len() == bytes.len() - start);
    detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow)
}

/// Four Chinese characters or more that are valid UTF-8 throughout are no accident of another charset.
fn is_surely_utf_8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && bytes.iter().filter(|byte| !byte.is_ascii()).take(12).count() == 12
}

/// The charset of public Chinese sites that holds these bytes without damage, if the declared one does not.
fn undamaged(bytes: &[u8], declared: &'static Encoding) -> Option<&'static Encoding> {
    [UTF_8, GBK, GB18030]
        .into_iter()
        .filter(|candidate| *candidate != declared)
        .find(|candidate| !candidate.decode_without_bom_handling(bytes).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "云溪市人民政府网站标识";

    fn gbk(text: &str) -> Vec<u8> {
        GBK.encode(text).0.into_owned()
    }

    #[test]
    fn a_byte_order_mark_beats_the_header_and_the_header_beats_the_meta() {
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend_from_slice(TEXT.as_bytes());
        let read = decode(&marked, Some("text/html; charset=gb2312"));
        assert_eq!((read.text.as_ref(), read.encoding), (TEXT, UTF_8));

        let page = gbk(&format!("<meta charset=utf-8><p>{TEXT}"));
        let read = decode(&page, Some("text/html; charset=\"GB2312\""));
        assert!(read.text.contains(TEXT));
        assert_eq!(read.encoding, GBK);
    }

    #[test]
    fn a_meta_is_read_but_not_inside_a_comment() {
        let page = gbk(&format!("<!-- <meta charset=utf-8> --><META content='text/html;CHARSET = gbk'>{TEXT}"));
        assert!(decode(&page, None).text.contains(TEXT));
    }

    #[test]
    fn nothing_declared_is_detected() {
        let page = gbk(&format!("<p>{}</p>", TEXT.repeat(20)));
        assert!(decode(&page, Some("text/html")).text.contains(TEXT));
        assert_eq!(decode(TEXT.as_bytes(), None).encoding, UTF_8);
    }

    #[test]
    fn a_wrong_declaration_gives_way_to_the_charset_that_fits() {
        let page = gbk(&format!("<meta charset=utf-8>{}", TEXT.repeat(3)));
        let read = decode(&page, None);
        assert!(read.against_declaration && read.text.contains(TEXT));
        let page = format!("<p>{TEXT}€é</p>");
        assert!(decode(page.as_bytes(), Some("text/html;charset=gb18030")).text.contains(TEXT));
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let wide: Vec<u8> = format!("<p>{TEXT}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(decode(&wide, None).text.contains(TEXT));
        let marked: Vec<u8> =
            [0xFEu8, 0xFF].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(decode(&marked, Some("text/html; charset=utf-8")).text, TEXT);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, header: Option<String>) {
            let _ = decode(&bytes, header.as_deref());
        }
    }
}
