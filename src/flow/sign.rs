//! What goes out under our name: JWS (RFC 7515) by Ed25519 keys (RFC 8037), each made once and kept.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::store::{StoreError, StoreResult, Tx, keys};

/// What a key of ours signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Instructions to those who stop names.
    Instructions,
    /// What the public is told of badges.
    Certificates,
}

impl Signs {
    const fn key(self) -> &'static str {
        match self {
            Self::Instructions => "instruction-signing",
            Self::Certificates => "certificate-signing",
        }
    }
}

/// What an instruction is, in its header.
pub const TYPE: &str = "badgewatch-instruction+jws";

/// Who signs.
pub struct Signer {
    pair: Ed25519KeyPair,
}

impl Signer {
    /// A signer of this installation; its key is made at the first call.
    pub async fn get(tx: &mut Tx, signs: Signs, now: DateTime<Utc>) -> StoreResult<Self> {
        let secret = Self::secret(tx, signs, now).await?;
        Self::of_secret(&secret).ok_or_else(|| StoreError::Corrupt(format!("key {}", signs.key())))
    }

    /// The secret of a signer, for who must sign while the database does not answer.
    pub async fn secret(tx: &mut Tx, signs: Signs, now: DateTime<Utc>) -> StoreResult<String> {
        match keys::get(tx, signs.key()).await? {
            Some(secret) => Ok(secret),
            None => keys::get_or_make(tx, signs.key(), &fresh()?, now).await,
        }
    }

    /// The signer of a kept secret: PKCS#8 in base64.
    pub fn of_secret(secret: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(&STANDARD.decode(secret).ok()?).ok()?;
        Some(Self { pair })
    }

    /// The signer of a seed and its public key.
    pub fn of_seed(seed: &[u8], public: &[u8]) -> Option<Self> {
        Some(Self { pair: Ed25519KeyPair::from_seed_and_public_key(seed, public).ok()? })
    }

    /// The public key: 32 bytes.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The public key as a JWK, for who verifies.
    pub fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.public());
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA", "use": "sig", "kid": thumbprint(self.public()) })
    }

    /// Signs an instruction.
    pub fn sign(&self, payload: &Value) -> String {
        self.sign_text(&self.header(TYPE), payload.to_string().as_bytes())
    }

    /// The header of what this key signs.
    pub fn header(&self, what: &str) -> String {
        json!({ "alg": "EdDSA", "typ": what, "kid": thumbprint(self.public()) }).to_string()
    }

    /// The signature alone, under a header that is encoded already.
    pub fn over(&self, header: &str, payload: &[u8]) -> [u8; 64] {
        let mut signed = String::with_capacity(header.len() + 1 + payload.len() * 4 / 3 + 4);
        signed.push_str(header);
        signed.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut signed);
        // Ed25519 signatures have 64 bytes (RFC 8032).
        self.pair.sign(signed.as_bytes()).as_ref().try_into().unwrap_or([0; 64])
    }

    /// Signs a payload under a header that is given as JSON.
    pub fn sign_text(&self, header: &str, payload: &[u8]) -> String {
        let header = URL_SAFE_NO_PAD.encode(header);
        let signature = self.over(&header, payload);
        format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature))
    }
}

fn fresh() -> StoreResult<String> {
    let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
    let pair = pair.map_err(|_| StoreError::Corrupt("the machine gave no random bytes for a key".to_owned()))?;
    Ok(STANDARD.encode(pair.as_ref()))
}

/// The name of a public key (RFC 7638 by RFC 8037, appendix A.3).
pub fn thumbprint(public: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public);
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}

/// The payload of a signed text, if this key signed it. What names another algorithm is refused unread.
pub fn verify(jws: &str, public: &[u8]) -> Option<Vec<u8>> {
    let mut parts = jws.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let told: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    if parts.next().is_some() || told.get("alg")? != "EdDSA" || told.get("crit").is_some() {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let signed = &jws[..header.len() + 1 + payload.len()];
    UnparsedPublicKey::new(&ED25519, public).verify(signed.as_bytes(), &signature).ok()?;
    URL_SAFE_NO_PAD.decode(payload).ok()
}

/// Did this key sign a body under a detached signature (RFC 7515, appendix F)?
pub fn verify_detached(jws: &str, body: &[u8], public: &[u8]) -> bool {
    let Some((header, signature)) = jws.split_once("..") else { return false };
    verify(&format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(body)), public).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.1 to A.5.
    #[test]
    fn the_vectors_of_the_standard() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let public = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let signer = Signer::of_seed(&bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), &public).unwrap();
        assert_eq!(thumbprint(&public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let payload = b"Example of Ed25519 signing";
        let jws = signer.sign_text(r#"{"alg":"EdDSA"}"#, payload);
        assert_eq!(
            jws,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
             hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
        assert_eq!(verify(&jws, &public).unwrap(), payload);
    }

    #[test]
    fn what_was_changed_or_names_another_algorithm_does_not_verify() {
        let signer = Signer::of_secret(&fresh().unwrap()).unwrap();
        let jws = signer.sign(&json!({ "act": "stop", "names": ["www.yunxi.gov.cn"] }));
        let payload: Value = serde_json::from_slice(&verify(&jws, signer.public()).unwrap()).unwrap();
        assert_eq!(payload["act"], "stop");
        let [header, _, signature] = jws.split('.').collect::<Vec<_>>()[..] else { panic!("{jws}") };
        let forged = URL_SAFE_NO_PAD.encode(r#"{"act":"reinstate"}"#);
        assert_eq!(verify(&format!("{header}.{forged}.{signature}"), signer.public()), None);
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        assert_eq!(verify(&format!("{none}.{forged}."), signer.public()), None);
        assert_eq!(verify(&format!("{jws}.x"), signer.public()), None);
        let other = Signer::of_secret(&fresh().unwrap()).unwrap();
        assert_eq!(verify(&jws, other.public()), None);
    }
}
