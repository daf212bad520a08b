//! The text of a registry file: UTF-8 as a rule, GBK as spreadsheets of older offices save it.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

/// Stands where a byte sequence had no meaning in the file's charset.
pub(super) const LOST: char = '\u{fffd}';

/// Decodes by the byte order mark, else as UTF-8, else as GB18030 (which holds GBK and GB2312).
///
/// A file with broken bytes in either charset is read in the one that loses less; the rows that hold [`LOST`] are for the
/// caller to refuse.
pub(in crate::domain) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((charset, mark)) = Encoding::for_bom(bytes) {
        return charset.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let (chinese, has_losses) = GB18030.decode_without_bom_handling(bytes);
    if !has_losses {
        return chinese;
    }
    let (utf8, _) = UTF_8.decode_without_bom_handling(bytes);
    if losses(&utf8) <= losses(&chinese) { utf8 } else { chinese }
}

fn losses(text: &str) -> usize {
    text.matches(LOST).count()
}
