//! A letter as it arrived: read back from its bytes, as a mail program would.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A letter that a mail server took, or that lies in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub from: String,
    pub to: String,
    /// Who had logged in.
    pub user: Option<String>,
    pub encrypted: bool,
    /// As it came, without the doubled dots.
    pub raw: String,
}

impl Kept {
    /// A letter from a folder.
    pub fn read(raw: &str) -> Self {
        Self { from: String::new(), to: String::new(), user: None, encrypted: false, raw: raw.to_owned() }
    }

    fn halves(&self) -> (&str, &str) {
        self.raw.split_once("\r\n\r\n").unwrap_or((&self.raw, ""))
    }

    /// All headers, unfolded, as they stand.
    pub fn headers(&self) -> Vec<(String, String)> {
        headers(self.halves().0)
    }

    /// One header, decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let found = self.headers().into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| words(&value))
    }

    /// The Message-ID with its brackets.
    pub fn message_id(&self) -> String {
        self.header("Message-ID").unwrap_or_default()
    }

    pub fn subject(&self) -> String {
        self.header("Subject").unwrap_or_default()
    }

    /// Every part that is none of parts: its Content-Type, and its decoded content.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let (head, body) = self.halves();
        parts(head, body)
    }

    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let part = self.parts().into_iter().find(|(have, _)| have.starts_with(kind));
        part.map(|(_, content)| String::from_utf8(content).unwrap().replace("\r\n", "\n")).unwrap_or_default()
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pair = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    unfolded.split("\r\n").map(|line| pair(line).unwrap_or_else(|| panic!("{line:?} is no header"))).collect()
}

fn parts(head: &str, body: &str) -> Vec<(String, Vec<u8>)> {
    let value =
        |name: &str| headers(head).into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|pair| pair.1);
    let kind = value("Content-Type").unwrap_or_default();
    if let Some((_, boundary)) = kind.split_once("boundary=") {
        let line = format!("--{}", boundary.trim_matches('"'));
        let inside = body.split(&line).skip(1).take_while(|part| !part.starts_with("--"));
        return inside
            .flat_map(|part| {
                let (head, body) = part.trim_start().split_once("\r\n\r\n").unwrap();
                parts(head, body)
            })
            .collect();
    }
    let content = match value("Content-Transfer-Encoding").as_deref() {
        Some("base64") => BASE64.decode(body.replace("\r\n", "")).unwrap(),
        _ => body.as_bytes().to_vec(),
    };
    vec![(kind, content)]
}

/// Undoes the encoded words of RFC 2047; blanks between two of them do not count.
fn words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let (before, word) = rest.split_at(start);
        let mut fields = word[2..].splitn(3, '?');
        let (_, how, tail) = (fields.next(), fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        let Some((content, after)) = tail.split_once("?=") else { break };
        if !(out.ends_with('\u{1}') && before.trim().is_empty()) {
            out.push_str(before);
        }
        let bytes = if how.eq_ignore_ascii_case("b") { BASE64.decode(content).unwrap_or_default() } else { q(content) };
        out.push_str(&String::from_utf8_lossy(&bytes));
        out.push('\u{1}');
        rest = after;
    }
    out.push_str(rest);
    out.replace('\u{1}', "")
}

fn q(content: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = content.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let hex = [bytes.next().unwrap_or(b'0'), bytes.next().unwrap_or(b'0')];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap_or("0"), 16).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    out
}
