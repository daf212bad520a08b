//! Forms that bring files.

use axum::extract::multipart::{Field, MultipartError};

/// Reads a field to its end and keeps so many bytes of it; whether there were more.
pub(super) async fn content(field: &mut Field<'_>, most: usize) -> Result<(Vec<u8>, bool), MultipartError> {
    let (mut kept, mut is_more) = (Vec::new(), false);
    while let Some(chunk) = field.chunk().await? {
        let room = most - kept.len();
        is_more |= chunk.len() > room;
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok((kept, is_more))
}
