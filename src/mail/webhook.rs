//! The second channel: a signed HTTP message to a gateway (SMS, 企业微信, 钉钉).
//!
//! `X-Badgewatch-Timestamp` holds the seconds since 1970, `X-Badgewatch-Signature` `sha256=` and the HMAC-SHA256 (RFC 2104,
//! hexadecimal) of timestamp, a dot, and the body. A gateway takes what is young and signed, and each `id` once.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ring::hmac;
use serde_json::Value;

use super::SendError;
use crate::config::Webhook;
use crate::domain::evidence::{hex, is_same};

const PATIENCE: Duration = Duration::from_secs(20);

/// The gateways that are set, by name.
pub struct Gateways {
    client: reqwest::Client,
    all: BTreeMap<String, Webhook>,
}

impl Gateways {
    /// Of the settings.
    pub fn of(all: BTreeMap<String, Webhook>) -> Result<Self, reqwest::Error> {
        let client =
            reqwest::Client::builder().no_proxy().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Ok(Self { client: client.build()?, all })
    }

    /// Hands a message over.
    pub async fn send(&self, name: &str, message: &Value, now: DateTime<Utc>) -> Result<(), SendError> {
        let unknown = || SendError::Ours(format!("mail.webhooks.{name} is not set"));
        let gateway = self.all.get(name).ok_or_else(unknown)?;
        let (body, time) = (message.to_string(), now.timestamp().to_string());
        let request = self
            .client
            .post(&gateway.url)
            .header("content-type", "application/json")
            .header("x-badgewatch-timestamp", &time)
            .header("x-badgewatch-signature", signature(gateway.secret.reveal(), &time, &body))
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) if matches!(answer.status().as_u16(), 401 | 403) => {
                Err(SendError::Ours(format!("mail.webhooks.{name}: {}", answer.status())))
            }
            Ok(answer) if answer.status().is_client_error() && !matches!(answer.status().as_u16(), 408 | 429) => {
                Err(SendError::Refused(answer.status().to_string()))
            }
            Ok(answer) => Err(SendError::Later(answer.status().to_string())),
            Err(error) => Err(SendError::Later(error.without_url().to_string())),
        }
    }
}

/// What stands in the signature's header.
pub fn signature(secret: &str, time: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mark = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    format!("sha256={}", hex(mark.as_ref()))
}

/// Is it the signature of this body?
pub fn is_signed(secret: &str, time: &str, body: &str, given: &str) -> bool {
    is_same(signature(secret, time, body).as_bytes(), given.as_bytes())
}
