//! Who issues tokens, and what are they like?
//!
//! Reads the issuers' document: each entry is complete by itself, nothing is inherited, and what an entry leaves out is its
//! kind's [`Preset`]. All errors are told at once, each with its place. Nothing is fetched here.

mod entry;
mod identity;
mod named;
mod preset;
mod reader;
#[cfg(test)]
mod tests;

pub use identity::is_fetchable;
pub use named::MisnamedIssuers;
pub use preset::{PRESETS, Preset, PresetMark};

use crate::document::{InvalidDocument, Node, Object, Problems, values};

/// The signature algorithms that an entry may name (RFC 7518 section 3.1, RFC 8037 section 3.1): those with a public key.
pub const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// One issuer, or the two issuers of a Cognito user pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerEntry {
    /// What permissions and logs call it.
    pub name: String,
    /// The kind.
    pub kind: &'static str,
    /// What `iss` may be, exactly.
    pub issuers: Vec<String>,
    /// Where its keys are published.
    pub keys: KeyPlace,
    /// What it signs with, by their names in `alg`.
    pub algorithms: Vec<String>,
    /// What `aud` of an access token must have one of; `None`: it is not asked.
    pub audiences: Option<Vec<String>>,
    /// The clients whose tokens are ours; `None`: the audience decides.
    pub clients: Option<Vec<String>>,
    /// The claim of access tokens that names the client.
    pub client_claim: String,
    /// The kinds of token that are accepted.
    pub token_uses: Vec<TokenUse>,
    /// What tells an access token from others.
    pub access: Mark,
    /// What tells an ID token from others; `None`: that it is no access token.
    pub id: Option<Mark>,
    /// The claim that has the scopes.
    pub scopes: String,
    /// The way to the groups, from the claim inwards.
    pub groups: Option<Vec<String>>,
}

/// Where an issuer publishes its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// Under each of the entry's issuers, as Cognito does.
    BelowIssuer,
    /// At this URL.
    At(String),
    /// Where the first of these documents says that answers.
    Discovered(Vec<String>),
}

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// May call APIs.
    Access,
    /// Says who signed in.
    Id,
}

/// What tells one kind of token from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The header's `typ` is one of these media types.
    HeaderType(Vec<String>),
    /// A claim that every token of the issuer has, with one of these values.
    Value {
        /// The claim.
        claim: String,
        /// Its values in this kind of token.
        values: Vec<String>,
    },
    /// A claim that only this kind of token has.
    Claim(String),
}

/// Reads the document `{"issuers": [...]}`.
///
/// # Errors
/// [`InvalidDocument`] with everything that is wrong with it.
pub fn parse(json: &[u8]) -> Result<Vec<IssuerEntry>, InvalidDocument> {
    crate::document::read_as(json, |top, problems| {
        let object = Object::read(top, &["$schema", "issuers"], problems)?;
        if let Some(schema) = object.get("$schema") {
            values::text(schema, "the place of the schema, such as `./issuers.schema.json`", problems);
        }
        let Some(list) = object.get("issuers") else {
            if !object.means("issuers") {
                problems.note(top, "found no member `issuers`, expected a list of issuers");
            }
            return None;
        };
        let entries = values::list(list, "{\"name\": \"staff\", \"kind\": \"cognito\", …}", read_entry, problems)?;
        note_repeated(list, &entries, problems);
        Some(entries.into_iter().map(|(_, entry)| entry).collect())
    })
}

/// An entry, and its number in the list.
fn read_entry(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<(String, IssuerEntry)> {
    entry::read(node, problems).map(|entry| (node.place().to_string(), entry))
}

/// `iss` chooses one entry, and a permission's `issuers` name one.
fn note_repeated(list: &Node<'_>, entries: &[(String, IssuerEntry)], problems: &mut Problems<'_>) {
    for (number, (place, entry)) in entries.iter().enumerate() {
        for (earlier_place, earlier) in entries.iter().take(number) {
            if earlier.name == entry.name {
                problems.note(
                    list,
                    format_args!(
                        "found the name `{}` at `{earlier_place}` and at `{place}`, expected each name once",
                        entry.name
                    ),
                );
            }
            if let Some(issuer) = entry.issuers.iter().find(|issuer| earlier.issuers.contains(issuer)) {
                problems.note(list, format_args!("found the issuer `{issuer}` at `{earlier_place}` and at `{place}`, expected each issuer in one entry: give different rights to its clients by `clients` in permissions"));
            }
        }
    }
}
