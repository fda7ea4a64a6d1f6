//! Requests over a few texts, and tokens that were really signed and verified.

use crate::{KEY, NOW, POOL, STAGE, key_set, verifier};
use cognito_authorizer::jwks::{Algorithms, KeyId, KeySet};
use cognito_authorizer::token::{BearerToken, Issuer, Scheme, UnverifiedToken, VerifiedClaims};
use serde_json::Value;

/// What a request has where the policy spells nothing out.
pub const UNKNOWN: &str = "zz-9";

/// Verbs that documents name, one that only `ANY` means, and one that nobody knows.
pub const VERBS: [&str; 4] = ["GET", "POST", "DELETE", STRANGE_VERB];

const STRANGE_VERB: &str = "BREW";

/// The claims of a token that was really signed and verified.
pub fn verified(claims: &Value) -> VerifiedClaims {
    let token = BearerToken::parse(&KEY.token(claims), Scheme::Optional).unwrap();
    let key = KeySet::parse(key_set(&[&KEY]).as_bytes(), Algorithms::RS256)
        .unwrap()
        .find(&KeyId::new(KEY.id.to_owned()))
        .unwrap();
    let unverified = UnverifiedToken::parse(&token, Algorithms::RS256).unwrap();
    verifier().verify(unverified, &Issuer::new(POOL.to_owned()), &key, NOW).unwrap()
}

pub type Word = Vec<&'static str>;

/// All paths of these lengths over these texts.
pub fn words(letters: &[&'static str], lengths: impl IntoIterator<Item = usize>) -> Vec<Word> {
    lengths.into_iter().flat_map(|length| words_of(letters, length)).collect()
}

fn words_of(letters: &[&'static str], length: usize) -> Vec<Vec<&'static str>> {
    (0..length).fold(vec![vec![]], |words, _| {
        let longer = |word: &Vec<&'static str>| {
            let word = word.clone();
            letters.iter().map(move |letter| word.iter().copied().chain([*letter]).collect()).collect::<Vec<_>>()
        };
        words.iter().flat_map(longer).collect()
    })
}

fn path_of(word: &[&str]) -> String {
    word.join("/")
}

/// `to` arises from `from` when some unknown segments become one or more segments of any kind. The root path is one
/// empty segment.
pub fn arises(from: &[&str], to: &[&str]) -> bool {
    match (from.split_first(), to.split_first()) {
        (None, None) => true,
        (Some((head, rest)), Some((other, tail))) if *head == UNKNOWN => {
            arises(rest, tail) || (!tail.is_empty() && arises(from, tail)) || (head == other && arises(rest, tail))
        }
        (Some((head, rest)), Some((other, tail))) => head == other && arises(rest, tail),
        _ => false,
    }
}

pub fn arn(verb: &str, word: &[&str]) -> String {
    format!("{STAGE}{verb}/{}", path_of(word))
}
