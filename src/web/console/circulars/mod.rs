//! Circulars (通报): drafted, worded, released, taken back; printed on A4 with an annex for a spreadsheet.

pub(super) mod act;
pub(super) mod annex;
mod document;
pub(super) mod list;
pub(super) mod page;
pub(super) mod text;

use super::trouble::Trouble;
use crate::flow::circulars::CircularError;

impl From<CircularError> for Trouble {
    fn from(error: CircularError) -> Self {
        match error {
            CircularError::NotFound => Self::Missing,
            CircularError::NotYours => Self::Role(crate::domain::account::AccountRole::Officer),
            CircularError::Store(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}
