//! What an act is on, and as what it was seen.

/// A notice, case or lead by its id, and the version and letters that whoever acts has before them: where they are others
/// by now, nothing is done. Programs that say none act on whatever stands there.
#[derive(Debug, Clone, Copy)]
pub struct On<'a> {
    pub id: &'a str,
    pub seen: Option<i64>,
    /// [Fingerprint](super::notices::fingerprint) of the letters that were read.
    pub letters: Option<&'a str>,
}

impl<'a> On<'a> {
    /// As it was seen.
    pub const fn seen(id: &'a str, version: i64) -> Self {
        Self { id, seen: Some(version), letters: None }
    }

    /// As it was seen, with the letters that were read.
    pub const fn read(id: &'a str, version: i64, letters: &'a str) -> Self {
        Self { id, seen: Some(version), letters: Some(letters) }
    }

    /// Is it still what was seen?
    pub fn is_as_seen(&self, version: i64) -> bool {
        self.seen.is_none_or(|seen| seen == version)
    }
}

impl<'a> From<&'a str> for On<'a> {
    fn from(id: &'a str) -> Self {
        Self { id, seen: None, letters: None }
    }
}

impl<'a> From<&'a String> for On<'a> {
    fn from(id: &'a String) -> Self {
        id.as_str().into()
    }
}
