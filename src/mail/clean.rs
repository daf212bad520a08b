//! Text that others wrote, made harmless before it stands in a header or a letter.

pub use crate::domain::hidden::is_hidden;

/// What goes into one header line at most, in characters: no mail program shows more of a subject.
pub const HEADER_CHARS: usize = 200;

/// One line of text for a header, a name or a heading: hidden characters gone (a break becomes a space), blanks joined,
/// cut to `most` characters with an ellipsis.
pub fn line(text: &str, most: usize) -> String {
    // More is never shown: a megabyte of name is not walked through.
    let spaced = text.chars().take(most.saturating_mul(4)).filter_map(|c| match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if is_hidden(c) => None,
        c => Some(c),
    });
    let joined = spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&joined, most)
}

/// The same for a line of a letter's head: what others wrote must not be read as an encoded word (RFC 2047), which a mail
/// program would turn into whatever they hid in it.
pub fn header(text: &str, most: usize) -> String {
    line(text, most).replace("=?", "=？")
}

/// Several lines by a person: breaks stay, hidden characters go.
pub fn paragraphs(text: &str, most: usize) -> Vec<String> {
    let text: String = text.chars().take(most).collect();
    let lines = text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']);
    lines.map(|part| line(part, most)).filter(|part| !part.is_empty()).collect()
}

/// The source of a page as evidence: nothing of it is dropped silently. Breaks and tabs become blanks, every other hidden
/// character is written out as `⟨U+202E⟩`.
pub fn excerpt(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut blank = true;
    for (count, c) in text.chars().enumerate() {
        if count >= most {
            shown.push('…');
            break;
        }
        if c.is_whitespace() && c != '\u{2028}' && c != '\u{2029}' {
            if !blank {
                shown.push(' ');
            }
        } else if is_hidden(c) {
            shown.push_str(&format!("⟨U+{:04X}⟩", c as u32));
        } else {
            shown.push(c);
        }
        blank = c.is_whitespace();
    }
    shown.trim_end().to_owned()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(most.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_holds_an_encoded_word_of_somebody_elses() {
        assert_eq!(header("=?utf-8?b?5LqR?= a=?b", 200), "=？utf-8?b?5LqR?= a=？b");
        assert_eq!(header("云溪\r\nBcc: x@y.example", 200), "云溪 Bcc: x@y.example");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("云溪县教育局\r\nBcc: x@y.example", 200), "云溪县教育局 Bcc: x@y.example");
        assert_eq!(line("a\u{202e}b\u{0}c\u{2066}d", 200), "abcd");
        assert_eq!(line("\u{2028}", 200), "");
        assert_eq!(line(&"长".repeat(10_000), 20).chars().count(), 20);
        assert!(line(&"长".repeat(10_000), 20).ends_with('…'));
    }

    #[test]
    fn an_excerpt_hides_nothing() {
        assert_eq!(excerpt("<a>\n\t<b>\u{202e}x\u{0}", 600), "<a> <b>⟨U+202E⟩x⟨U+0000⟩");
        assert_eq!(excerpt("abcdef", 3), "abc…");
    }

    #[test]
    fn what_a_person_wrote_keeps_its_breaks() {
        assert_eq!(paragraphs("一\r\n\r\n二\u{0}\n", 100), ["一", "二"]);
    }
}
