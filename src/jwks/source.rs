//! Where do the keys come from, and how long may that take?
//!
//! The only network input and output of the function. The client is built when the first fetch needs it, then kept.

use lambda_runtime::BoxFuture;
use once_cell::sync::OnceCell;
use reqwest::redirect;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Time to reach the key endpoint. API Gateway gives an HTTP API's authorizer 10 s (its quotas page); a connection
/// within a region takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Time for a whole fetch, from name look-up to the last byte.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);

/// The largest answer read, in bytes. A pool's set of two keys has about 900.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Something that can tell an issuer's key set, as JSON.
pub trait KeySource: Send + Sync {
    /// The text of the key set as it is published now.
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>>;
}

/// Why no text came from a key source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The client could not be set up.
    Client,
    /// No connection: name look-up, TCP or TLS failed.
    Connect,
    /// The answer broke off.
    Interrupted,
    /// The answer's status is not 200.
    Status {
        /// The HTTP status code.
        found: u16,
    },
    /// No answer in time.
    TimedOut,
    /// The answer is larger than a key set can be.
    TooLarge,
}

impl FetchError {
    /// A stable code for logs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Client => "fetch_client",
            Self::Connect => "fetch_connect",
            Self::Interrupted => "fetch_interrupted",
            Self::Status { .. } => "fetch_status",
            Self::TimedOut => "fetch_timed_out",
            Self::TooLarge => "fetch_too_large",
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client => f.write_str("the HTTP client could not be set up"),
            Self::Connect => f.write_str("no connection to the key endpoint: name, network or TLS"),
            Self::Interrupted => f.write_str("the key endpoint's answer broke off"),
            Self::Status { found } => write!(f, "found status {found} from the key endpoint, expected 200"),
            Self::TimedOut => {
                write!(f, "no answer from the key endpoint within {} s", FETCH_TIMEOUT.as_secs())
            }
            Self::TooLarge => write!(f, "found more than {LARGEST_ANSWER} bytes, expected a key set"),
        }
    }
}

impl std::error::Error for FetchError {}

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

    fn client_config(&self) -> Result<ClientConfig, rustls::Error> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in &self.added {
            roots.add(certificate.clone())?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(versions.with_root_certificates(roots).with_no_client_auth())
    }
}

/// A JWK Set published at a URL.
pub struct HttpKeySource {
    url: String,
    roots: TrustedRoots,
    client: OnceCell<reqwest::Client>,
}

impl HttpKeySource {
    /// `url` comes from the operator's settings, never from a token; nothing is fetched yet.
    #[must_use]
    pub fn new(url: String, roots: TrustedRoots) -> Self {
        Self { url, roots, client: OnceCell::new() }
    }

    fn client(&self) -> Result<&reqwest::Client, FetchError> {
        self.client.get_or_try_init(|| {
            let tls = self.roots.client_config().map_err(|_| FetchError::Client)?;
            let builder = reqwest::Client::builder()
                .tls_backend_preconfigured(tls)
                .redirect(redirect::Policy::none())
                .no_proxy()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(FETCH_TIMEOUT);
            builder.build().map_err(|_| FetchError::Client)
        })
    }

    async fn get(&self) -> Result<Vec<u8>, FetchError> {
        let mut response = self.client()?.get(&self.url).send().await.map_err(|error| classify(&error))?;
        match response.status().as_u16() {
            200 => {}
            found => return Err(FetchError::Status { found }),
        }
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
            if text.len() + chunk.len() > LARGEST_ANSWER {
                return Err(FetchError::TooLarge);
            }
            text.extend_from_slice(&chunk);
        }
        Ok(text)
    }
}

/// The error itself is dropped: its text names the URL.
fn classify(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        FetchError::TimedOut
    } else if error.is_connect() {
        FetchError::Connect
    } else {
        FetchError::Interrupted
    }
}

impl KeySource for HttpKeySource {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        Box::pin(self.get())
    }
}
