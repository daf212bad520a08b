//! Letters: how they look and how they go. Who gets one is decided elsewhere.

pub mod address;
pub mod clean;
pub mod compose;
pub mod remedy;
pub mod render;
pub mod reply;
pub mod sample;
pub mod smtp;
pub mod transport;
pub mod webhook;

pub use compose::Envelope;
pub use render::{RenderError, render};
pub use transport::{MailSetup, SendError, Transport};

/// A letter as it is read: made by rendering, handed to a [`Transport`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    /// Complete without the HTML.
    pub text: String,
    pub html: String,
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// ASCII letters, digits, dots and hyphens.
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}
