//! `authz token`: tokens of Cognito's shape from a key that nobody keeps, for work on one's own machine.

use super::holder::HolderArgs;
use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::ValueEnum;
use cognito_authorizer::jwks::{Algorithms, KeySet};
use permissions::questions::Caller;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz token --jwks jwks.json --scopes orders/read
  authz token --jwks jwks.json --kind id --groups staff --claim custom:tenant_id=acme

The token goes to standard output, its public key is added to the key set, and its private key is forgotten. Settings that
accept it: ISSUER=http://localhost:9229/local_1, APP_CLIENT_ID=local, JWKS_FILE=jwks.json.")]
pub struct Args {
    /// The key set that the token's public key is added to; it is made if there is none.
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
    /// The issuer. Those of Amazon Cognito are refused.
    #[arg(long, value_name = "ISSUER", default_value = "http://localhost:9229/local_1")]
    issuer: String,
    /// The app client.
    #[arg(long, value_name = "ID", default_value = "local")]
    client: String,
    /// The kind of token.
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// How long it is good, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    lifetime: u64,
    #[command(flatten)]
    holder: HolderArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// An access token.
    #[default]
    Access,
    /// An ID token.
    Id,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    if is_cognitos(&args.issuer) {
        let problem =
            "found an issuer of Amazon Cognito, expected one of your own, such as `http://localhost:9229/local_1`";
        return Err(Failure::Usage(problem.to_owned()));
    }
    let mut keys = keys(&args.jwks)?;
    let unsigned = |_: Unspecified| Failure::file(&args.jwks, "no key can be made, or signed with, on this machine");
    let (key, jwk, id) = made().map_err(unsigned)?;
    let claims = claims(args, &args.holder.caller()?, &uuid().map_err(unsigned)?);
    let token = signed(&key, &json!({ "kid": id, "alg": "RS256" }), &claims).map_err(unsigned)?;
    keys.push(jwk);
    let text = format!("{:#}\n", json!({ "keys": keys }));
    // What the function would not read must not be left for it to find.
    KeySet::parse(text.as_bytes(), Algorithms::RS256).map_err(|error| Failure::file(&args.jwks, error))?;
    std::fs::write(&args.jwks, text).map_err(|error| Failure::file(&args.jwks, error))?;
    output.print(&format!("{token}\n"))?;
    Ok(Outcome::Holds)
}

/// Could a function that is deployed trust it? All of Amazon's hosts are refused, whatever the partition.
fn is_cognitos(issuer: &str) -> bool {
    let issuer = issuer.to_ascii_lowercase();
    issuer.contains("amazonaws") || issuer.contains("amazoncognito") || issuer.contains("cognito-idp")
}

/// The keys that the file has already.
fn keys(file: &Path) -> Result<Vec<Value>, Failure> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::file(file, error)),
    };
    let set: Value = serde_json::from_str(&text).map_err(|error| Failure::file(file, error))?;
    let keys = set.get("keys").and_then(Value::as_array).cloned();
    keys.ok_or_else(|| Failure::file(file, "found no member `keys`, expected a key set"))
}

/// A key pair, its public half as Cognito publishes it, and its id.
fn made() -> Result<(KeyPair, Value, String), Unspecified> {
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    let id = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let public = pair.public_key();
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    let jwk = json!({ "kid": id, "kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": e });
    Ok((pair, jwk, id))
}

/// A compact JWS (RFC 7515 section 3.1).
fn signed(key: &KeyPair, header: &Value, claims: &Value) -> Result<String, Unspecified> {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The claims that Cognito writes, and over them those that were asked for (Cognito Developer Guide, "Understanding the
/// access token" and "Understanding the identity (ID) token").
fn claims(args: &Args, asked: &Caller, unique: &str) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let mut claims = json!({
        "sub": unique, "iss": args.issuer, "jti": unique, "origin_jti": unique,
        "auth_time": now, "iat": now, "exp": now.saturating_add(args.lifetime),
    });
    let of_kind = match args.kind {
        Kind::Access => json!({
            "token_use": "access", "client_id": args.client, "username": unique, "version": 2, "scope": "",
        }),
        Kind::Id => json!({ "token_use": "id", "aud": args.client, "cognito:username": unique }),
    };
    for more in [of_kind.as_object(), Some(asked.claims())].into_iter().flatten() {
        add(&mut claims, more);
    }
    claims
}

fn add(claims: &mut Value, more: &Map<String, Value>) {
    if let Some(claims) = claims.as_object_mut() {
        claims.extend(more.clone());
    }
}

fn random<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(bytes)
}

/// A random UUID (RFC 9562 section 5.4).
fn uuid() -> Result<String, Unspecified> {
    let random = u128::from_be_bytes(random::<16>()?);
    // The version, 4, and the variant, binary 10.
    let number = random & !(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let part = |shift: u32, bits: u32| number >> shift & ((1 << bits) - 1);
    let (high, middle, version, variant, node) = (part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48));
    Ok(format!("{high:08x}-{middle:04x}-{version:04x}-{variant:04x}-{node:012x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_that_a_deployed_function_could_trust_are_refused() {
        for (issuer, refused) in [
            ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", true),
            ("https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", true),
            ("https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEfGhI", true),
            ("https://COGNITO-IDP.eu-west-1.AMAZONAWS.com/eu-west-1_AbCdEfGhI", true),
            ("https://auth.example.auth.eu-west-1.amazoncognito.com", true),
            ("http://localhost:9229/local_1", false),
            ("https://issuer.example", false),
        ] {
            assert_eq!(is_cognitos(issuer), refused, "{issuer}");
        }
    }

    #[test]
    fn a_subject_is_a_random_uuid_of_version_4() {
        let uuid = uuid().unwrap();
        let parts: Vec<&str> = uuid.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{uuid}");
        assert_ne!(uuid, super::uuid().unwrap());
    }
}
