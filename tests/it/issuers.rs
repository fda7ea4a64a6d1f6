//! Several issuers: whose token is it, and what counts for it. The entries come from a file, as at start.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::authorizer::{Authorizer, Decision, Refusal, TrustedIssuer};
use cognito_authorizer::config::{Config, ConfigError, Files, IssuerConfig, KeyPlace};
use cognito_authorizer::documents::{ActiveDocument, Documents};
use cognito_authorizer::jwks::{Algorithm, BURST, FetchError, KeyCache, REFILL_SECONDS};
use cognito_authorizer::token::InvalidToken;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use testkit::keys::{Key, set_of};
use testkit::{LIMITS, MAX_AGE, NOW, ScriptedSource, decide, gateway, token_event};

const AUDIENCE: &str = "https://api.example.com";
const SUBJECT: &str = "00000000-1111-4222-8333-444444444444";
const TENANT: &str = "6fa9e1b2-0000-4111-8222-333344445555";

/// All keys have one id: what it says must not matter.
const KEY_ID: &str = "key-1";

/// An issuer as its documentation has it: its entry, its key, and one of its access tokens.
struct Party {
    name: &'static str,
    entry: Value,
    key: Key,
    header: Value,
    claims: Value,
}

fn times(claims: Value) -> Value {
    let mut claims = claims;
    claims["sub"] = json!(SUBJECT);
    claims["iat"] = json!(1_699_999_000);
    claims["exp"] = json!(1_700_003_600);
    claims
}

fn party(name: &'static str, algorithm: Algorithm, entry: Value, header: Value, claims: Value) -> Party {
    let mut entry = entry;
    entry["name"] = json!(name);
    Party { name, entry, key: Key::new(algorithm, KEY_ID), header, claims: times(claims) }
}

/// Each claim is one that the kind's documentation has.
///
/// - Cognito Developer Guide, "Understanding the access token".
/// - Auth0 docs, "Access Token Profiles", "Auth0 profile sample token".
/// - Okta developer docs, "OpenID Connect & OAuth 2.0 API", "Access token payload".
/// - Microsoft identity platform, "Access token claims reference".
/// - Keycloak, as `org.keycloak.representations.AccessToken` is written.
/// - RFC 9068 section 2.2, figure 2.
static PARTIES: LazyLock<Vec<Party>> = LazyLock::new(|| {
    let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    vec![
        party(
            "staff",
            Algorithm::Rs256,
            json!({"kind": "cognito", "userPool": "eu-west-1_TestPool1", "clients": ["client0123456789"]}),
            json!({}),
            json!({"iss": testkit::POOL, "client_id": "client0123456789", "token_use": "access", "scope": "orders/read",
                "aud": AUDIENCE, "cognito:groups": ["admin"], "username": "alice", "version": 2}),
        ),
        party(
            "auth0",
            Algorithm::Rs256,
            json!({"kind": "auth0", "issuer": "https://acme.eu.auth0.com/", "audiences": [AUDIENCE]}),
            json!({"typ": "JWT"}),
            json!({"iss": "https://acme.eu.auth0.com/", "aud": [AUDIENCE, "https://acme.eu.auth0.com/userinfo"],
                "azp": "client0123456789", "scope": "openid orders/read"}),
        ),
        party(
            "okta",
            Algorithm::Rs256,
            json!({"kind": "okta", "issuer": "https://acme.okta.com/oauth2/default", "audiences": [AUDIENCE]}),
            json!({}),
            json!({"ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
                "iss": "https://acme.okta.com/oauth2/default", "aud": AUDIENCE, "cid": "client0123456789",
                "uid": "00ujmkLgagxeRrAg20g3", "scp": ["openid", "orders/read"], "groups": ["admin"]}),
        ),
        party(
            "entra1",
            Algorithm::Rs256,
            json!({"kind": "entra", "tenant": TENANT, "version": 1, "audiences": [AUDIENCE]}),
            json!({"typ": "JWT", "x5t": "key-1"}),
            json!({"iss": format!("https://sts.windows.net/{TENANT}/"), "aud": AUDIENCE, "appid": "client0123456789",
                "appidacr": "0", "scp": "orders/read", "groups": ["admin"], "tid": TENANT, "ver": "1.0"}),
        ),
        party(
            "entra2",
            Algorithm::Rs256,
            json!({"kind": "entra", "tenant": TENANT, "version": 2, "audiences": [AUDIENCE]}),
            json!({"typ": "JWT"}),
            json!({"iss": v2, "aud": AUDIENCE, "azp": "client0123456789", "azpacr": "0", "scp": "orders/read",
                "groups": ["admin"], "tid": TENANT, "ver": "2.0"}),
        ),
        party(
            "keycloak",
            Algorithm::Ps256,
            json!({"kind": "keycloak", "issuer": "https://id.example.com/realms/r", "audiences": [AUDIENCE],
                "algorithms": ["PS256"], "groups": {"path": ["realm_access", "roles"]}}),
            json!({"typ": "JWT"}),
            json!({"iss": "https://id.example.com/realms/r", "aud": [AUDIENCE, "account"], "typ": "Bearer",
                "azp": "client0123456789", "scope": "openid orders/read", "realm_access": {"roles": ["admin"]}}),
        ),
        party(
            "rfc9068",
            Algorithm::Es256,
            json!({"kind": "oidc", "issuer": "https://as.example.com/", "audiences": [AUDIENCE],
                "algorithms": ["ES256"], "clients": ["client0123456789"]}),
            json!({"typ": "at+jwt"}),
            json!({"iss": "https://as.example.com/", "aud": AUDIENCE, "client_id": "client0123456789",
                "scope": "openid orders/read", "groups": ["admin"], "jti": "dbe39bf3a3ba4238a513f51d6e1691c4"}),
        ),
        party(
            "edwards",
            Algorithm::EdDsa,
            json!({"kind": "oidc", "issuer": "https://ed.example.com", "audiences": [AUDIENCE],
                "algorithms": ["EdDSA"], "scopes": {"claim": "permissions"}, "accessToken": {"claim": "permissions"}}),
            json!({}),
            json!({"iss": "https://ed.example.com", "aud": [AUDIENCE], "permissions": ["orders/read"],
                "groups": ["admin"]}),
        ),
    ]
});

/// The document with these entries, read as at start.
fn load(entries: &[&Value]) -> Result<Vec<IssuerConfig>, ConfigError> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = tempfile_in(folder, &json!({"issuers": entries}).to_string());
    let variable = |name: &str| (name == "ISSUERS_FILE").then(|| file.clone());
    Config::from_vars(variable)?.issuers.load(&Files::new(None, folder.to_owned()))
}

fn tempfile_in(folder: &Path, text: &str) -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("issuers-{}-{number}.json", std::process::id());
    std::fs::write(folder.join(&name), text).unwrap();
    name
}

/// An authorizer for these entries, each with the key source that `keys` gives for its name.
pub(crate) fn authorizer(entries: &[&Value], permissions: &Value, keys: impl Fn(&str) -> ScriptedSource) -> Authorizer {
    let document = ActiveDocument::parse(permissions.to_string().as_bytes(), LIMITS).unwrap();
    let trusted = |configured: IssuerConfig| {
        let source = keys(configured.verifier.entry.as_deref().unwrap());
        let cache = KeyCache::new(Box::new(source), configured.verifier.algorithms, MAX_AGE, Box::new(|_| ()));
        TrustedIssuer { issuer: configured.issuer, keys: Arc::new(cache), verifier: configured.verifier }
    };
    Authorizer {
        issuers: load(entries).unwrap().into_iter().map(trusted).collect(),
        documents: Documents::fixed(document),
    }
}

fn publishing(key: &Key) -> ScriptedSource {
    ScriptedSource::new([Ok(set_of(&[key]))])
}

fn party_of(name: &str) -> &'static Party {
    PARTIES.iter().find(|party| party.name == name).unwrap()
}

/// All parties, each with its own key.
fn everybody(permissions: &Value) -> Authorizer {
    let entries: Vec<&Value> = PARTIES.iter().map(|party| &party.entry).collect();
    authorizer(&entries, permissions, |name| publishing(&party_of(name).key))
}

fn by_scope() -> Value {
    json!({"permissions": [{"anyIssuer": true, "scopes": ["orders/read"], "allow": ["GET /orders"]}]})
}

impl Party {
    fn token(&self) -> String {
        self.key.token(&self.header, &self.claims)
    }

    /// A token with changes to its claims: `null` takes one away.
    fn with(&self, changes: &Value) -> String {
        self.key.token(&self.header, &changed(&self.claims, changes))
    }
}

fn changed(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

async fn outcome(authorizer: &Authorizer, token: &str) -> Result<Decision, InvalidToken> {
    match decide(authorizer, token, "GET/orders", NOW).await {
        Ok(decision) => Ok(decision),
        Err(Refusal::InvalidToken(error)) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_token_is_its_own_issuers_and_may_do_what_its_scopes_say() {
    let authorizer = everybody(&by_scope());
    for party in PARTIES.iter() {
        let decision = outcome(&authorizer, &party.token()).await.unwrap();
        assert_eq!((decision.claims.entry(), decision.permitted), (Some(party.name), true), "{}", party.name);
    }
}

/// Every token of one entry put to every other, which publishes the first one's key under the same id. Subject and audience
/// are the same everywhere.
#[tokio::test]
async fn a_token_passes_by_its_own_entry_alone_whatever_keys_others_publish() {
    for verifying in PARTIES.iter() {
        for signing in PARTIES.iter() {
            let authorizer = authorizer(&[&verifying.entry], &by_scope(), |_| publishing(&signing.key));
            let found = outcome(&authorizer, &signing.token()).await.map(|decision| decision.permitted);
            let name = format!("a token of {} at {}", signing.name, verifying.name);
            match found {
                Ok(permitted) => assert!(permitted && signing.name == verifying.name, "{name}"),
                // Which algorithms there are is asked of all issuers together, before it is known whose token it is.
                Err(InvalidToken::IssuerUnknown | InvalidToken::AlgorithmNotAllowed) => {
                    assert_ne!(signing.name, verifying.name, "{name}");
                }
                Err(other) => panic!("{name}: {other:?}"),
            }
        }
    }
}

/// The same among all entries: whoever signs with one issuer's key in the name of another.
#[tokio::test]
async fn a_key_vouches_for_no_other_issuer() {
    let authorizer = everybody(&by_scope());
    for named in PARTIES.iter() {
        for signing in PARTIES.iter() {
            let token = signing.key.token(&named.header, &named.claims);
            let found = outcome(&authorizer, &token).await.map(|decision| decision.permitted);
            let name = format!("signed by {} in the name of {}", signing.name, named.name);
            match found {
                Ok(permitted) => assert!(permitted && signing.name == named.name, "{name}"),
                Err(InvalidToken::SignatureInvalid | InvalidToken::AlgorithmNotAllowed) => {
                    assert_ne!(signing.name, named.name, "{name}");
                }
                Err(other) => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_issuer_is_compared_byte_for_byte() {
    let authorizer = everybody(&by_scope());
    for party in PARTIES.iter() {
        let issuer = party.claims["iss"].as_str().unwrap();
        let turned = issuer.strip_suffix('/').map_or_else(|| format!("{issuer}/"), ToOwned::to_owned);
        for other in [turned, issuer.replace("https", "HTTPS"), issuer.replace('.', "%2e"), format!(" {issuer}")] {
            let found = outcome(&authorizer, &party.with(&json!({"iss": other}))).await.map(|_| ());
            assert_eq!(found, Err(InvalidToken::IssuerUnknown), "{other}");
        }
        let found = outcome(&authorizer, &party.with(&json!({"iss": [issuer]}))).await.map(|_| ());
        assert_eq!(found, Err(InvalidToken::IssuerUnknown));
    }
}

#[tokio::test]
async fn a_token_of_another_audience_client_or_kind_is_refused() {
    use InvalidToken::{ClaimMalformed, ClaimMissing, ClientUnknown, ResourceUnknown, UseNotAllowed};
    let authorizer = everybody(&by_scope());
    let missing = |claim| Err(ClaimMissing { claim });
    let malformed = |claim| Err(ClaimMalformed { claim });
    for (name, changes, expected) in [
        ("auth0", json!({"aud": "https://other.example.com"}), Err(ResourceUnknown)),
        (
            "auth0",
            json!({"aud": ["https://other.example.com", "https://acme.eu.auth0.com/userinfo"]}),
            Err(ResourceUnknown),
        ),
        ("auth0", json!({"aud": []}), missing("aud")),
        ("auth0", json!({"aud": null}), missing("aud")),
        ("auth0", json!({"aud": [AUDIENCE, 1]}), malformed("aud")),
        ("auth0", json!({"aud": format!("{AUDIENCE}/")}), Err(ResourceUnknown)),
        // An ID token: no scope, and the client's id as audience.
        ("auth0", json!({"scope": null, "aud": "client0123456789", "nonce": "n"}), Err(UseNotAllowed)),
        ("okta", json!({"cid": null, "aud": "client0123456789"}), Err(UseNotAllowed)),
        ("okta", json!({"scp": {"orders/read": true}}), malformed("scp")),
        ("okta", json!({"scp": "orders/read"}), Ok(true)),
        ("okta", json!({"scp": ["orders/read", 7]}), malformed("scp")),
        ("okta", json!({"scope": "orders/read", "scp": []}), Ok(false)),
        ("entra1", json!({"appid": null, "azp": "client0123456789"}), Err(UseNotAllowed)),
        ("entra2", json!({"azp": null, "appid": "client0123456789"}), Err(UseNotAllowed)),
        ("entra2", json!({"_claim_names": {"scp": "src1"}, "scp": null}), malformed("scp")),
        ("keycloak", json!({"typ": "ID"}), Err(UseNotAllowed)),
        ("keycloak", json!({"typ": "Refresh"}), Err(UseNotAllowed)),
        ("keycloak", json!({"typ": null}), missing("typ")),
        ("keycloak", json!({"aud": "account"}), Err(ResourceUnknown)),
        ("keycloak", json!({"realm_access": {"roles": "admin"}}), malformed("realm_access")),
        ("rfc9068", json!({"client_id": "another"}), Err(ClientUnknown)),
        ("rfc9068", json!({"client_id": null}), missing("client_id")),
        ("rfc9068", json!({"client_id": ["client0123456789"]}), malformed("client_id")),
        ("edwards", json!({"permissions": null}), Err(UseNotAllowed)),
        ("edwards", json!({"permissions": null, "scope": "orders/read"}), Err(UseNotAllowed)),
        ("staff", json!({"scope": ["orders/read"]}), malformed("scope")),
        ("staff", json!({"aud": ["a", "b"]}), Ok(true)),
    ] {
        let found = outcome(&authorizer, &party_of(name).with(&changes)).await.map(|decision| decision.permitted);
        assert_eq!(found, expected, "{name} {changes}");
    }
    let plain = party_of("rfc9068");
    for media_type in [json!("JWT"), json!("at+jwtx"), json!(["at+jwt"]), json!(null)] {
        let found = outcome(&authorizer, &plain.key.token(&json!({"typ": media_type}), &plain.claims)).await;
        assert_eq!(found.map(|_| ()), Err(UseNotAllowed), "{media_type}");
    }
}

#[tokio::test]
async fn an_id_token_passes_where_its_entry_names_them_and_carries_no_scopes() {
    let okta = party_of("okta");
    let mut entry = okta.entry.clone();
    entry["tokenUse"] = json!(["access", "id"]);
    entry["clients"] = json!(["client0123456789"]);
    let authorizer = authorizer(&[&entry], &by_scope(), |_| publishing(&okta.key));
    let id = |changes: Value| okta.with(&changed(&json!({"cid": null, "aud": "client0123456789"}), &changes));
    let decision = outcome(&authorizer, &id(json!({"nonce": "n"}))).await.unwrap();
    assert!(!decision.permitted, "scp in an ID token is no scope");
    for (name, changes, expected) in [
        ("another client", json!({"aud": "another"}), InvalidToken::ClientUnknown),
        ("two audiences", json!({"aud": ["client0123456789", "another"]}), InvalidToken::ClientUnknown),
        ("the API", json!({"aud": AUDIENCE}), InvalidToken::ClientUnknown),
        (
            "a logout token",
            json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}),
            InvalidToken::UseNotAllowed,
        ),
    ] {
        let found = outcome(&authorizer, &id(changes)).await.map(|_| ());
        assert_eq!(found, Err(expected), "{name}");
    }
}

#[tokio::test]
async fn permissions_are_for_the_issuers_and_clients_that_they_name() {
    let authorizer = everybody(&json!({"permissions": [
        {"issuers": ["okta", "entra2"], "groups": ["admin"], "allow": ["GET /orders"]},
        {"issuers": ["keycloak"], "clients": ["batch"], "groups": ["admin"], "allow": ["GET /orders"]},
        {"anyIssuer": true, "clients": ["client0123456789"], "groups": ["admin"], "allow": ["GET /me"]},
    ]}));
    for (name, changes, orders, me) in [
        ("okta", json!({}), true, true),
        ("okta", json!({"groups": ["Admin"]}), false, false),
        ("entra2", json!({}), true, true),
        ("entra1", json!({}), false, true),
        ("staff", json!({}), false, true),
        ("keycloak", json!({}), false, true),
        ("keycloak", json!({"azp": "batch"}), true, false),
        ("edwards", json!({}), false, false),
    ] {
        let token = party_of(name).with(&changes);
        for (method, expected) in [("GET/orders", orders), ("GET/me", me)] {
            let decision = decide(&authorizer, &token, method, NOW).await.unwrap();
            assert_eq!(decision.permitted, expected, "{name} {changes} {method}");
        }
    }
}

#[tokio::test]
async fn groups_that_were_left_out_open_nothing_and_shut_what_they_would() {
    let authorizer = everybody(&json!({"permissions": [
        {"anyIssuer": true, "scopes": ["orders/read"], "allow": ["GET /orders", "GET /me"]},
        {"anyIssuer": true, "groups": ["admin"], "allow": ["GET /admin"]},
        {"anyIssuer": true, "groups": ["suspended"], "deny": ["GET /orders"]},
        {"anyIssuer": true, "claims": {"groups": "suspended"}, "deny": ["GET /me"]},
    ]}));
    let overage =
        json!({"groups": null, "_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "x"}}});
    for (name, changes, expected) in [
        ("known", json!({}), [true, true, true]),
        ("suspended", json!({"groups": ["suspended"]}), [false, false, false]),
        ("left out", overage, [false, false, false]),
        ("left out, as the implicit flow says it", json!({"groups": null, "hasgroups": true}), [false, false, false]),
        ("in none", json!({"groups": null}), [true, true, false]),
    ] {
        let token = party_of("entra2").with(&changes);
        for (method, expected) in ["GET/orders", "GET/me", "GET/admin"].into_iter().zip(expected) {
            let decision = decide(&authorizer, &token, method, NOW).await.unwrap();
            assert_eq!(decision.permitted, expected, "{name} {method}");
            let policy = serde_json::to_value(&decision.policy.document).unwrap();
            let arn = format!("{}{method}", testkit::STAGE);
            assert_eq!(testkit::iam_allows(&policy, &arn), expected, "{name} {method}: {policy}");
        }
    }
}

#[tokio::test]
async fn a_subject_comes_with_its_issuer_where_there_are_several() {
    async fn answered(authorizer: Authorizer, party: &Party) -> Value {
        let response = gateway(authorizer).answer(&token_event(&party.token(), "GET/orders"), "request-1").await;
        serde_json::to_value(response.unwrap()).unwrap()
    }
    let okta = party_of("okta");
    let alone = |permissions: &Value| authorizer(&[&okta.entry], permissions, |_| publishing(&okta.key));
    let answer = answered(everybody(&by_scope()), okta).await;
    let expected = format!("okta|{SUBJECT}");
    assert_eq!((&answer["principalId"], &answer["context"]["sub"]), (&json!(expected), &json!(expected)));
    let answer = answered(alone(&by_scope()), okta).await;
    assert_eq!((&answer["principalId"], &answer["context"]["sub"]), (&json!(SUBJECT), &json!(SUBJECT)));
    let mut permissions = by_scope();
    permissions["context"] = json!({"issuer": "iss", "user": "sub"});
    let answer = answered(everybody(&permissions), okta).await;
    assert_eq!(answer["context"], json!({"issuer": "okta", "user": SUBJECT}));
}

#[tokio::test]
async fn one_issuers_outage_flood_or_bad_keys_touch_no_other() {
    let down = ScriptedSource::new([Err(FetchError::Connect)]);
    let bad = ScriptedSource::new([Ok("<html>".to_owned())]);
    let flooded = publishing(&party_of("entra1").key);
    let good = publishing(&party_of("entra2").key);
    let sources = [("auth0", &down), ("okta", &bad), ("entra1", &flooded), ("entra2", &good)];
    let entries: Vec<&Value> = sources.iter().map(|(name, _)| &party_of(name).entry).collect();
    let source = |name: &str| sources.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let authorizer = authorizer(&entries, &by_scope(), source);
    let flood = |number: u64| {
        let key = &party_of("entra1").key;
        let mut token: Vec<String> = party_of("entra1").token().split('.').map(ToOwned::to_owned).collect();
        token[0] =
            URL_SAFE_NO_PAD.encode(json!({"alg": key.algorithm.name(), "kid": format!("x{number}")}).to_string());
        token.join(".")
    };
    let seconds = 60;
    for second in 0..seconds {
        let now = NOW.plus_seconds(second);
        for number in 0..20 {
            let found = decide(&authorizer, &flood(20 * second + number), "GET/orders", now).await;
            assert!(matches!(found, Err(Refusal::InvalidToken(_))));
        }
        for name in ["auth0", "okta"] {
            let found = decide(&authorizer, &party_of(name).token(), "GET/orders", now).await;
            assert!(matches!(found, Err(Refusal::KeysUnavailable { .. })), "{name}: {found:?}");
        }
        for name in ["entra1", "entra2"] {
            assert!(decide(&authorizer, &party_of(name).token(), "GET/orders", now).await.unwrap().permitted, "{name}");
        }
    }
    let bound = usize::try_from(BURST + seconds / REFILL_SECONDS).unwrap();
    assert!(flooded.fetches() <= bound, "{}", flooded.fetches());
    assert!(down.fetches() <= 7 && bad.fetches() <= 7, "the backoff: {} {}", down.fetches(), bad.fetches());
    assert_eq!(good.fetches(), 1);
}

#[test]
fn entries_share_no_cache_and_a_pools_hosts_share_their_entry() {
    let entries: Vec<&Value> = PARTIES.iter().map(|party| &party.entry).collect();
    let loaded = load(&entries).unwrap();
    assert_eq!(loaded.len(), PARTIES.len() + 1);
    assert!(Arc::ptr_eq(&loaded[0].verifier, &loaded[1].verifier));
    for (one, other) in loaded.iter().skip(1).zip(loaded.iter().skip(2)) {
        assert!(!Arc::ptr_eq(&one.verifier, &other.verifier));
    }
    assert!(loaded.iter().skip(2).all(|configured| matches!(configured.keys, KeyPlace::Discovered(_))));
}

#[test]
fn a_file_that_cannot_be_used_says_everything_that_is_wrong_with_it() {
    let error =
        load(&[&json!({"name": "a", "kind": "okta", "issuer": "https://acme.okta.com"})]).unwrap_err().to_string();
    assert!(error.starts_with("`ISSUERS_FILE`: file `issuers-"), "{error}");
    assert!(error.contains("at `issuers[0]` (line 1") && error.contains("at `issuers[0].issuer` (line 1"), "{error}");
}
