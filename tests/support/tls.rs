//! The farm's certificate authority: a certificate for every name asked for, made on the spot.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// Issues leaf certificates by server name.
pub struct Issuer {
    ca: rcgen::Issuer<'static, KeyPair>,
    ca_file: tempfile::NamedTempFile,
    issued: Mutex<HashMap<String, Arc<CertifiedKey>>>,
    distrusted: Mutex<HashSet<String>>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer")
    }
}

impl Issuer {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "badgewatch test farm");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let ca_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(ca_file.path(), pem).unwrap();
        let ca = rcgen::Issuer::new(params, key);
        Self { ca, ca_file, issued: Mutex::default(), distrusted: Mutex::default() }
    }

    pub fn ca_file(&self) -> &Path {
        self.ca_file.path()
    }

    pub fn distrust(&self, host: &str) {
        self.distrusted.lock().unwrap().insert(host.to_ascii_lowercase());
    }

    pub fn acceptor(self: &Arc<Self>) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        TlsAcceptor::from(Arc::new(config))
    }

    fn issue(&self, name: &str) -> Arc<CertifiedKey> {
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.ca).unwrap();
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&der).unwrap();
        Arc::new(CertifiedKey::new(vec![leaf.der().clone()], signer))
    }
}

impl ResolvesServerCert for Issuer {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_ascii_lowercase();
        if self.distrusted.lock().unwrap().contains(&name) {
            return Some(self.issue("another-name.test"));
        }
        let mut issued = self.issued.lock().unwrap();
        Some(issued.entry(name.clone()).or_insert_with(|| self.issue(&name)).clone())
    }
}
