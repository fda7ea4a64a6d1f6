//! Who may vouch for the key endpoint?

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// The certificate authorities trusted for the key endpoint: Mozilla's, built in, and those the operator adds.
#[derive(Clone, Debug, Default)]
pub struct TrustedRoots {
    added: Vec<CertificateDer<'static>>,
}

impl TrustedRoots {
    /// Mozilla's and the certificates of a PEM text; `None` when it holds no certificate or a broken one.
    #[must_use]
    pub fn with_pem(pem: &[u8]) -> Option<Self> {
        let added: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
        let mut store = RootCertStore::empty();
        let usable = !added.is_empty() && added.iter().all(|certificate| store.add(certificate.clone()).is_ok());
        usable.then_some(Self { added })
    }

    pub(super) fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in &self.added {
            roots.add(certificate.clone())?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(versions.with_root_certificates(roots).with_no_client_auth())
    }
}
