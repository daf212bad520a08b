//! What an act is on, and as what it was seen.

/// A notice, case or lead by its id, and the version that whoever acts has before them: where it is another by now,
/// nothing is done. Programs that say none act on whatever stands there.
#[derive(Debug, Clone, Copy)]
pub struct On<'a> {
    pub id: &'a str,
    pub seen: Option<i64>,
}

impl<'a> On<'a> {
    /// As it was seen.
    pub const fn seen(id: &'a str, version: i64) -> Self {
        Self { id, seen: Some(version) }
    }

    /// Is it still what was seen?
    pub fn is_as_seen(&self, version: i64) -> bool {
        self.seen.is_none_or(|seen| seen == version)
    }
}

impl<'a> From<&'a str> for On<'a> {
    fn from(id: &'a str) -> Self {
        Self { id, seen: None }
    }
}

impl<'a> From<&'a String> for On<'a> {
    fn from(id: &'a String) -> Self {
        id.as_str().into()
    }
}
