//! What do the entries of `ISSUERS_FILE` ask of tokens?

use super::error::ConfigError;
use super::files::Files;
use super::issuers::key_set_below;
use super::{IssuerConfig, KeyPlace};
use crate::jwks::{Algorithm, Discovery};
use crate::token::{Clients, Issuer, Lists, Mark, MediaType, Profile, TokenUse, Verifier};
use permissions::issuers::{self, IssuerEntry};
use std::sync::Arc;

pub(super) fn load(files: &Files, file: &str, leeway_seconds: u64) -> Result<Vec<IssuerConfig>, ConfigError> {
    let entries = files.parse("ISSUERS_FILE", file, issuers::parse)?;
    Ok(entries.into_iter().flat_map(|entry| issuers_of(entry, leeway_seconds)).collect())
}

/// An entry's issuers, which share what is asked of their tokens.
fn issuers_of(entry: IssuerEntry, leeway_seconds: u64) -> Vec<IssuerConfig> {
    let (issuers, keys) = (entry.issuers.clone(), entry.keys.clone());
    let verifier = Arc::new(verifier(entry, leeway_seconds));
    let with = |(position, issuer): (usize, String)| IssuerConfig {
        keys: key_place(&issuer, &keys),
        issuer: Issuer::new(issuer),
        // The second host of a pool answers 403 until the pool is switched to it.
        prefetch: position == 0,
        verifier: Arc::clone(&verifier),
    };
    issuers.into_iter().enumerate().map(with).collect()
}

fn key_place(issuer: &str, keys: &issuers::KeyPlace) -> KeyPlace {
    match keys {
        issuers::KeyPlace::BelowIssuer => KeyPlace::At(key_set_below(issuer)),
        issuers::KeyPlace::At(uri) => KeyPlace::At(uri.clone()),
        issuers::KeyPlace::Discovered(documents) => {
            KeyPlace::Discovered(Discovery { issuer: issuer.to_owned(), documents: documents.clone() })
        }
    }
}

fn verifier(entry: IssuerEntry, leeway_seconds: u64) -> Verifier {
    let lists = if entry.kind == "cognito" { Lists::Text } else { Lists::TextOrArray };
    let token_use = |token_use: &issuers::TokenUse| match token_use {
        issuers::TokenUse::Access => TokenUse::Access,
        issuers::TokenUse::Id => TokenUse::Id,
    };
    Verifier {
        entry: Some(entry.name.into()),
        // The document names no others.
        algorithms: entry.algorithms.iter().filter_map(|name| Algorithm::parse(name)).collect(),
        clients: entry.clients.map_or(Clients::NotAsked, Clients::Listed),
        token_uses: entry.token_uses.iter().map(token_use).collect(),
        resources: entry.audiences,
        leeway_seconds,
        profile: Arc::new(Profile {
            access: mark(entry.access),
            id: entry.id.map(mark),
            client: kept(entry.client_claim),
            scopes: kept(entry.scopes),
            groups: entry.groups.map(|path| path.into_iter().map(kept).collect()),
            lists,
        }),
    }
}

fn mark(mark: issuers::Mark) -> Mark {
    match mark {
        issuers::Mark::HeaderType(types) => {
            Mark::HeaderType(types.iter().map(|media_type| MediaType::new(media_type)).collect())
        }
        issuers::Mark::Value { claim, values } => Mark::Value { claim: kept(claim), values },
        issuers::Mark::Claim(claim) => Mark::Claim(kept(claim)),
    }
}

/// A claim's name lives as long as the process, so that a refusal can say it without a copy. There are a few, and they are
/// read once.
fn kept(name: String) -> &'static str {
    name.leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_that_an_entry_may_name_is_known() {
        for name in issuers::ALGORITHMS {
            assert_eq!(Algorithm::parse(name).map(Algorithm::name), Some(name));
        }
        assert_eq!(issuers::ALGORITHMS.len(), Algorithm::ALL.len());
    }

    #[test]
    fn a_pool_in_a_file_is_asked_what_a_pool_in_short_form_is() {
        let file =
            br#"{"issuers":[{"name":"staff","kind":"cognito","userPool":"eu-west-1_AbC","clients":["client1"]}]}"#;
        let found: Vec<_> = issuers::parse(file).unwrap().into_iter().flat_map(|entry| issuers_of(entry, 0)).collect();
        let vars = [("USER_POOL_ID", "eu-west-1_AbC"), ("APP_CLIENT_ID", "client1")];
        let variable = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let super::super::Issuers::Short(short) = super::super::Config::from_vars(variable).unwrap().issuers else {
            panic!("a file");
        };
        assert_eq!((found.len(), short.len()), (2, 2));
        for (one, other) in found.iter().zip(&short) {
            assert_eq!((&one.issuer, &one.keys, one.prefetch), (&other.issuer, &other.keys, other.prefetch));
            let (one, other) = (&one.verifier, &other.verifier);
            assert_eq!((&one.profile, one.algorithms), (&other.profile, other.algorithms));
            assert_eq!(
                (&one.clients, &one.token_uses, &one.resources),
                (&other.clients, &other.token_uses, &other.resources)
            );
            assert_eq!((one.entry.as_deref(), other.entry.as_deref()), (Some("staff"), None));
        }
        assert!(Arc::ptr_eq(&found[0].verifier, &found[1].verifier));
    }
}
