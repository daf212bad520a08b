//! The certificate: what the law makes public of a site and its badge (art. 4), and nothing else. No contact is in it, no
//! pending case, no finding.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::host::Host;
use super::ids::{BadgeCode, CertificateId};
use super::registry::{BadgeState, Hosting, Site, UnitType, names};

/// A certificate. Its JSON is what the public API hands out and what the snapshot keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge_code: Option<BadgeCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_id: Option<CertificateId>,
    pub state: BadgeState,
    /// Since when an office's decision holds that it is not in force (Beijing).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    pub site_name: String,
    /// Empty where it is not on file.
    pub unit_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_type: Option<UnitType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functions: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "a_label")]
    pub cn_domain: Option<Host>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "a_label")]
    pub en_domain: Option<Host>,
    /// The Chinese domain as people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cn_name: Option<String>,
    /// The folder `/x/` of a site that lives under another unit's host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_prefix: Option<String>,
    pub hosting: Hosting,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuing_office: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<NaiveDate>,
    /// GB/T 2260.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Certificate {
    /// What of a registered site is public. `since`: when an office decided its state.
    pub fn of(site: &Site, region: Option<&str>, since: Option<NaiveDate>) -> Self {
        Self {
            badge_code: site.badge_code.clone(),
            certificate_id: site.certificate_id.clone(),
            state: site.state,
            since: since.filter(|_| site.state != BadgeState::Valid),
            site_name: site.name.clone(),
            unit_name: site.unit.name.clone(),
            unit_type: site.unit.kind,
            address: site.unit.address.clone(),
            functions: site.unit.functions.clone(),
            cn_domain: site.cn_domain.clone(),
            cn_name: site.cn_domain.as_ref().map(Host::unicode),
            en_domain: site.en_domain.clone(),
            url_prefix: site.url_prefix.clone(),
            hosting: site.hosting,
            issuing_office: site.issuing_office.clone(),
            issued_on: site.issued_on,
            region: region.map(str::to_owned),
        }
    }

    /// Was a badge issued at all?
    pub fn is_issued(&self) -> bool {
        self.badge_code.is_some() || self.certificate_id.is_some()
    }

    /// The registered names, the English one first.
    pub fn names(&self) -> impl Iterator<Item = &Host> {
        self.en_domain.iter().chain(&self.cn_domain)
    }

    /// Every host that the names stand for: with and without `www.`, in both spellings of a Chinese name.
    pub fn hosts(&self) -> Vec<Host> {
        names::hosts(self.names())
    }
}

impl AsRef<Certificate> for Certificate {
    fn as_ref(&self) -> &Certificate {
        self
    }
}

/// What a visitor asks for a certificate by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BadgeRef {
    Code(BadgeCode),
    Id(CertificateId),
}

impl BadgeRef {
    /// Reads a badge code or a certificate id; `None`: it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        CertificateId::parse(text).map(Self::Id).or_else(|| BadgeCode::parse(text).ok().map(Self::Code))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Code(code) => code.as_str(),
            Self::Id(id) => id.as_str(),
        }
    }
}

impl fmt::Display for BadgeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Domains stand in JSON as A-labels.
mod a_label {
    use super::{Deserialize, Deserializer, Host, Serializer, de};

    pub fn serialize<S: Serializer>(host: &Option<Host>, serializer: S) -> Result<S::Ok, S::Error> {
        match host {
            Some(host) => serializer.serialize_str(host.ascii()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Host>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let read = |text: String| Host::parse(&text).ok_or_else(|| de::Error::custom("a domain"));
        text.map(read).transpose()
    }
}
