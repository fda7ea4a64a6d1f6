//! Bytes that nobody signed are never believed; claims that were signed are believed if and only if they should be.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::jwks::{Algorithms, KeyId, KeySet, VerifyingKey};
use cognito_authorizer::token::{BearerToken, InvalidToken, Issuer, Scheme, UnverifiedToken, VerifiedClaims};
use testkit::{CLIENT, KEY, NOW, OTHER_KEY, POOL, access, key_set, verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

static PUBLISHED: LazyLock<Arc<VerifyingKey>> = LazyLock::new(|| {
    let set = KeySet::parse(key_set(&[&KEY]).as_bytes(), Algorithms::RS256).expect("a key set");
    set.find(&KeyId::new(KEY.id.to_owned())).expect("the key")
});

/// Two tokens that are good, then some that are not.
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    vec![
        KEY.token(&access(json!({}))),
        KEY.token(&access(json!({"cognito:groups": ["staff"], "sub": "another"}))),
        KEY.token(&access(json!({"exp": 1}))),
        KEY.token(&access(json!({"client_id": "another"}))),
        OTHER_KEY.token(&access(json!({}))),
    ]
});

static GOOD: LazyLock<Vec<BearerToken>> = LazyLock::new(|| {
    TOKENS.iter().take(2).map(|token| BearerToken::parse(token, Scheme::Optional).expect("a token")).collect()
});

fuzz_target!(|data: &[u8]| {
    match data {
        [b'r', text @ ..] => never_believed_unless_good(text),
        [b's', payload @ ..] => believed_as_it_should_be(payload),
        [_, which, edits @ ..] => {
            let token = &TOKENS[usize::from(*which) % TOKENS.len()];
            never_believed_unless_good(&bent(token.as_bytes().to_vec(), edits));
        }
        _ => {}
    }
});

fn believe(token: &BearerToken) -> Result<VerifiedClaims, InvalidToken> {
    verifier().verify(UnverifiedToken::parse(token, Algorithms::RS256)?, &Issuer::new(POOL.to_owned()), &PUBLISHED, NOW)
}

fn never_believed_unless_good(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    for scheme in [Scheme::Absent, Scheme::Optional] {
        if let Ok(token) = BearerToken::parse(text, scheme) {
            assert_eq!(believe(&token).is_ok(), GOOD.contains(&token), "{text}");
        }
    }
}

/// Edits of four bytes each: what, where (two bytes), and with which byte.
fn bent(mut token: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for edit in edits.chunks_exact(4).take(16) {
        let [what, high, low, byte] = [edit[0], edit[1], edit[2], edit[3]];
        let at = usize::from(u16::from_be_bytes([high, low])) % (token.len() + 1);
        match what % 8 {
            0 if at < token.len() => token[at] = byte,
            1 if at < token.len() => drop(token.remove(at)),
            2 => token.insert(at, byte),
            3 => token.truncate(at),
            4 if at < token.len() => token[at] ^= 1 << (byte % 8),
            5 => splice(&mut token, usize::from(high), usize::from(byte)),
            6 => token = inside(&token, usize::from(high), usize::from(low), byte),
            _ => {
                let by = at.min(token.len());
                token.rotate_left(by);
            }
        }
    }
    token
}

/// A part of another token in place of this one's.
fn splice(token: &mut Vec<u8>, part: usize, other: usize) {
    let other = TOKENS[other % TOKENS.len()].as_bytes();
    let mut parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    let part = part % parts.len();
    if let Some(theirs) = other.split(|byte| *byte == b'.').nth(part) {
        parts[part] = theirs;
        *token = parts.join(&b'.');
    }
}

/// The same change below the base64url, so that it stays well-formed.
fn inside(token: &[u8], part: usize, at: usize, byte: u8) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = token.split(|byte| *byte == b'.').map(<[u8]>::to_vec).collect();
    let part = part % parts.len();
    if let Ok(mut decoded) = URL_SAFE_NO_PAD.decode(&parts[part]) {
        match decoded.len() {
            0 => decoded.push(byte),
            length => decoded[at % length] = byte,
        }
        parts[part] = URL_SAFE_NO_PAD.encode(decoded).into_bytes();
    }
    parts.join(&b'.')
}

fn believed_as_it_should_be(payload: &[u8]) {
    let Ok(payload) = std::str::from_utf8(payload) else { return };
    // What a lax reader makes of it: the last of two members counts.
    let lax: Option<Value> = serde_json::from_str(payload).ok();
    let Some(lax) = lax.filter(Value::is_object) else {
        assert!(signed(payload).is_none(), "{payload}");
        return;
    };
    if let Some(claims) = signed(payload) {
        assert!(should_be_believed(&lax), "{payload}");
        assert_eq!(Some(claims.subject()), lax["sub"].as_str());
    }
    // Written anew, no member is there twice.
    let once = lax.to_string();
    if once.len() < 4096 {
        assert_eq!(signed(&once).is_some(), should_be_believed(&lax), "{once}");
    }
}

fn signed(payload: &str) -> Option<VerifiedClaims> {
    let token = KEY.sign(&json!({"alg": "RS256", "kid": KEY.id}).to_string(), payload);
    BearerToken::parse(&token, Scheme::Optional).and_then(|token| believe(&token)).ok()
}

/// The rules once more, on plain JSON: RFC 7519 and Cognito's documented types.
fn should_be_believed(claims: &Value) -> bool {
    const NOW_SECONDS: u64 = 1_700_000_000;
    let time = |name: &str| match claims.get(name) {
        None => Some(None),
        Some(value) => value.as_u64().map(Some),
    };
    let (Some(Some(exp)), Some(nbf), Some(iat)) = (time("exp"), time("nbf"), time("iat")) else { return false };
    let groups = match claims.get("cognito:groups") {
        None => true,
        Some(value) => value.as_array().is_some_and(|groups| groups.iter().all(Value::is_string)),
    };
    let in_time =
        exp > NOW_SECONDS && nbf.is_none_or(|nbf| nbf <= NOW_SECONDS) && iat.is_none_or(|iat| iat <= NOW_SECONDS + 300);
    in_time
        && groups
        && claims["iss"] == POOL
        && claims["token_use"] == "access"
        && claims["client_id"] == CLIENT
        && claims["sub"].as_str().is_some_and(|sub| !sub.is_empty())
        && claims.get("scope").is_none_or(Value::is_string)
}
