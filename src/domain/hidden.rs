//! Characters that change how their neighbours are read without being seen: what a person wrote is shown without them, what is
//! evidence with each of them spelled out.

/// Is it a control, or does it turn the direction of writing (U+202A–202E, U+2066–2069 and the marks), or has it no width?
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// A break of a line or a tab: a form sends them, and everybody sees them.
const fn is_layout(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

/// What somebody wrote, with one kind of line ends, and without what is not seen and blanks around it.
pub fn without(written: &str) -> String {
    let lines = written.replace("\r\n", "\n").replace('\r', "\n");
    let seen: String = lines.chars().filter(|c| is_layout(*c) || !is_hidden(*c)).collect();
    seen.trim().to_owned()
}

/// A source as it stands: nothing is dropped, and what is not seen is written out (`⟨U+202E⟩`).
pub fn spelled(source: &str) -> String {
    let mut seen = String::with_capacity(source.len());
    for c in source.chars() {
        match c {
            '\r' => {}
            c if is_hidden(c) && !is_layout(c) => seen.push_str(&format!("⟨U+{:04X}⟩", c as u32)),
            c => seen.push(c),
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_made_to_read_what_is_not_there() {
        assert_eq!(without(" 不\u{202e}同意\r\n\u{200b}第二\u{7}行。\t "), "不同意\n第二行。");
        assert_eq!(spelled("<p>\u{202e}x\r\n\u{0}</p>"), "<p>⟨U+202E⟩x\n⟨U+0000⟩</p>");
    }
}
