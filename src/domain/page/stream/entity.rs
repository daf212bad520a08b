//! Character references, as far as they are simple (HTML standard, 13.2.5.72 and on).

use std::borrow::Cow;

/// Named references that pages use; each with its semicolon.
const NAMED: &[(&str, &str)] = &[
    ("nbsp", "\u{a0}"),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("copy", "©"),
    ("reg", "®"),
    ("middot", "·"),
    ("raquo", "»"),
    ("laquo", "«"),
    ("bull", "•"),
    ("hellip", "…"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("times", "×"),
    ("ensp", "\u{2002}"),
    ("emsp", "\u{2003}"),
    ("yen", "¥"),
    ("deg", "°"),
];

/// Resolves the references of a text; `None` where one is not simple.
pub(super) fn decode(text: &str, in_attribute: bool) -> Option<Cow<'_, str>> {
    let Some(mut at) = memchr::memchr(b'&', text.as_bytes()) else { return Some(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        out.push_str(&rest[..at]);
        rest = reference(&rest[at..], in_attribute, &mut out)?;
        match memchr::memchr(b'&', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// Reads the reference that `text` starts with; returns what follows it.
fn reference<'t>(text: &'t str, in_attribute: bool, out: &mut String) -> Option<&'t str> {
    let after = &text[1..];
    if let Some(digits) = after.strip_prefix('#') {
        return numeric(digits, out);
    }
    let length = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (name, rest) = after.split_at(length);
    if length == 0 {
        out.push('&');
        return Some(after);
    }
    if let Some(rest) = rest.strip_prefix(';') {
        let (_, value) = NAMED.iter().find(|(known, _)| *known == name)?;
        out.push_str(value);
        return Some(rest);
    }
    // Without a semicolon only old names count, and in an attribute not before `=`: `?a=1&id=2` stays.
    if in_attribute && rest.starts_with('=') {
        out.push('&');
        return Some(after);
    }
    None
}

/// `&#1234;` and `&#x4d2;`; those that the standard remaps are left to the tree.
fn numeric<'t>(digits: &'t str, out: &mut String) -> Option<&'t str> {
    let (text, rest) = digits.split_once(';')?;
    let number = match text.strip_prefix(['x', 'X']) {
        Some(hex) if hex.len() <= 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16).ok()?
        }
        None if text.len() <= 7 && text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok()?,
        _ => return None,
    };
    let plain = number >= 0x20 && !(0x7f..=0x9f).contains(&number) && number & 0xfffe != 0xfffe;
    out.push(char::from_u32(number).filter(|_| plain)?);
    Some(rest)
}
