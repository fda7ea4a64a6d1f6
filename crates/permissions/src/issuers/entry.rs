//! One entry: an issuer, and which of its tokens are ours.

use super::identity::{self, Identity};
use super::preset::{Preset, preset};
use super::{IssuerEntry, Mark, TokenUse, reader};
use crate::document::{Node, Object, Problems, values};

const MEMBERS: [&str; 15] = [
    "name",
    "kind",
    "userPool",
    "issuer",
    "tenant",
    "version",
    "audiences",
    "clients",
    "tokenUse",
    "algorithms",
    "accessToken",
    "idToken",
    "scopes",
    "groups",
    "jwksUri",
];

/// Google's issuer (Google Identity, "OpenID Connect", "Discovery document").
const GOOGLE: &str = "https://accounts.google.com";

pub(super) fn read(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<IssuerEntry> {
    let object = Object::read(node, &MEMBERS, problems)?;
    for member in ["name", "kind"] {
        if !object.means(member) {
            problems.note(node, format_args!("found no member `{member}`, expected `name` and `kind`"));
        }
    }
    let name = object.get("name").and_then(|node| reader::entry_name(node, problems));
    let kind = object.get("kind").and_then(|node| identity::kind(node, problems))?;
    let version = object.get("version").and_then(|node| identity::version(node, problems));
    let identity = identity::read(node, &kind, &object, version, problems);
    // Without a version nothing is known of Entra's tokens, and its absence was noted.
    let preset = preset(&kind, version)?;
    let ours = Ours::read(&object, problems);
    let tokens = Tokens::read(&object, preset, problems);
    let token_uses = object.get("tokenUse");
    let token_uses = token_uses.and_then(|node| values::list(node, "\"access\"", reader::token_use, problems));
    let token_uses = token_uses.unwrap_or_else(|| vec![TokenUse::Access]);
    note_unbound(node, &object, preset, &ours, &token_uses, problems);
    note_google(node, identity.as_ref(), &token_uses, problems);
    let Identity { issuers, keys } = identity?;
    Some(IssuerEntry {
        name: name?,
        kind: preset.kind,
        issuers,
        keys,
        algorithms: tokens.algorithms,
        audiences: ours.audiences,
        clients: ours.clients.values,
        client_claim: ours.clients.claim.unwrap_or_else(|| preset.client.to_owned()),
        token_uses,
        access: tokens.access,
        id: tokens.id,
        scopes: tokens.scopes,
        groups: tokens.groups,
    })
}

/// Which tokens are for this API.
struct Ours {
    audiences: Option<Vec<String>>,
    clients: reader::Clients,
}

impl Ours {
    fn read(object: &Object<'_>, problems: &mut Problems<'_>) -> Self {
        let audiences = object.get("audiences");
        let clients = object.get("clients");
        Self {
            audiences: audiences
                .and_then(|node| values::list(node, "\"https://api.example.com\"", reader::audience, problems)),
            clients: clients.and_then(|node| reader::clients(node, problems)).unwrap_or_default(),
        }
    }
}

/// What its tokens are like: what the entry writes, and otherwise its kind's preset.
struct Tokens {
    algorithms: Vec<String>,
    access: Mark,
    id: Option<Mark>,
    scopes: String,
    groups: Option<Vec<String>>,
}

impl Tokens {
    fn read(object: &Object<'_>, preset: &Preset, problems: &mut Problems<'_>) -> Self {
        let algorithms = object.get("algorithms");
        let algorithms = algorithms.and_then(|node| values::list(node, "\"RS256\"", reader::algorithm, problems));
        let scopes = object.get("scopes").and_then(|node| reader::claim(node, problems));
        let groups = object.get("groups").and_then(|node| reader::path(node, problems));
        let of_preset = preset.access.to_mark();
        let access = object.get("accessToken").and_then(|node| {
            let mark = reader::mark(node, problems)?;
            if mark != of_preset {
                reader::note_ambiguous(node, &mark, problems);
            }
            Some(mark)
        });
        let id = object.get("idToken").and_then(|node| reader::mark(node, problems));
        let of_preset_id = preset.id.map(super::PresetMark::to_mark);
        // A preset's mark of ID tokens belongs to its mark of access tokens.
        let id = id.or(of_preset_id.filter(|_| access.is_none()));
        let access = access.unwrap_or(of_preset);
        if let (Some(node), true) = (object.get("idToken"), id.as_ref() == Some(&access)) {
            problems.note(node, "found what tells an access token as well, expected something that tells them apart");
        }
        Self {
            algorithms: algorithms.unwrap_or_else(|| preset.algorithms.iter().map(ToString::to_string).collect()),
            access,
            id,
            scopes: scopes.unwrap_or_else(|| preset.scopes.to_owned()),
            groups: groups.or(preset.groups.map(|claim| vec![claim.to_owned()])),
        }
    }
}

/// Every token is bound to this API: an access token by `audiences`, or in Cognito by `clients`; an ID token by `clients`.
fn note_unbound(
    node: &Node<'_>,
    object: &Object<'_>,
    preset: &Preset,
    ours: &Ours,
    token_uses: &[TokenUse],
    problems: &mut Problems<'_>,
) {
    let has = |member: &str| object.means(member);
    let access = token_uses.contains(&TokenUse::Access);
    let id = token_uses.contains(&TokenUse::Id);
    if access && preset.kind != "cognito" && !has("audiences") {
        problems.note(node, format_args!("found no member `audiences`, expected {}", expected_audience(preset.kind)));
    }
    if access && preset.kind == "cognito" && !has("clients") && !has("audiences") {
        problems.note(node, "found neither `clients` nor `audiences`, expected the ids of app clients");
    }
    let names_clients = ours.clients.values.is_some();
    if id && !names_clients && (!has("clients") || ours.clients.claim.is_some()) {
        problems.note(node, "found no ids of clients, expected them in `clients`: an ID token's `aud` is one of them");
    }
    if let (false, Some(audiences)) = (access, object.get("audiences")) {
        problems.note(audiences, "found `audiences`, which are asked of access tokens, and `tokenUse` has none");
    }
    let audiences = ours.audiences.iter().flatten();
    let shared = audiences.filter(|audience| ours.clients.values.iter().flatten().any(|client| client == *audience));
    if let (true, Some(shared)) = (access && id, shared.into_iter().next()) {
        problems.note(
            node,
            format_args!(
                "found `{shared}` in `audiences` and in `clients`: an ID token would pass for an access token"
            ),
        );
    }
}

fn expected_audience(kind: &str) -> &'static str {
    match kind {
        "auth0" => "the API's identifier: without an audience Auth0 issues opaque tokens, which nobody else can verify",
        "keycloak" => "what `aud` is in tokens for this API: a client scope with an audience mapper writes it",
        _ => "what `aud` is in tokens for this API",
    }
}

fn note_google(node: &Node<'_>, identity: Option<&Identity>, token_uses: &[TokenUse], problems: &mut Problems<'_>) {
    let is_google = identity.is_some_and(|identity| identity.issuers.iter().any(|issuer| issuer == GOOGLE));
    if is_google && token_uses.contains(&TokenUse::Access) {
        problems.note(
            node,
            "found Google with access tokens, which are opaque and have their scopes elsewhere: expected \
             `\"tokenUse\": [\"id\"]` and `clients`, and permissions without `scopes`",
        );
    }
}
