//! Bytes of a document in the encodings that real pages have.

use std::io::Write;

/// Encodes `text`; `-bom` puts the byte order mark before, `gzip` makes a gzip file of the UTF-8.
pub fn encode(encoding: &str, text: &str) -> Result<Vec<u8>, String> {
    let (name, bom) = encoding.strip_suffix("-bom").map_or((encoding, false), |name| (name, true));
    let units = || bom.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    Ok(match name {
        "utf-8" => [if bom { "\u{FEFF}" } else { "" }, text].concat().into_bytes(),
        "utf-16le" => units().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => units().flat_map(u16::to_be_bytes).collect(),
        "gzip" => {
            let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            file.write_all(text.as_bytes()).and_then(|()| file.finish()).map_err(|e| e.to_string())?
        }
        label => {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).ok_or(format!("no encoding {label}"))?;
            let (bytes, _, lossy) = encoding.encode(text);
            if lossy {
                return Err(format!("{label} cannot say this page"));
            }
            bytes.into_owned()
        }
    })
}
