//! The configuration: one typed section per concern, from a TOML file and the environment.
//!
//! `BADGEWATCH_SECTION__KEY` in the environment goes before the file. Unknown keys and impossible values are refused
//! with the key and what to do; secrets are never printed.

mod letters;
mod people;
mod sections;
mod validate;

use std::fmt;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::domain::badge::BadgeHosts;
use crate::domain::host::Host;

pub use people::{People, SecondDevice};
pub use sections::{
    Authorities, Badge, Confirm, Database, Dns, Http, Log, LogFormat, Mail, MailMode, MailSecurity, OfficeWatch,
    RegistrySection, Retention, RhythmText, Verify, Watch, Web, Webhook,
};
pub use validate::Complaint;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub database: Database,
    pub registry: RegistrySection,
    pub watch: Watch,
    pub dns: Dns,
    pub http: Http,
    pub badge: Badge,
    pub confirm: Confirm,
    pub mass: crate::domain::mass::MassRule,
    /// Who acts for which region, and on what terms.
    pub offices: crate::domain::office::Offices,
    pub mail: Mail,
    pub authorities: Authorities,
    pub retention: Retention,
    pub verify: Verify,
    pub web: Web,
    pub people: People,
    pub log: Log,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {0}: give another with --config, or leave it out for the defaults")]
    Missing(PathBuf),
    #[error("the configuration cannot be used: {0}")]
    Figment(#[from] Box<figment::Error>),
    #[error("the configuration cannot be used:{}", list(.0))]
    Complaints(Vec<Complaint>),
}

fn list(complaints: &[Complaint]) -> String {
    complaints.iter().map(|complaint| format!("\n  {complaint}")).collect()
}

impl Config {
    /// Reads the defaults, the file if one is given, and the environment.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(ConfigError::Missing(file.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        // Only names with a section: other variables of ours are no settings.
        let settings = Env::prefixed("BADGEWATCH_").filter(|key| key.as_str().contains("__")).split("__");
        let config: Self = figment.merge(settings).extract().map_err(Box::new)?;
        let complaints = config.complaints();
        if complaints.is_empty() { Ok(config) } else { Err(ConfigError::Complaints(complaints)) }
    }

    /// Where badges and certificates are served, by the registry and by us.
    pub fn badge_hosts(&self) -> BadgeHosts {
        let hosts = |names: &[String]| names.iter().filter_map(|name| Host::parse(name)).collect();
        BadgeHosts {
            script_hosts: hosts(&self.badge.script_hosts),
            certificate_hosts: hosts(&self.badge.certificate_hosts),
            own: self.web.public_url.as_ref().and_then(|url| Host::of(&Url::parse(url).ok()?)),
        }
    }
}

/// A setting that must not be printed, such as an address with a password in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one who uses it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}
