//! Where does an issuer say that its keys are?
//!
//! In a document at a place that follows from its name (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). The
//! document is read anew with each fetch of the keys: the two share one budget, one backoff and one time, and what is not
//! whole changes nothing. Nothing of a document is kept.

use super::roots::TrustedRoots;
use super::source::{FETCH_TIMEOUT, FetchError, KeySource, build_client, get};
use lambda_runtime::BoxFuture;
use permissions::issuers::is_fetchable;
use permissions::json::Object;
use serde::Deserialize;
use tokio::time::timeout;

/// Where the issuer's document can be, and what it must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The issuer, exactly as the document must have it.
    pub issuer: String,
    /// The places, in order: the next is asked where a document is not there.
    pub documents: Vec<String>,
}

/// The JWK Set that an issuer's document points to.
pub struct DiscoveredKeySource {
    discovery: Discovery,
    roots: TrustedRoots,
}

impl DiscoveredKeySource {
    /// The places come from the operator's settings, never from a token; nothing is fetched yet.
    #[must_use]
    pub fn new(discovery: Discovery, roots: TrustedRoots) -> Self {
        Self { discovery, roots }
    }

    async fn discover_and_get(&self) -> Result<Vec<u8>, FetchError> {
        // Document and keys are mostly on one host, so one connection serves both. It ends with the client, here.
        let client = build_client(&self.roots, 1)?;
        let document = self.document(&client).await?;
        let jwks_uri = self.discovery.jwks_uri(&document)?;
        get(&client, &jwks_uri).await
    }

    async fn document(&self, client: &reqwest::Client) -> Result<Vec<u8>, FetchError> {
        let mut missing = FetchError::Status { found: NOT_FOUND };
        for place in &self.discovery.documents {
            match get(client, place).await {
                Err(error @ FetchError::Status { found: NOT_FOUND }) => missing = error,
                found => return found,
            }
        }
        Err(missing)
    }
}

/// The status of what is not there (RFC 9110 section 15.5.5).
const NOT_FOUND: u16 = 404;

impl KeySource for DiscoveredKeySource {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        Box::pin(async { timeout(FETCH_TIMEOUT, self.discover_and_get()).await.unwrap_or(Err(FetchError::TimedOut)) })
    }
}

impl Discovery {
    /// Where the document says that the keys are. An issuer that is reached by https cannot send anybody elsewhere.
    fn jwks_uri(&self, document: &[u8]) -> Result<String, FetchError> {
        let Object::<Document>(document) =
            serde_json::from_slice(document).map_err(|_| FetchError::DiscoveryMalformed)?;
        if document.issuer != self.issuer {
            let slash = document.issuer.trim_end_matches('/') == self.issuer.trim_end_matches('/');
            return Err(FetchError::DiscoveryIssuer { slash });
        }
        let on_loopback = self.documents.iter().all(|place| place.starts_with("http://"));
        let fits =
            is_fetchable(&document.jwks_uri, b"#\\@") && (document.jwks_uri.starts_with("https://") || on_loopback);
        if fits { Ok(document.jwks_uri) } else { Err(FetchError::DiscoveryJwksUri) }
    }
}

/// The members that are read. A member that is there twice makes the document malformed.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_believed_when_it_is_the_issuers_own_and_points_to_https() {
        let https =
            |issuer: &str| Discovery { issuer: issuer.to_owned(), documents: vec!["https://id.example/d".to_owned()] };
        let loopback = Discovery { documents: vec!["http://127.0.0.1:1/d".to_owned()], ..https("https://id.example") };
        let own = https("https://id.example");
        let says = |issuer: &str, uri: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{uri}","x":[{{}}]}}"#);
        let keys = "https://keys.example/k?v=1";
        let not_https = Err(FetchError::DiscoveryJwksUri);
        let malformed = Err(FetchError::DiscoveryMalformed);
        for (name, discovery, document, expected) in [
            ("its own", &own, says("https://id.example", keys), Ok(keys.to_owned())),
            ("another's", &own, says("https://id2.example", keys), Err(FetchError::DiscoveryIssuer { slash: false })),
            ("with a slash", &own, says("https://id.example/", keys), Err(FetchError::DiscoveryIssuer { slash: true })),
            ("in capitals", &own, says("https://ID.example", keys), Err(FetchError::DiscoveryIssuer { slash: false })),
            ("keys by http", &own, says("https://id.example", "http://keys.example/k"), not_https.clone()),
            ("keys on loopback", &own, says("https://id.example", "http://127.0.0.1/k"), not_https.clone()),
            ("keys in a file", &own, says("https://id.example", "file:///etc/passwd"), not_https.clone()),
            (
                "keys with a user",
                &own,
                says("https://id.example", "https://id.example@evil.example/k"),
                not_https.clone(),
            ),
            (
                "loopback to loopback",
                &loopback,
                says("https://id.example", "http://127.0.0.1/k"),
                Ok("http://127.0.0.1/k".to_owned()),
            ),
            ("loopback to http", &loopback, says("https://id.example", "http://keys.example/k"), not_https),
            ("no keys", &own, r#"{"issuer":"https://id.example"}"#.to_owned(), malformed.clone()),
            ("no issuer", &own, r#"{"jwks_uri":"https://keys.example"}"#.to_owned(), malformed.clone()),
            (
                "two issuers",
                &own,
                r#"{"issuer":"https://evil.example","issuer":"https://id.example","jwks_uri":"https://keys.example"}"#
                    .to_owned(),
                malformed.clone(),
            ),
            ("a list", &own, r#"["https://id.example","https://keys.example"]"#.to_owned(), malformed.clone()),
            ("no JSON", &own, "<html>".to_owned(), malformed),
        ] {
            assert_eq!(discovery.jwks_uri(document.as_bytes()), expected, "{name}");
        }
    }
}
