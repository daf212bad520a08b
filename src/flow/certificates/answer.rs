//! Signed answers: what is said of a badge, as a text whose every byte is signed (detached JWS, RFC 7515 appendix F, by
//! Ed25519, RFC 8037).
//!
//! A signature costs more than all the rest of an answer, so the file's certificates are signed ahead, twice in the time that
//! a signature holds; what changed since, and what depends on a host, is signed as it is asked for.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;

use super::snapshot::Snapshot;
use crate::domain::certificate::{BadgeRef, Certificate};
use crate::domain::click::{ClickVerdict, From};
use crate::domain::registry::BadgeState;
use crate::flow::sign::{Signer, thumbprint};

/// What an answer is, in its header.
pub const TYPE: &str = "badgewatch-verify+jws";
/// The length of an Ed25519 signature.
const LENGTH: usize = 64;

/// Says what is known of badges, and signs it.
#[derive(Clone)]
pub struct Voice {
    signer: Arc<Signer>,
    name: Arc<str>,
    /// The protected header, encoded: the same for every answer.
    header: Arc<str>,
    holds: TimeDelta,
    ahead: Arc<RwLock<Option<Arc<Ahead>>>>,
}

/// Signatures of every line of a file.
struct Ahead {
    /// Of which file: that with the certificates up to this number.
    of: i64,
    signed_at: DateTime<Utc>,
    /// What each of them says of that.
    times: String,
    signatures: Vec<[u8; LENGTH]>,
}

/// What is said: a body, and the signature over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub verdict: ClickVerdict,
    /// JSON.
    pub body: Vec<u8>,
    /// Protected header and signature with nothing between: the payload is the body.
    pub jws: String,
}

impl Said {
    /// Tells it apart from whatever else is said: the point by which a signature begins is drawn from key and body
    /// (RFC 8032, 5.1.6), and half of it is enough.
    pub fn tag(&self) -> &str {
        let signature = self.jws.rsplit('.').next().unwrap_or_default();
        signature.get(..22).unwrap_or(signature)
    }
}

/// One of several answers.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    pub asked: &'a str,
    pub verdict: ClickVerdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

impl Voice {
    /// `hours`: how long a signature holds.
    pub fn new(signer: Signer, hours: u32) -> Self {
        let header = URL_SAFE_NO_PAD.encode(signer.header(TYPE)).into();
        let holds = TimeDelta::hours(i64::from(hours.max(1)));
        let name = thumbprint(signer.public()).into();
        Self { signer: Arc::new(signer), name, header, holds, ahead: Arc::default() }
    }

    /// The name of its key, which is that of the installation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose voice it is.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Says what is known of one badge.
    pub fn say(&self, shelf: &Snapshot, badge: &BadgeRef, from: &From, now: DateTime<Utc>) -> std::io::Result<Said> {
        let line = if *from == From::Unknown { shelf.line_bearing(badge)? } else { None };
        if let Some(line) = line {
            let verdict = in_state(line.state);
            let ahead = self.ahead_of(shelf, now);
            let signed = ahead.as_ref().and_then(|ahead| Some((ahead, ahead.signatures.get(line.number as usize)?)));
            return Ok(match signed {
                Some((ahead, signature)) => self.said(verdict, body(verdict, &line.json, &ahead.times), signature),
                None => self.sign(verdict, body(verdict, &line.json, &self.times(now))),
            });
        }
        let told = shelf.told(badge, from)?;
        let certificate = told.shelved.as_ref().map_or(&b"null"[..], |held| &held.json);
        Ok(self.sign(told.verdict, body(told.verdict, certificate, &self.times(now))))
    }

    /// Says several things at once.
    pub fn say_all(&self, answers: &[Answer<'_>], now: DateTime<Utc>) -> serde_json::Result<Said> {
        let answers = serde_json::to_string(answers)?;
        let body = format!(r#"{{"answers":{answers},{}}}"#, self.times(now));
        Ok(self.sign(ClickVerdict::Valid, body.into_bytes()))
    }

    fn sign(&self, verdict: ClickVerdict, body: Vec<u8>) -> Said {
        let signature = self.signer.over(&self.header, &body);
        self.said(verdict, body, &signature)
    }

    fn said(&self, verdict: ClickVerdict, body: Vec<u8>, signature: &[u8; LENGTH]) -> Said {
        let mut jws = String::with_capacity(self.header.len() + 2 + LENGTH.div_ceil(3) * 4);
        jws.push_str(&self.header);
        jws.push_str("..");
        URL_SAFE_NO_PAD.encode_string(signature, &mut jws);
        Said { verdict, body, jws }
    }

    fn times(&self, signed_at: DateTime<Utc>) -> String {
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!(r#""signed_at":"{}","valid_until":"{}""#, text(signed_at), text(signed_at + self.holds))
    }

    fn ahead(&self) -> Option<Arc<Ahead>> {
        self.ahead.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Is the shelf's file signed ahead?
    pub(super) fn is_ahead(&self, shelf: &Snapshot, now: DateTime<Utc>) -> bool {
        self.ahead_of(shelf, now).is_some()
    }

    /// The signatures of the shelf's file, as long as they hold.
    fn ahead_of(&self, shelf: &Snapshot, now: DateTime<Utc>) -> Option<Arc<Ahead>> {
        self.ahead().filter(|ahead| ahead.of == shelf.base.head.number && now < ahead.signed_at + self.holds)
    }

    /// Is it time to sign ahead?
    pub fn is_due(&self, shelf: &Snapshot, now: DateTime<Utc>) -> bool {
        let is_good = |ahead: &Arc<Ahead>| ahead.of == shelf.base.head.number && now < ahead.signed_at + self.holds / 2;
        self.ahead().as_ref().is_none_or(|ahead| !is_good(ahead))
    }

    /// Signs every line of the shelf's file. Takes a while (about 25 µs a line): not to be called where others wait.
    /// `is_stopped` breaks it off.
    pub fn sign_ahead(
        &self,
        shelf: &Snapshot,
        now: DateTime<Utc>,
        is_stopped: impl Fn() -> bool,
    ) -> std::io::Result<()> {
        let (mut signatures, times) = (Vec::with_capacity(shelf.base.len()), self.times(now));
        for number in 0..shelf.base.len() as u32 {
            if is_stopped() {
                return Ok(());
            }
            let line = shelf.passing(number)?;
            let body = body(in_state(line.state), &line.json, &times);
            signatures.push(self.signer.over(&self.header, &body));
        }
        let ahead = Ahead { of: shelf.base.head.number, signed_at: now, times, signatures };
        *self.ahead.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ahead));
        Ok(())
    }
}

/// An answer. `times`: when it was signed, and until when that holds.
fn body(verdict: ClickVerdict, certificate: &[u8], times: &str) -> Vec<u8> {
    let pieces: [&[u8]; 7] = [
        br#"{"verdict":""#,
        verdict.name().as_bytes(),
        br#"","certificate":"#,
        certificate,
        b",",
        times.as_bytes(),
        b"}",
    ];
    pieces.concat()
}

const fn in_state(state: BadgeState) -> ClickVerdict {
    match state {
        BadgeState::Valid => ClickVerdict::Valid,
        BadgeState::Suspended => ClickVerdict::Suspended,
        BadgeState::Revoked => ClickVerdict::Revoked,
    }
}
