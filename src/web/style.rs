//! The one style of all pages: it stands in the page itself, and the page's policy lets in exactly this text, by its hash.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest::{SHA256, digest};

/// The style, as it stands between `<style>` and `</style>`.
pub(super) const SHEET: &str = include_str!("templates/style.css");

/// The policy of a page without scripts: nothing is fetched from anywhere, nobody frames it, forms stay here.
pub(super) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(digest(&SHA256, SHEET.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});
