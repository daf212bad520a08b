//! What a mail server's answer means for the letter: nobody's fault yet, the recipient's, or ours.
//!
//! A contact that is marked bad gets no letters: only an answer that is surely about the recipient may say so. Servers
//! decide about the *sender* late, at RCPT (Postfix's `smtpd_delay_reject`) or at the end of the text, and with the very
//! codes they use for recipients; the enhanced code (RFC 3463, RFC 7372) and then the words tell them apart.

use std::error::Error as _;

use lettre::transport::smtp::Error;

use super::clean::line;
use super::transport::SendError;

/// Where in the conversation an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Hello,
    Tls,
    Auth,
    Sender,
    Recipient,
    Content,
}

impl Stage {
    const fn words(self) -> &'static str {
        match self {
            Self::Hello => "connecting",
            Self::Tls => "TLS",
            Self::Auth => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Content => "DATA",
        }
    }
}

/// No answer in time.
pub(super) fn silent(stage: Stage) -> SendError {
    SendError::Later(format!("{}: no answer in time", stage.words()))
}

/// What an error of the conversation means.
pub(super) fn judge(stage: Stage, error: &Error) -> SendError {
    let told = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let Some(code) = error.status().map(u16::from) else {
        let why = format!("{}: {}", stage.words(), line(&error.to_string(), 300));
        // Trouble that the next try will meet again, until somebody mends a setting.
        return if error.is_client() || is_bad_certificate(error) {
            SendError::Ours(why)
        } else {
            SendError::Later(why)
        };
    };
    let why = format!("{}: {code} {}", stage.words(), line(&told, 300));
    match blame(stage, code, &told) {
        Blame::Nobody => SendError::Later(why),
        Blame::Recipient => SendError::Refused(why),
        Blame::Us => SendError::Ours(why),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blame {
    Nobody,
    Recipient,
    Us,
}

fn blame(stage: Stage, code: u16, text: &str) -> Blame {
    if code < 500 {
        return Blame::Nobody;
    }
    if !matches!(stage, Stage::Recipient | Stage::Content) {
        return Blame::Us;
    }
    match enhanced(text) {
        // The sender's address, not the recipient's.
        Some((1, 7 | 8)) => Blame::Us,
        // A full mailbox is emptied one day.
        Some((2, 2)) => Blame::Nobody,
        // Our letter is too large, or of a form they do not take.
        Some((2, 3) | (3, 4) | (6, _)) => Blame::Us,
        // Credentials, encryption, SPF, DKIM, DMARC, reverse names (RFC 4954, RFC 7372, RFC 8616).
        Some((7, 8 | 9 | 10 | 11 | 20..=29)) => Blame::Us,
        Some((1 | 2, _)) => Blame::Recipient,
        _ => by_code(code, text),
    }
}

fn by_code(code: u16, text: &str) -> Blame {
    match code {
        500..=504 | 530 | 534 | 535 | 538 => Blame::Us,
        552 => Blame::Nobody,
        _ if is_about_us(text) => Blame::Us,
        _ => Blame::Recipient,
    }
}

/// The words by which widespread servers refuse a sender or a relay at RCPT.
fn is_about_us(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "relay access",
        "relaying",
        "relay denied",
        "to relay",
        "not relay",
        "sender address rejected",
        "sender rejected",
        "sender denied",
        "client host",
        "helo command",
        "authentication",
        "not authenticated",
        "not logged in",
        "log in",
        "spf",
        "dkim",
        "dmarc",
        "blocked using",
        "blacklist",
        "blocklist",
        "dnsbl",
    ];
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// Subject and detail of the enhanced status code at the head of an answer: `5.1.1 …` → (1, 1).
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split_whitespace().next()?.strip_prefix("5.")?.splitn(2, '.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Is it the certificate that failed? Errors of TLS are wrapped in errors of the socket.
fn is_bad_certificate(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(inner) = source {
        let tls = inner.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()?.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(_)) = tls.or_else(|| inner.downcast_ref::<rustls::Error>()) {
            return true;
        }
        source = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use Blame::{Nobody, Recipient, Us};

    #[test]
    fn only_what_is_surely_about_the_recipient_is_its_fault() {
        for (stage, code, text, blames) in [
            (Stage::Recipient, 550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown", Recipient),
            (Stage::Recipient, 550, "5.4.1 Recipient address rejected: Access denied", Recipient),
            (Stage::Recipient, 550, "5.7.1 Recipient not authorized", Recipient),
            (Stage::Recipient, 550, "No such user here", Recipient),
            (Stage::Recipient, 556, "5.1.10 Recipient address has null MX", Recipient),
            (Stage::Recipient, 550, "5.2.1 mailbox disabled", Recipient),
            (Stage::Content, 554, "Transaction failed", Recipient),
            (Stage::Recipient, 554, "5.7.1 <a@b.example>: Relay access denied", Us),
            (Stage::Recipient, 550, "5.7.1 <x@y.example>: Sender address rejected: not owned by user", Us),
            (
                Stage::Recipient,
                554,
                "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.example",
                Us,
            ),
            (Stage::Recipient, 550, "5.1.8 Sender domain does not exist", Us),
            (Stage::Recipient, 550, "5.7.23 SPF validation failed", Us),
            (Stage::Recipient, 530, "5.7.0 Must issue a STARTTLS command first", Us),
            (Stage::Content, 550, "5.7.26 unauthenticated mail", Us),
            (Stage::Content, 552, "5.3.4 Message too big for system", Us),
            (Stage::Recipient, 501, "5.5.2 Syntax error", Us),
            (Stage::Sender, 550, "5.1.1 whatever", Us),
            (Stage::Auth, 535, "5.7.8 Authentication credentials invalid", Us),
            (Stage::Hello, 554, "No SMTP service here", Us),
            (Stage::Recipient, 552, "5.2.2 Mailbox full", Nobody),
            (Stage::Recipient, 552, "Requested mail action aborted: exceeded storage allocation", Nobody),
            (Stage::Recipient, 451, "4.7.1 Greylisted", Nobody),
            (Stage::Auth, 454, "4.7.0 Temporary authentication failure", Nobody),
            (Stage::Sender, 421, "4.3.2 Shutting down", Nobody),
        ] {
            assert_eq!(blame(stage, code, text), blames, "{stage:?} {code} {text}");
        }
    }
}
