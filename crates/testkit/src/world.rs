//! Every request that a document and a token can tell apart, and what a policy must make of each: judged by looking, not
//! by the compiler's own reasoning.

use crate::{KEY, NOW, POOL, STAGE, iam, key_set, verifier};
use cognito_authorizer::jwks::{KeyId, KeySet};
use cognito_authorizer::token::{BearerToken, Issuer, Scheme, UnverifiedToken, VerifiedClaims};
use permissions::{Grants, Pattern, RequestedPath};
use serde_json::Value;
use std::cell::LazyCell;

/// What a request has where the policy spells nothing out.
pub const UNKNOWN: &str = "zz-9";

/// Verbs that documents name, one that only `ANY` means, and one that nobody knows.
pub const VERBS: [&str; 4] = ["GET", "POST", "DELETE", STRANGE_VERB];

const STRANGE_VERB: &str = "BREW";

/// The claims of a token that was really signed and verified.
pub fn verified(claims: &Value) -> VerifiedClaims {
    let token = BearerToken::parse(&KEY.token(claims), Scheme::Optional).unwrap();
    let key = KeySet::parse(key_set(&[&KEY]).as_bytes()).unwrap().find(&KeyId::new(KEY.id.to_owned())).unwrap();
    let unverified = UnverifiedToken::parse(&token).unwrap();
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

fn with_root(word: &[&'static str]) -> Vec<&'static str> {
    if word.is_empty() { vec![""] } else { word.to_vec() }
}

pub struct World<'a> {
    pub grants: &'a Grants<'a>,
    pub words: Vec<Word>,
}

impl World<'_> {
    pub fn granted(&self, verb: &str, word: &[&str]) -> bool {
        self.grants.decide(verb, RequestedPath::parse(&path_of(word)).as_ref()).is_permitted()
    }

    pub fn in_catalog(&self, word: &[&str]) -> bool {
        let path = path_of(word);
        let path = RequestedPath::parse(&path).unwrap();
        self.grants.catalog().iter().any(|route| {
            let pattern = Pattern::anyones(route);
            VERBS.iter().any(|verb| pattern.matches(verb, &path))
        })
    }

    fn granted_words(&self, verb: &str) -> Vec<Vec<&'static str>> {
        self.words.iter().filter(|word| self.granted(verb, word)).map(|word| with_root(word)).collect()
    }

    /// No ungranted path of the catalog lies between two granted ones.
    pub fn is_expressible(&self, verb: &str) -> bool {
        let granted = self.granted_words(verb);
        let between = |word: &Vec<&'static str>| {
            let word = with_root(word);
            granted.iter().any(|lower| arises(lower, &word)) && granted.iter().any(|upper| arises(&word, upper))
        };
        !self.words.iter().any(|word| self.in_catalog(word) && !self.granted(verb, word) && between(word))
    }

    /// Is the policy safe, live for the requested method, exact where that can be had, closed outside the catalog, and
    /// shut to malformed paths?
    pub fn check(&self, policy: &iam::Policy, requested: (&str, &[&str])) -> Result<(), String> {
        let (verb, word) = requested;
        if self.granted(verb, word) && !iam::allows(policy, &arn(verb, word)) {
            return Err(format!("live: {} in {policy:?}", arn(verb, word)));
        }
        VERBS.iter().try_for_each(|verb| self.check_verb(policy, verb))
    }

    /// Does something granted arise from this that is longer than the paths looked at?
    fn is_forced_from_afar(&self, verb: &str, word: &Word) -> bool {
        let far = words(&["a", "b", "u1", UNKNOWN], 6..=7);
        far.iter().any(|upper| arises(word, upper) && self.granted(verb, upper))
    }

    fn check_verb(&self, policy: &iam::Policy, verb: &str) -> Result<(), String> {
        // An unknown verb is only promised where it is asked for.
        let exact = LazyCell::new(|| verb != STRANGE_VERB && self.is_expressible(verb));
        let granted = LazyCell::new(|| self.granted_words(verb));
        for word in &self.words {
            let arn = arn(verb, word);
            let (open, wanted) = (iam::allows(policy, &arn), self.granted(verb, word));
            let wrong = if self.in_catalog(word) {
                if open && !wanted {
                    Some("safe")
                } else if open != wanted && *exact {
                    Some("exact")
                } else {
                    None
                }
            } else {
                let forced = |swallowed: &Word| {
                    granted.iter().any(|upper| arises(swallowed, upper)) || self.is_forced_from_afar(verb, swallowed)
                };
                let free = open && verb != STRANGE_VERB && !laid_under(policy, &arn).iter().all(forced);
                // The root path is one request, so a Deny for it takes nothing along.
                let root = open && word.is_empty();
                (free || root).then_some("closed")
            };
            if let Some(property) = wrong {
                return Err(format!("{property}: {arn} in {policy:?}"));
            }
            if word.len() <= 4 {
                let shut = |path: &String| !iam::allows(policy, &format!("{STAGE}{verb}/{path}"));
                let open = malformed(word).into_iter().find(|path| !shut(path));
                open.map_or(Ok(()), |path| Err(format!("malformed: {verb}/{path} in {policy:?}")))?;
            }
        }
        Ok(())
    }
}

pub fn arn(verb: &str, word: &[&str]) -> String {
    format!("{STAGE}{verb}/{}", path_of(word))
}

/// The ways in which an Allow takes this method: its own texts, and an unknown segment for each that a star takes.
fn laid_under(policy: &iam::Policy, arn: &str) -> Vec<Vec<&'static str>> {
    let segments: Vec<&str> = arn.strip_prefix(STAGE).unwrap().split('/').collect();
    let globs =
        policy.allow().iter().map(|resource| resource.strip_prefix(STAGE).unwrap().split('/').collect::<Vec<_>>());
    globs.flat_map(|glob| lay(&glob, &segments)).map(|word| word.into_iter().skip(1).collect()).collect()
}

fn lay(glob: &[&str], segments: &[&str]) -> Vec<Vec<&'static str>> {
    // Texts live as long as the tests: there are few.
    let known = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    match (glob.split_first(), segments.split_first()) {
        (None, None) => vec![vec![]],
        (Some((&"*", rest)), Some((_, tail))) => {
            let more = if tail.len() > rest.len() { lay(glob, tail) } else { vec![] };
            let found = lay(rest, tail).into_iter().chain(more);
            found.map(|word| [UNKNOWN].into_iter().chain(word).collect()).collect()
        }
        (Some((text, rest)), Some((head, tail))) if text == head => {
            lay(rest, tail).into_iter().map(|word| [known(text)].into_iter().chain(word).collect()).collect()
        }
        _ => vec![],
    }
}

/// The path with an empty, dotted or encoded segment at every place.
fn malformed(word: &[&str]) -> Vec<String> {
    let bad = ["", ".", "..", "a%2Fb", "%2e%2e", "a%2f"];
    let at = |position: usize| {
        bad.iter().map(move |segment| {
            let (before, after) = word.split_at(position);
            before.iter().chain([segment]).chain(after).copied().collect::<Vec<_>>().join("/")
        })
    };
    (0..=word.len()).flat_map(at).filter(|path| !path.is_empty()).collect()
}
