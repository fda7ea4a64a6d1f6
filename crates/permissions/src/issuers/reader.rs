//! The values of an entry.

use super::{ALGORITHMS, Mark, TokenUse};
use crate::document::{Node, Object, Problems, values};
use crate::nearest::nearest;

/// What each ID token has or may have (OpenID Connect Core 1.0 section 2), so that it tells nothing of an access token.
const OF_ID_TOKENS: [&str; 10] = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp"];

/// The longest name of an entry, in characters: it stands in principal ids, which the log repeats.
const LONGEST_NAME: usize = 64;

/// What permissions and logs call the entry.
pub(super) fn entry_name(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let text = values::name(node, NAME, problems)?;
    let fits =
        text.len() <= LONGEST_NAME && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !fits {
        problems.note(node, format_args!("found `{text}`, expected {NAME}"));
        return None;
    }
    Some(text)
}

const NAME: &str = "a name of ASCII letters, digits, `-`, `_` and `.`, such as `staff`";

/// One of the signature algorithms.
pub(super) fn algorithm(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    one_of(node, &ALGORITHMS, problems)
}

/// One of these words.
pub(super) fn one_of(node: &Node<'_>, known: &[&str], problems: &mut Problems<'_>) -> Option<String> {
    let words = format!("`{}`", known.join("`, `"));
    let text = values::text(node, &words, problems)?;
    if known.contains(&&*text) {
        return Some(text.into_owned());
    }
    let hint = nearest(&text, known).map(|near| format!(", did you mean `{near}`?"));
    problems.note(node, format_args!("found `{text}`, expected {words}{}", hint.unwrap_or_default()));
    None
}

pub(super) fn token_use(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<TokenUse> {
    let word = one_of(node, &["access", "id"], problems)?;
    Some(if word == "id" { TokenUse::Id } else { TokenUse::Access })
}

/// What tokens for this API have in `aud`.
pub(super) fn audience(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let text = values::name(node, "the API's identifier, as `aud` has it", problems)?;
    let problem = match text.as_str() {
        "*" => "which would be the audience of every API",
        "account" => "which Keycloak writes for every client of the realm: add an audience mapper for this API",
        _ => return Some(text),
    };
    problems.note(node, format_args!("found `{text}`, {problem}"));
    None
}

/// A client's id.
pub(super) fn client(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let text = values::name(node, "the id of a client", problems)?;
    if text == "*" {
        problems.note(node, "found `*`, expected the ids of clients: where `audiences` decides, leave `clients` out");
        return None;
    }
    Some(text)
}

/// Which clients, and which claim names them.
#[derive(Debug, Default)]
pub(super) struct Clients {
    pub(super) claim: Option<String>,
    pub(super) values: Option<Vec<String>>,
}

pub(super) fn clients(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Clients> {
    if !node.text().starts_with('{') {
        let values = values::list(node, "\"3n4b5urk1ft4fl3mg5e62d9ado\"", client, problems)?;
        return Some(Clients { claim: None, values: Some(values) });
    }
    let object = Object::read(node, &["claim", "values"], problems)?;
    let claim = required_claim(node, &object, problems)?;
    let values = object.get("values");
    Some(Clients {
        claim: Some(claim),
        values: values.and_then(|node| values::list(node, "\"3n4b5urk1ft4fl3mg5e62d9ado\"", client, problems)),
    })
}

fn required_claim(node: &Node<'_>, object: &Object<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let Some(claim) = object.get("claim") else {
        if !object.means("claim") {
            problems.note(node, "found no member `claim`, expected the name of a claim");
        }
        return None;
    };
    values::claim_name(claim, problems)
}

/// `{"claim": "scp"}`.
pub(super) fn claim(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let object = Object::read(node, &["claim"], problems)?;
    required_claim(node, &object, problems)
}

/// `{"claim": "groups"}` or `{"path": ["realm_access", "roles"]}`.
pub(super) fn path(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Vec<String>> {
    let object = Object::read(node, &["claim", "path"], problems)?;
    match (object.get("claim"), object.get("path")) {
        (Some(claim), None) => values::claim_name(claim, problems).map(|name| vec![name]),
        (None, Some(path)) => values::list(path, "\"realm_access\", \"roles\"", values::claim_name, problems),
        _ => {
            problems.note(node, "expected either `claim` or `path`");
            None
        }
    }
}

/// `{"typ": ["at+jwt"]}`, `{"claim": "typ", "values": ["Bearer"]}` or `{"claim": "scp"}`.
pub(super) fn mark(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Mark> {
    let object = Object::read(node, &["typ", "claim", "values"], problems)?;
    match (object.get("typ"), object.get("claim"), object.get("values")) {
        (Some(types), None, None) => values::list(types, "\"at+jwt\"", media_type, problems).map(Mark::HeaderType),
        (None, Some(claim), Some(found)) => {
            let claim = values::claim_name(claim, problems);
            let found = values::list(
                found,
                "\"Bearer\"",
                |node, problems| values::name(node, "a value of the claim", problems),
                problems,
            );
            Some(Mark::Value { claim: claim?, values: found? })
        }
        (None, Some(claim), None) => values::claim_name(claim, problems).map(Mark::Claim),
        _ => {
            problems.note(node, "expected `typ`, or `claim` and `values`, or `claim` alone");
            None
        }
    }
}

/// A header's `typ` of no kind in particular tells nothing: ID tokens have it, too.
fn media_type(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let text = values::name(node, "a media type such as `at+jwt`", problems)?;
    if text.eq_ignore_ascii_case("jwt") || text.eq_ignore_ascii_case("application/jwt") {
        problems
            .note(node, format_args!("found `{text}`, which ID tokens have as well, expected one such as `at+jwt`"));
        return None;
    }
    Some(text)
}

/// A claim that ID tokens have, too, does not tell an access token from one.
pub(super) fn note_ambiguous(node: &Node<'_>, mark: &Mark, problems: &mut Problems<'_>) {
    let Mark::Claim(claim) = mark else { return };
    if OF_ID_TOKENS.contains(&claim.as_str()) {
        let expected = "expected a claim that only access tokens have, or the header's `typ`";
        problems.note(node, format_args!("found the claim `{claim}`, which ID tokens may have as well, {expected}"));
    }
}
