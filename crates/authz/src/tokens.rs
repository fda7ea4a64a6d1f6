//! Whose tokens is a question about?
//!
//! Scopes, groups and subjects are names of one issuer, so a question about everybody is one about the tokens of one issuer
//! and client, where a document tells them apart.

use permissions::Permissions;

/// The options that say whose tokens a question is about.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Tokens {
    /// Ask about tokens of this issuer, by the name of its entry in `ISSUERS_FILE`; any other name stands for all that the
    /// document does not name.
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// Ask about tokens of this client.
    #[arg(long, value_name = "ID")]
    client: Option<String>,
}

impl Tokens {
    /// The document as it is for these tokens. What is not said stays a condition, and the question says that it is.
    pub(crate) fn of(&self, document: Permissions) -> Permissions {
        let document = match &self.issuer {
            Some(issuer) => document.for_issuer(issuer),
            None => document,
        };
        match &self.client {
            Some(client) => document.for_client(client),
            None => document,
        }
    }
}
