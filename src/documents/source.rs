//! Where does a newer permission document come from?
//!
//! From an extension of the function, by one GET on loopback: AWS AppConfig's (AppConfig User Guide, "Using AWS AppConfig
//! Agent with AWS Lambda") or that of the parameter store and Secrets Manager (Systems Manager User Guide, "Using Parameter
//! Store parameters in AWS Lambda functions"). The extension keeps what it fetched, and asks its service by itself.

use crate::jwks::{FetchError, TrustedRoots, body, build_client};
use lambda_runtime::BoxFuture;
use once_cell::sync::OnceCell;
use serde::Deserialize;
use std::fmt::Write as _;

/// The largest answer read, in bytes: AppConfig's largest configuration (its quotas page: 2 MB), and room for an envelope.
pub const LARGEST_DOCUMENT: usize = 4 * 1024 * 1024;

/// Connections kept open to the extension, which is asked once a minute or so.
const KEPT_CONNECTIONS: usize = 1;

/// Something that can tell the text of a permission document.
pub trait DocumentSource: Send + Sync {
    /// The text of the document as it is published now.
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>>;
}

/// Which extension is asked, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// AWS AppConfig's.
    AppConfig {
        /// Name or id of the application.
        application: String,
        /// Name or id of the environment.
        environment: String,
        /// Name or id of the configuration profile.
        profile: String,
    },
    /// The parameter store's.
    Parameter(String),
    /// Secrets Manager's, which is the same extension as the parameter store's.
    Secret(String),
}

impl Extension {
    /// The port that the extension listens on, unless it is told otherwise.
    #[must_use]
    pub fn usual_port(&self) -> u16 {
        match self {
            Self::AppConfig { .. } => 2772,
            Self::Parameter(_) | Self::Secret(_) => 2773,
        }
    }

    fn path(&self) -> String {
        match self {
            Self::AppConfig { application, environment, profile } => format!(
                "/applications/{}/environments/{}/configurations/{}",
                encoded(application),
                encoded(environment),
                encoded(profile)
            ),
            Self::Parameter(name) => {
                format!("/systemsmanager/parameters/get?withDecryption=true&name={}", encoded(name))
            }
            Self::Secret(name) => format!("/secretsmanager/get?secretId={}", encoded(name)),
        }
    }

    /// The document in what the extension answers.
    fn document_in(&self, answer: Vec<u8>) -> Result<Vec<u8>, FetchError> {
        let text = match self {
            Self::AppConfig { .. } => return Ok(answer),
            Self::Parameter(_) => serde_json::from_slice(&answer)
                .ok()
                .map(|ParameterAnswer { parameter }: ParameterAnswer| parameter.value),
            Self::Secret(_) => {
                serde_json::from_slice(&answer).ok().map(|SecretAnswer { secret_string }: SecretAnswer| secret_string)
            }
        };
        text.map(String::into_bytes).ok_or(FetchError::Interrupted)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ParameterAnswer {
    parameter: ParameterValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ParameterValue {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretAnswer {
    secret_string: String,
}

/// RFC 3986 section 2.3: everything but unreserved characters is percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// A document that an extension tells.
pub struct ExtensionSource {
    extension: Extension,
    url: String,
    token: Option<String>,
    /// Built when the first fetch needs it.
    client: OnceCell<reqwest::Client>,
}

/// The header by which the parameter store's extension knows the function.
const TOKEN_HEADER: &str = "X-Aws-Parameters-Secrets-Token";

impl ExtensionSource {
    /// `token` is the value of `AWS_SESSION_TOKEN`. Nothing is fetched yet.
    #[must_use]
    pub fn new(extension: Extension, port: u16, token: Option<String>) -> Self {
        let url = format!("http://localhost:{port}{}", extension.path());
        Self { extension, url, token, client: OnceCell::new() }
    }

    async fn get(&self) -> Result<Vec<u8>, FetchError> {
        let client = self.client.get_or_try_init(|| build_client(&TrustedRoots::default(), KEPT_CONNECTIONS))?;
        let request = client.get(&self.url);
        let request = match (&self.extension, &self.token) {
            (Extension::Parameter(_) | Extension::Secret(_), Some(token)) => request.header(TOKEN_HEADER, token),
            _ => request,
        };
        self.extension.document_in(body(request, LARGEST_DOCUMENT).await?)
    }
}

impl DocumentSource for ExtensionSource {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        Box::pin(self.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_asked_by_its_documented_path() {
        let app_config = Extension::AppConfig {
            application: "my app".to_owned(),
            environment: "prod".to_owned(),
            profile: "permissions".to_owned(),
        };
        for (extension, port, path) in [
            (app_config, 2772, "/applications/my%20app/environments/prod/configurations/permissions"),
            (
                Extension::Parameter("/orders/permissions".to_owned()),
                2773,
                "/systemsmanager/parameters/get?withDecryption=true&name=%2Forders%2Fpermissions",
            ),
            (Extension::Secret("orders".to_owned()), 2773, "/secretsmanager/get?secretId=orders"),
        ] {
            assert_eq!((extension.usual_port(), extension.path().as_str()), (port, path));
        }
    }
}
