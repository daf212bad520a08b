//! `unescape` as browsers do it: `%XX`, `%uXXXX`, and lone bytes that are no UTF-8.

/// Undoes percent escapes. Runs of `%XX` that are UTF-8 become that text (`decodeURIComponent`), others are
/// Latin-1 as `unescape` has it (ECMAScript B.2.1.2). What is no escape stays as it is.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(c) = wide(rest) {
            out.push(c);
            rest = &rest[6..];
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(byte) = narrow(rest) {
            bytes.push(byte);
            rest = &rest[3..];
        }
        if bytes.is_empty() {
            out.push('%');
            rest = &rest[1..];
        } else {
            match String::from_utf8(bytes) {
                Ok(text) => out.push_str(&text),
                Err(error) => out.extend(error.into_bytes().into_iter().map(char::from)),
            }
        }
    }
    out.push_str(rest);
    out
}

fn wide(text: &str) -> Option<char> {
    let digits = text.strip_prefix("%u").or_else(|| text.strip_prefix("%U"))?.get(..4)?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

fn narrow(text: &str) -> Option<u8> {
    u8::from_str_radix(text.strip_prefix('%')?.get(..2).filter(|digits| !digits.starts_with('+'))?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_of_every_kind_are_undone_and_others_stay() {
        assert_eq!(unescape("%3Cspan%20id='x'%3e"), "<span id='x'>");
        assert_eq!(unescape("%u7F51%u7AD9 100% %zz %"), "网站 100% %zz %");
        assert_eq!(unescape("%E7%BD%91%B5"), "ç½\u{91}µ", "not UTF-8 as a whole: Latin-1");
        assert_eq!(unescape("%E7%BD%91"), "网");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC*") {
            unescape(&text);
        }
    }
}
