//! The hosts that serve badges and certificates: settings, not constants.

use crate::domain::host::Host;

/// Where issued scripts and certificates live (`badge.script_hosts`, `badge.certificate_hosts`).
#[derive(Debug, Clone)]
pub struct BadgeHosts {
    pub script_hosts: Vec<Host>,
    pub certificate_hosts: Vec<Host>,
    /// Where we serve badges and certificates ourselves (the host of `web.public_url`).
    pub own: Option<Host>,
}

impl Default for BadgeHosts {
    /// The two hosts of the registry.
    fn default() -> Self {
        let host = |name| Host::parse(name).into_iter().collect();
        Self { script_hosts: host("dcs.conac.cn"), certificate_hosts: host("bszs.conac.cn"), own: None }
    }
}

impl BadgeHosts {
    /// Does the host serve issued scripts and badge images?
    pub fn serves_scripts(&self, host: &Host) -> bool {
        self.script_hosts.contains(host) || self.is_own(host)
    }

    /// Does the host serve certificates?
    pub fn serves_certificates(&self, host: &Host) -> bool {
        self.certificate_hosts.contains(host) || self.is_own(host)
    }

    /// Do we serve badges there ourselves?
    pub fn is_own(&self, host: &Host) -> bool {
        self.own.as_ref() == Some(host)
    }

    /// Every host that serves badges or certificates.
    pub fn all(&self) -> impl Iterator<Item = &Host> {
        self.script_hosts.iter().chain(&self.certificate_hosts).chain(&self.own)
    }

    /// Is the host the registry's in any way (a portal, an image host), at a label border? Beside our own stand the sites of
    /// the office, which are nobody's badge host.
    pub fn is_official(&self, host: &Host) -> bool {
        let home = host.registrable();
        self.script_hosts.iter().chain(&self.certificate_hosts).any(|ours| ours.registrable() == home)
    }
}
