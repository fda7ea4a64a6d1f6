//! Where do the keys come from, and how long may that take?
//!
//! The only network input and output of the function. The client is built when the first fetch needs it, then kept.

use super::roots::TrustedRoots;
use lambda_runtime::BoxFuture;
use once_cell::sync::OnceCell;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;
use std::error::Error;
use std::time::Duration;
use std::{fmt, io};

/// Time to reach the key endpoint. API Gateway gives an HTTP API's authorizer 10 s (its quotas page); a connection
/// within a region takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Time for a whole fetch, from name look-up to the last byte. A look-up may wait for somebody else's fetch and then
/// make its own, so this is half of what an invocation spends on keys at the most.
pub(super) const FETCH_TIMEOUT: Duration = Duration::from_millis(2500);

/// The largest answer read, in bytes. A pool's set of two keys has about 900.
pub const LARGEST_ANSWER: usize = 64 * 1024;

/// Something that can tell an issuer's key set, as JSON.
pub trait KeySource: Send + Sync {
    /// The text of the key set as it is published now.
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>>;
}

/// Why no text came from a key source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The client could not be set up.
    Client,
    /// No connection was made.
    Connect,
    /// The issuer's document is another issuer's.
    DiscoveryIssuer {
        /// Do the two differ by a slash at the end alone?
        slash: bool,
    },
    /// The issuer's document says that its keys are where they must not be fetched from.
    DiscoveryJwksUri,
    /// What was found in place of the issuer's document is none.
    DiscoveryMalformed,
    /// The answer broke off.
    Interrupted,
    /// The endpoint's name was not found.
    Name,
    /// The answer's status is not 200.
    Status {
        /// The HTTP status code.
        found: u16,
    },
    /// No answer in time.
    TimedOut,
    /// The endpoint is not who it should be, or does not speak TLS.
    Tls,
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
            Self::DiscoveryIssuer { .. } => "discovery_issuer",
            Self::DiscoveryJwksUri => "discovery_jwks_uri",
            Self::DiscoveryMalformed => "discovery_malformed",
            Self::Interrupted => "fetch_interrupted",
            Self::Name => "fetch_name",
            Self::Status { .. } => "fetch_status",
            Self::TimedOut => "fetch_timed_out",
            Self::Tls => "fetch_tls",
            Self::TooLarge => "fetch_too_large",
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client => f.write_str("the HTTP client could not be set up"),
            Self::Connect => f.write_str("no connection to the key endpoint"),
            Self::DiscoveryIssuer { slash: true } => {
                f.write_str("the issuer's document names it with or without a slash at its end: write it like that")
            }
            Self::DiscoveryIssuer { slash: false } => f.write_str("the issuer's document is another issuer's"),
            Self::DiscoveryJwksUri => f.write_str("the issuer's document has no https URL in `jwks_uri`"),
            Self::DiscoveryMalformed => {
                f.write_str("the issuer's document is no JSON object with `issuer` and `jwks_uri`")
            }
            Self::Interrupted => f.write_str("the key endpoint's answer broke off"),
            Self::Name => f.write_str("the key endpoint's name was not found"),
            Self::Status { found } => write!(f, "found status {found} from the key endpoint, expected 200"),
            Self::TimedOut => f.write_str("no whole answer from the key endpoint in time"),
            Self::Tls => f.write_str("no TLS connection to the key endpoint: certificate or protocol"),
            Self::TooLarge => write!(f, "found more than {LARGEST_ANSWER} bytes, expected a key set"),
        }
    }
}

impl Error for FetchError {}

/// A JWK Set published at a URL.
pub struct HttpKeySource {
    url: String,
    roots: TrustedRoots,
    /// Built when the first fetch needs it.
    client: OnceCell<reqwest::Client>,
}

impl HttpKeySource {
    /// `url` comes from the operator's settings, never from a token; nothing is fetched yet.
    #[must_use]
    pub fn new(url: String, roots: TrustedRoots) -> Self {
        Self { url, roots, client: OnceCell::new() }
    }

    async fn get(&self) -> Result<Vec<u8>, FetchError> {
        // Fetches are an hour apart: a kept connection would be found dead, after a wait.
        let client = self.client.get_or_try_init(|| build_client(&self.roots, 0))?;
        get(client, &self.url).await
    }
}

/// A client with these roots that keeps so many connections open to each host.
pub(crate) fn build_client(roots: &TrustedRoots, kept_connections: usize) -> Result<reqwest::Client, FetchError> {
    let tls = roots.client_config().map_err(|_| FetchError::Client)?;
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(SystemResolver)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(kept_connections)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(FETCH_TIMEOUT);
    builder.build().map_err(|_| FetchError::Client)
}

/// The body of a 200 from this URL.
pub(super) async fn get(client: &reqwest::Client, url: &str) -> Result<Vec<u8>, FetchError> {
    body(client.get(url), LARGEST_ANSWER).await
}

/// The body of a 200 to this request, of so many bytes at the most.
pub(crate) async fn body(request: reqwest::RequestBuilder, largest: usize) -> Result<Vec<u8>, FetchError> {
    let mut response = request.send().await.map_err(|error| classify(&error))?;
    match response.status().as_u16() {
        200 => {}
        found => return Err(FetchError::Status { found }),
    }
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if text.len() + chunk.len() > largest {
            return Err(FetchError::TooLarge);
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

impl KeySource for HttpKeySource {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        Box::pin(self.get())
    }
}

/// A JWK Set that lies in a file alone: nothing is published where the issuer says, so the file is as good as ever.
pub struct BundledKeySource(Option<Vec<u8>>);

impl BundledKeySource {
    /// The file's text.
    #[must_use]
    pub fn new(text: Option<Vec<u8>>) -> Self {
        Self(text)
    }
}

impl KeySource for BundledKeySource {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        let text = self.0.clone().ok_or(FetchError::Client);
        Box::pin(std::future::ready(text))
    }
}

/// The error itself is dropped: its text names the URL.
fn classify(error: &reqwest::Error) -> FetchError {
    let causes = || std::iter::successors(error.source(), |cause| source_of(*cause));
    if error.is_timeout() {
        FetchError::TimedOut
    } else if causes().any(<dyn Error>::is::<NameNotFound>) {
        FetchError::Name
    } else if causes().any(<dyn Error>::is::<rustls::Error>) {
        FetchError::Tls
    } else if error.is_connect() {
        FetchError::Connect
    } else {
        FetchError::Interrupted
    }
}

/// What lies below an error. An `io::Error` made from another error passes over it in `source`.
fn source_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|inner| -> &(dyn Error + 'static) { inner }).or_else(|| error.source())
}

/// The system's resolver, with an error that can be told from a failed connection.
struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is set later, from the URL.
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NameNotFound)?;
            let addresses: Addrs = Box::new(addresses.collect::<Vec<_>>().into_iter());
            Ok(addresses)
        })
    }
}

#[derive(Debug)]
struct NameNotFound;

impl fmt::Display for NameNotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("name not found")
    }
}

impl Error for NameNotFound {}
