//! The options that describe the holder of a token.

use crate::input;
use crate::outcome::Failure;
use permissions::json::Strict;
use permissions::questions::{Atom, Caller};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// What a token says of its holder.
#[derive(Debug, clap::Args)]
pub(super) struct HolderArgs {
    /// Scopes that the token carries.
    #[arg(long, value_delimiter = ',', value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Groups that the holder is in.
    #[arg(long, value_delimiter = ',', value_name = "GROUP")]
    groups: Vec<String>,
    /// A claim and its value, a text; once for each claim. For other types take `--claims`.
    #[arg(long, value_name = "NAME=VALUE")]
    claim: Vec<String>,
    /// The token's claims, a JSON object; `-` reads standard input. The other options add to them.
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,
}

impl HolderArgs {
    /// The holder of such a token.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a claim that is none, [`Failure::File`] for claims that the function would refuse.
    pub(super) fn caller(&self) -> Result<Caller, Failure> {
        self.added_to(Caller::default())
    }

    /// The holder of a token with these claims besides.
    ///
    /// # Errors
    /// As [`caller`](Self::caller).
    pub(super) fn added_to(&self, caller: Caller) -> Result<Caller, Failure> {
        let mut caller = caller;
        for (name, value) in self.claims.as_deref().map(claims).transpose()?.unwrap_or_default() {
            caller = caller.with_claim(&name, value);
        }
        for claim in &self.claim {
            let (name, value) = claim.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
                Failure::Usage("found a `--claim` without a name and `=`, expected `NAME=VALUE`".to_owned())
            })?;
            if let Some(option) = option_for(name) {
                return Err(Failure::Usage(format!("found `--claim {name}=`, expected `{option}`")));
            }
            caller = caller.with_claim(name, value.into());
        }
        let scopes = self.scopes.iter().map(|scope| Atom::Scope(scope));
        Ok(scopes.chain(self.groups.iter().map(|group| Atom::Group(group))).fold(caller, Caller::with))
    }
}

/// Claims that have an option of their own, as their values are lists.
fn option_for(claim: &str) -> Option<&'static str> {
    match claim {
        "scope" => Some("--scopes"),
        "cognito:groups" => Some("--groups"),
        _ => None,
    }
}

/// The claims in the file. Those that the function would refuse a token for are refused here.
fn claims(file: &Path) -> Result<Map<String, Value>, Failure> {
    claims_in(input::text(file)?.as_bytes(), file)
}

/// The claims in a JSON text from this file.
pub(super) fn claims_in(json: &[u8], file: &Path) -> Result<Map<String, Value>, Failure> {
    let Strict(read) = serde_json::from_slice(json).map_err(|error| Failure::file(file, error))?;
    let Value::Object(claims) = read else {
        return Err(Failure::file(file, "found another value, expected an object of claims"));
    };
    if claims.get("scope").is_some_and(|scope| !scope.is_string()) {
        return Err(Failure::file(
            file,
            "at `scope`: found another type, expected a text of scopes with spaces between",
        ));
    }
    let texts = |groups: &Value| groups.as_array().is_some_and(|groups| groups.iter().all(Value::is_string));
    if claims.get("cognito:groups").is_some_and(|groups| !texts(groups)) {
        return Err(Failure::file(file, "at `cognito:groups`: found another type, expected a list of texts"));
    }
    Ok(claims)
}
