//! The address of a badge's script: `/js/RR/CCC/DDDD/UUUUUUUU/CA….js`, as the embed codes on units' pages have it.

use crate::domain::ids::BadgeCode;

/// `RR/CCC/DDDD/UUUUUUUU/CARRCCCDDDDUUUUUUUUNNNN.js`
const LENGTH: usize = 47;
/// The file name without its end.
const CODE: usize = 23;

/// The code of a path. `None` where it is no script's address, or where folder and file name contradict each other.
pub(super) fn code(path: &str) -> Option<BadgeCode> {
    let path = path.strip_prefix("/js/").filter(|path| path.len() == LENGTH)?;
    let (folder, file) = path.rsplit_once('/')?;
    let stem = file.strip_suffix(".js").or_else(|| file.strip_suffix(".JS"))?;
    let code = BadgeCode::parse(stem).ok().filter(|_| stem.len() == CODE)?;
    (code.path() == folder).then_some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "/js/18/205/0001/41000003/CA182050001410000030001.js";

    #[test]
    fn folder_and_file_name_agree() {
        assert_eq!(code(GOOD).unwrap().as_str(), "CA182050001410000030001");
        assert_eq!(code(&GOOD.replace("CA", "ca")), code(GOOD), "old servers change case");
        for bad in [
            "",
            "/js/",
            "/js/18/205/0001/41000003/",
            "/js/18/206/0001/41000003/CA182050001410000030001.js",
            "/js/18/205/0001/41000003/CA182050001410000030001.css",
            "/js/18/205/0001/41000003/CA182050001410000030001.js/",
            "/js/18/205/0001/41000003//A182050001410000030001.js",
            "/js/18/205/0001/4100000/CA1820500014100000300010.js",
            "/js/99/205/0001/41000003/CA992050001410000030001.js",
            "/js/18%2F205/0001/41000003/CA182050001410000030001.js",
            "/js/../18/205/0001/41000003/CA182050001410000030001.js",
        ] {
            assert_eq!(code(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,80}") {
            let _ = code(&text);
            let _ = code(&format!("/js/{text}"));
        }

        #[test]
        fn a_path_is_that_of_its_code_and_of_no_other(province in 1usize..=33, rest in "[0-9]{19}", at in 4usize..28, digit in 0u8..10) {
            let known = BadgeCode::parse(&format!("CA{province:02}{rest}")).unwrap();
            let path = format!("/js/{}/{known}.js", known.path());
            prop_assert_eq!(code(&path), Some(known));
            let mut text = path.into_bytes();
            prop_assume!(text[at].is_ascii_digit() && text[at] != b'0' + digit);
            text[at] = b'0' + digit;
            prop_assert_eq!(code(std::str::from_utf8(&text).unwrap()), None);
        }
    }
}
