//! What the issuers' document may say.

use super::*;
use serde_json::{Value, json};

fn document(entries: &Value) -> String {
    json!({"issuers": entries}).to_string()
}

fn read(entry: &Value) -> IssuerEntry {
    parse(document(&json!([entry])).as_bytes()).unwrap().remove(0)
}

fn problems(entries: &Value) -> Vec<String> {
    let invalid = parse(document(entries).as_bytes()).unwrap_err();
    invalid.problems().iter().map(|problem| problem.message.clone()).collect()
}

/// A good entry of this kind, with changes: `null` takes a member away.
fn entry(kind: &str, changes: &Value) -> Value {
    let mut entry = match kind {
        "cognito" => json!({"userPool": "eu-west-1_AbC", "clients": ["client1"]}),
        "auth0" => json!({"issuer": "https://acme.eu.auth0.com/", "audiences": ["https://api.example.com"]}),
        "okta" => json!({"issuer": "https://acme.okta.com/oauth2/default", "audiences": ["api://default"]}),
        "entra" => json!({"tenant": TENANT, "version": 1, "audiences": ["api://orders"]}),
        "keycloak" => json!({"issuer": "https://id.example.com/realms/r", "audiences": ["orders"]}),
        _ => json!({"issuer": "https://id.example.com/tenant", "audiences": ["orders"]}),
    };
    entry["name"] = json!("one");
    entry["kind"] = json!(kind);
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(entry.as_object_mut().unwrap().remove(name)),
            value => entry[name] = value.clone(),
        }
    }
    entry
}

const TENANT: &str = "6fa9e1b2-0000-4111-8222-333344445555";

#[test]
fn an_entry_takes_over_what_its_kind_documents() {
    let value = |claim: &str, value: &str| Mark::Value { claim: claim.to_owned(), values: vec![value.to_owned()] };
    let claim = |claim: &str| Mark::Claim(claim.to_owned());
    for (kind, changes, client, access, id, scopes, groups) in [
        (
            "cognito",
            json!({}),
            "client_id",
            value("token_use", "access"),
            Some(value("token_use", "id")),
            "scope",
            Some("cognito:groups"),
        ),
        ("auth0", json!({}), "azp", claim("scope"), None, "scope", None),
        ("okta", json!({}), "cid", claim("cid"), None, "scp", Some("groups")),
        ("entra", json!({}), "appid", claim("appid"), None, "scp", Some("groups")),
        ("entra", json!({"version": 2}), "azp", claim("azp"), None, "scp", Some("groups")),
        ("keycloak", json!({}), "azp", value("typ", "Bearer"), Some(value("typ", "ID")), "scope", Some("groups")),
        ("oidc", json!({}), "client_id", Mark::HeaderType(vec!["at+jwt".to_owned()]), None, "scope", Some("groups")),
    ] {
        let read = read(&entry(kind, &changes));
        assert_eq!((read.kind, read.client_claim.as_str(), &read.access), (kind, client, &access), "{kind}");
        assert_eq!(
            (&read.id, read.scopes.as_str(), read.algorithms.as_slice()),
            (&id, scopes, ["RS256".to_owned()].as_slice())
        );
        assert_eq!(read.groups, groups.map(|claim| vec![claim.to_owned()]), "{kind}");
        assert_eq!(read.token_uses, [TokenUse::Access], "{kind}");
    }
}

#[test]
fn an_entry_knows_its_issuers_and_where_their_keys_are() {
    let discovered = |documents: &[&str]| KeyPlace::Discovered(documents.iter().map(ToString::to_string).collect());
    let cognito = [
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC",
        "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC",
    ];
    let sts = format!("https://sts.windows.net/{TENANT}/");
    let login = format!("https://login.microsoftonline.com/{TENANT}");
    let (v1, v2) =
        (format!("{login}/.well-known/openid-configuration"), format!("{login}/v2.0/.well-known/openid-configuration"));
    for (kind, changes, issuers, keys) in [
        ("cognito", json!({}), cognito.to_vec(), KeyPlace::BelowIssuer),
        (
            "auth0",
            json!({}),
            vec!["https://acme.eu.auth0.com/"],
            discovered(&[
                "https://acme.eu.auth0.com/.well-known/openid-configuration",
                "https://acme.eu.auth0.com/.well-known/oauth-authorization-server",
            ]),
        ),
        ("entra", json!({}), vec![sts.as_str()], discovered(&[&v1])),
        ("entra", json!({"version": 2}), vec![&format!("{login}/v2.0")], discovered(&[&v2])),
        (
            "oidc",
            json!({}),
            vec!["https://id.example.com/tenant"],
            discovered(&[
                "https://id.example.com/tenant/.well-known/openid-configuration",
                "https://id.example.com/.well-known/oauth-authorization-server/tenant",
            ]),
        ),
        (
            "oidc",
            json!({"issuer": "https://id.example.com:8443/a/b/"}),
            vec!["https://id.example.com:8443/a/b/"],
            discovered(&[
                "https://id.example.com:8443/a/b/.well-known/openid-configuration",
                "https://id.example.com:8443/.well-known/oauth-authorization-server/a/b",
            ]),
        ),
        (
            "oidc",
            json!({"jwksUri": "https://keys.example.com/k?v=1"}),
            vec!["https://id.example.com/tenant"],
            KeyPlace::At("https://keys.example.com/k?v=1".to_owned()),
        ),
        (
            "oidc",
            json!({"issuer": "any-text", "jwksUri": "https://keys.example.com/k"}),
            vec!["any-text"],
            KeyPlace::At("https://keys.example.com/k".to_owned()),
        ),
    ] {
        let read = read(&entry(kind, &changes));
        assert_eq!(
            (read.issuers.iter().map(String::as_str).collect::<Vec<_>>(), read.keys),
            (issuers, keys),
            "{kind} {changes}"
        );
    }
}

#[test]
fn what_an_entry_writes_counts_instead_of_its_kinds_preset() {
    let read = read(&entry(
        "oidc",
        &json!({
            "algorithms": ["ES256", "EdDSA"], "clients": {"claim": "azp", "values": ["c1", "c2"]}, "tokenUse": ["access", "id"],
            "accessToken": {"claim": "typ", "values": ["Bearer", "Access"]}, "idToken": {"claim": "nonce"},
            "scopes": {"claim": "permissions"}, "groups": {"path": ["realm_access", "roles"]}
        }),
    ));
    assert_eq!(read.algorithms, ["ES256", "EdDSA"]);
    assert_eq!((read.client_claim.as_str(), read.clients.unwrap()), ("azp", vec!["c1".to_owned(), "c2".to_owned()]));
    assert_eq!(read.token_uses, [TokenUse::Access, TokenUse::Id]);
    assert_eq!(
        read.access,
        Mark::Value { claim: "typ".to_owned(), values: vec!["Bearer".to_owned(), "Access".to_owned()] }
    );
    assert_eq!((read.id, read.scopes.as_str()), (Some(Mark::Claim("nonce".to_owned())), "permissions"));
    assert_eq!(read.groups.unwrap(), ["realm_access", "roles"]);
}

#[test]
fn what_cannot_work_is_said_with_the_way_out() {
    for (kind, changes, expected) in [
        (
            "okta",
            json!({"issuer": "https://acme.okta.com"}),
            "only Okta can verify its access tokens. Expected a custom authorization server",
        ),
        ("okta", json!({"issuer": "https://acme.okta.com/oauth2/default/"}), "expected no slash at its end"),
        ("auth0", json!({"issuer": "https://acme.eu.auth0.com"}), "expected a slash at its end"),
        ("auth0", json!({"audiences": null}), "without an audience Auth0 issues opaque tokens"),
        ("keycloak", json!({"issuer": "https://id.example.com/realms/r/"}), "expected no slash at its end"),
        ("keycloak", json!({"audiences": ["account"]}), "add an audience mapper for this API"),
        ("entra", json!({"tenant": "common"}), "stands for many tenants"),
        ("entra", json!({"tenant": "organizations"}), "stands for many tenants"),
        ("entra", json!({"tenant": "acme.onmicrosoft.com"}), "expected the tenant's id, a GUID"),
        ("entra", json!({"version": null}), "found no member `version`"),
        ("entra", json!({"version": 3}), "found the number `3`, expected 1 or 2"),
        ("oidc", json!({"issuer": "https://login.microsoftonline.com/common/v2.0"}), "stands for many tenants"),
        ("oidc", json!({"issuer": "https://accounts.google.com"}), "found Google with access tokens, which are opaque"),
        ("cognito", json!({"userPool": "evil.example/x_a"}), "expected the id of a user pool"),
        ("cognito", json!({"clients": null}), "found neither `clients` nor `audiences`"),
        ("oidc", json!({"issuer": "http://id.example.com"}), "expected an https URL"),
        ("oidc", json!({"issuer": "https://id.example.com/?a"}), "expected an https URL"),
        ("oidc", json!({"issuer": "https://a@id.example.com"}), "expected an https URL"),
        ("oidc", json!({"jwksUri": "http://keys.example.com"}), "expected an https URL, or an http URL on loopback"),
        (
            "oidc",
            json!({"jwksUri": "http://localhost.evil.example/k"}),
            "expected an https URL, or an http URL on loopback",
        ),
    ] {
        let found = problems(&json!([entry(kind, &changes)]));
        assert_eq!(found.len(), 1, "{kind} {changes}: {found:?}");
        assert!(found[0].contains(expected), "{kind} {changes}: {found:?}");
    }
}

#[test]
fn an_entry_that_is_not_bound_to_this_api_or_cannot_tell_its_tokens_apart_is_refused() {
    let with = |changes: Value| entry("oidc", &changes);
    for (name, found, expected) in [
        ("no audience", with(json!({"audiences": null})), "found no member `audiences`"),
        (
            "no audience, with clients",
            with(json!({"audiences": null, "clients": ["c"]})),
            "found no member `audiences`",
        ),
        ("an empty list", with(json!({"audiences": []})), "found an empty list"),
        ("a star", with(json!({"audiences": ["*"]})), "the audience of every API"),
        ("an empty audience", with(json!({"audiences": [""]})), "found an empty text"),
        ("every client", with(json!({"clients": ["*"]})), "leave `clients` out"),
        ("no client", with(json!({"clients": []})), "found an empty list"),
        ("an ID token without clients", with(json!({"tokenUse": ["access", "id"]})), "found no ids of clients"),
        (
            "an ID token with a claim alone",
            with(json!({"tokenUse": ["access", "id"], "clients": {"claim": "azp"}})),
            "found no ids of clients",
        ),
        (
            "one text for both",
            with(json!({"tokenUse": ["access", "id"], "clients": ["orders"]})),
            "an ID token would pass for an access token",
        ),
        ("an audience for ID tokens", with(json!({"tokenUse": ["id"], "clients": ["c"]})), "`tokenUse` has none"),
        ("a claim of ID tokens", with(json!({"accessToken": {"claim": "azp"}})), "ID tokens may have as well"),
        ("a type of ID tokens", with(json!({"accessToken": {"typ": ["JWT"]}})), "which ID tokens have as well"),
        (
            "one mark for both",
            with(json!({"accessToken": {"claim": "x"}, "idToken": {"claim": "x"}})),
            "tells an access token as well",
        ),
        ("no mark", with(json!({"accessToken": {}})), "expected `typ`, or `claim` and `values`"),
        (
            "two marks",
            with(json!({"accessToken": {"typ": ["at+jwt"], "claim": "x"}})),
            "expected `typ`, or `claim` and `values`",
        ),
        ("a secret", with(json!({"algorithms": ["HS256"]})), "found `HS256`, expected `RS256`"),
        ("no signature", with(json!({"algorithms": ["none"]})), "found `none`, expected `RS256`"),
        ("no algorithm", with(json!({"algorithms": []})), "found an empty list"),
        (
            "two claims for scopes",
            with(json!({"scopes": {"claim": ["a", "b"]}})),
            "found a list, expected the name of a claim",
        ),
        (
            "groups by two ways",
            with(json!({"groups": {"claim": "a", "path": ["b"]}})),
            "expected either `claim` or `path`",
        ),
        ("an unknown member", with(json!({"audience": ["a"]})), "did you mean `audiences`?"),
        ("another kind's member", with(json!({"userPool": "eu-west-1_AbC"})), "which only cognito has"),
        ("an unknown kind", with(json!({"kind": "octa"})), "did you mean `okta`?"),
        ("a name with a bar", with(json!({"name": "a|b"})), "expected a name of ASCII letters"),
    ] {
        let found = problems(&json!([found]));
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].contains(expected), "{name}: {found:?}");
    }
    for (name, good) in [
        (
            "ID tokens of Google's",
            with(
                json!({"issuer": "https://accounts.google.com", "tokenUse": ["id"], "clients": ["c"], "audiences": null}),
            ),
        ),
        ("a client's claim alone", with(json!({"clients": {"claim": "azp"}}))),
        ("Entra's own mark, written out", entry("entra", &json!({"version": 2, "accessToken": {"claim": "azp"}}))),
        (
            "Cognito bound to a resource",
            entry("cognito", &json!({"clients": null, "audiences": ["https://api.example.com"]})),
        ),
        ("loopback", with(json!({"issuer": "http://127.0.0.1:8080/realms/r"}))),
    ] {
        assert!(parse(document(&json!([good])).as_bytes()).is_ok(), "{name}");
    }
}

#[test]
fn an_issuer_and_a_name_stand_in_one_entry_alone() {
    let named = |name: &str, changes: Value| {
        let mut entry = entry("oidc", &changes);
        entry["name"] = json!(name);
        entry
    };
    let other = json!({"issuer": "https://other.example.com"});
    assert!(parse(document(&json!([named("a", json!({})), named("b", other.clone())])).as_bytes()).is_ok());
    // Byte for byte: a slash or a capital makes another issuer.
    for near in ["https://id.example.com/tenant/", "https://id.example.com/Tenant"] {
        let two = json!([named("a", json!({})), named("b", json!({"issuer": near}))]);
        assert!(parse(document(&two).as_bytes()).is_ok(), "{near}");
    }
    let found = problems(&json!([named("a", json!({})), named("b", json!({}))]));
    assert!(
        found[0].contains("found the issuer `https://id.example.com/tenant` at `issuers[0]` and at `issuers[1]`"),
        "{found:?}"
    );
    let found = problems(&json!([named("a", json!({})), named("a", other)]));
    assert!(found[0].contains("found the name `a` at `issuers[0]` and at `issuers[1]`"), "{found:?}");
    let pool = json!({"name": "b", "kind": "oidc", "audiences": ["x"], "issuer": "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"});
    assert!(problems(&json!([entry("cognito", &json!({})), pool]))[0].contains("found the issuer"));
}

#[test]
fn all_problems_are_told_at_once_each_with_its_place() {
    let text = r#"{"issuers": [
        {"name": "a", "kind": "okta", "issuer": "https://acme.okta.com", "audiences": []},
        {"name": "b", "kind": "entra", "tenant": "common", "audiences": ["api://x"]},
        {"name": "c", "kind": "cognito", "userPool": "eu-west-1_A", "clients": ["x"], "clients": ["y"]}
    ], "extra": 1}"#;
    let invalid = parse(text.as_bytes()).unwrap_err();
    let places: Vec<String> =
        invalid.problems().iter().map(|problem| problem.place.as_ref().unwrap().to_string()).collect();
    assert_eq!(places, ["issuers[0].issuer", "issuers[0].audiences", "issuers[1]", "issuers[2].clients", "extra"]);
    for (document, expected) in [
        ("{}", "found no member `issuers`"),
        (r#"{"issuers": []}"#, "found an empty list"),
        ("[]", "expected an object"),
    ] {
        assert!(parse(document.as_bytes()).unwrap_err().to_string().contains(expected), "{document}");
    }
}

#[test]
fn every_preset_names_algorithms_that_there_are() {
    assert!(PRESETS.iter().all(|preset| preset.algorithms.iter().all(|name| ALGORITHMS.contains(name))));
}

/// The same documents that `issuers.schema.json` is asked about.
#[test]
fn documents_are_judged_as_by_the_schema() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("documents.json")).unwrap();
    for case in &cases {
        let found = parse(case["document"].to_string().as_bytes());
        assert_eq!(json!(found.is_ok()), case["usable"], "{}: {found:?}", case["name"]);
    }
    assert!(cases.len() >= 70);
}

/// The table in the documentation, made of the presets.
#[test]
fn the_documentation_shows_every_preset() {
    let mark = |mark: PresetMark| match mark {
        PresetMark::HeaderType(media_type) => format!("header `typ` = `{media_type}`"),
        PresetMark::Value(claim, value) => format!("claim `{claim}` = `{value}`"),
        PresetMark::Claim(claim) => format!("claim `{claim}`"),
    };
    let row = |preset: &Preset| {
        let version = preset.version.map(|version| format!(", version {version}")).unwrap_or_default();
        let groups = preset.groups.map_or("none".to_owned(), |claim| format!("`{claim}`"));
        let id = preset.id.map_or("the rest".to_owned(), mark);
        let (kind, algorithms, access) = (preset.kind, preset.algorithms.join(", "), mark(preset.access));
        format!(
            "| `{kind}`{version} | {algorithms} | {access} | {id} | `{}` | `{}` | {groups} |",
            preset.client, preset.scopes
        )
    };
    let document = include_str!("../../../../docs/issuers.md");
    let table =
        document.split("<!-- presets: checked by a test -->").nth(1).unwrap().split("<!-- end -->").next().unwrap();
    let rows: Vec<&str> = table.trim().lines().skip(2).collect();
    assert_eq!(rows, PRESETS.iter().map(row).collect::<Vec<_>>());
}
