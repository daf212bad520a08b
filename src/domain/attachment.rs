//! Which files an office takes from a unit: few kinds, each known by its name *and* by its first bytes.

/// Bytes a file may have.
pub const LARGEST_FILE: usize = 5 * 1024 * 1024;
/// Characters of a file's name that are kept.
const LONGEST_NAME: usize = 100;

/// The kinds, as a form lists them.
pub const EXTENSIONS: &[&str] = &["pdf", "png", "jpg", "jpeg", "docx", "xlsx", "txt"];

/// A file that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Without folders and without what a name could do harm with.
    pub name: String,
    pub media_type: &'static str,
}

/// Why a file is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    #[error("文件过大 · too large")]
    TooLarge,
    #[error("文件为空 · empty")]
    Empty,
    #[error("不接受此类文件 · not a kind that is taken")]
    Kind,
    #[error("内容与扩展名不符 · the content is not what the name says")]
    NotWhatItSays,
}

/// Judges a file by its name and content.
pub fn accept(name: &str, content: &[u8]) -> Result<Accepted, FileRefusal> {
    if content.len() > LARGEST_FILE {
        return Err(FileRefusal::TooLarge);
    }
    if content.is_empty() {
        return Err(FileRefusal::Empty);
    }
    let name = plain(name);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let (media_type, is_one): (_, fn(&[u8]) -> bool) = match extension.as_str() {
        "pdf" => ("application/pdf", |bytes| bytes.starts_with(b"%PDF-")),
        "png" => ("image/png", |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n")),
        "jpg" | "jpeg" => ("image/jpeg", |bytes| bytes.starts_with(&[0xff, 0xd8, 0xff])),
        "docx" => (DOCX, |bytes| is_office(bytes, b"word/document.xml")),
        "xlsx" => (XLSX, |bytes| is_office(bytes, b"xl/workbook.xml")),
        "txt" => ("text/plain", is_text),
        _ => return Err(FileRefusal::Kind),
    };
    if is_one(content) { Ok(Accepted { name, media_type }) } else { Err(FileRefusal::NotWhatItSays) }
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A zip archive that names its main part, and no macros.
fn is_office(bytes: &[u8], part: &[u8]) -> bool {
    let names = |what: &[u8]| memchr::memmem::find(bytes, what).is_some();
    bytes.starts_with(b"PK\x03\x04") && names(part) && !names(b"vbaProject.bin")
}

/// Text of any encoding in use: no control characters but blanks and line ends.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c))
}

/// The last part of a path, without control and direction marks, not longer than is kept; its end, which says the kind.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let clean: Vec<char> = last.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    clean[clean.len().saturating_sub(LONGEST_NAME)..].iter().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_and_its_bytes_both_say() {
        let zip = |part: &[u8]| [b"PK\x03\x04....".as_slice(), part, b"...."].concat();
        for (name, content) in [
            ("说明.pdf", b"%PDF-1.7 ...".to_vec()),
            ("截图.PNG", b"\x89PNG\r\n\x1a\n...".to_vec()),
            ("photo.jpeg", vec![0xff, 0xd8, 0xff, 0xe0]),
            ("函.docx", zip(b"word/document.xml")),
            ("表.xlsx", zip(b"xl/workbook.xml")),
            ("a.txt", "标识已加挂\r\n".as_bytes().to_vec()),
            ("gbk.txt", vec![0xb1, 0xea, 0xca, 0xb6]),
        ] {
            assert!(accept(name, &content).is_ok(), "{name}");
        }
        for (name, content, why) in [
            ("a.exe", b"MZ".to_vec(), FileRefusal::Kind),
            ("a", b"%PDF-".to_vec(), FileRefusal::Kind),
            ("a.html", b"<script>".to_vec(), FileRefusal::Kind),
            ("a.pdf", b"MZ\x90".to_vec(), FileRefusal::NotWhatItSays),
            ("a.docx", zip(b"xl/workbook.xml"), FileRefusal::NotWhatItSays),
            ("a.docx", zip(b"word/document.xml word/vbaProject.bin"), FileRefusal::NotWhatItSays),
            ("a.txt", b"a\0b".to_vec(), FileRefusal::NotWhatItSays),
            ("a.txt", Vec::new(), FileRefusal::Empty),
            ("a.txt", vec![b'a'; LARGEST_FILE + 1], FileRefusal::TooLarge),
        ] {
            assert_eq!(accept(name, &content), Err(why), "{name}");
        }
        assert!(accept("a.txt", &vec![b'a'; LARGEST_FILE]).is_ok());
    }

    #[test]
    fn a_name_is_kept_without_what_could_do_harm() {
        let name = |name: &str| accept(name, b"text").map(|file| file.name);
        assert_eq!(name("C:\\a\\说明.txt"), Ok("说明.txt".to_owned()));
        assert_eq!(name("../../etc/x.txt"), Ok("x.txt".to_owned()));
        assert_eq!(name("gpj.\u{202e}\r\nfdp.txt"), Ok("gpj.fdp.txt".to_owned()));
        let long = name(&format!("{}.txt", "长".repeat(500))).unwrap();
        assert!(long.chars().count() == LONGEST_NAME && long.ends_with(".txt"));
    }
}
