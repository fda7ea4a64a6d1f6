//! Which issuer is it, and where are its keys?
//!
//! What cannot work is said here, with the way out, rather than to every token.

use super::KeyPlace;
use super::reader::one_of;
use crate::document::{Node, Object, Problems, values};

/// Cognito's `UserPoolIdType`: at most 55 characters.
const LONGEST_POOL_ID: usize = 55;

/// What `iss` may be, and where the keys are when the entry does not say so.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) issuers: Vec<String>,
    pub(super) keys: KeyPlace,
}

/// The members that say which issuer it is, and the kinds that have them.
pub(super) const MEMBERS: [(&str, &[&str]); 4] = [
    ("userPool", &["cognito"]),
    ("issuer", &["auth0", "okta", "keycloak", "oidc"]),
    ("tenant", &["entra"]),
    ("version", &["entra"]),
];

/// Reads what says which issuer it is. Without keys of its own, an issuer must be a URL that can be fetched from.
pub(super) fn read(
    node: &Node<'_>,
    kind: &str,
    object: &Object<'_>,
    version: Option<u8>,
    problems: &mut Problems<'_>,
) -> Option<Identity> {
    for (member, kinds) in MEMBERS {
        let found = object.get(member);
        if let Some(found) = found.filter(|_| !kinds.contains(&kind)) {
            problems.note(found, format_args!("found `{member}`, which only {} has", kinds.join(", ")));
        }
        if kinds.contains(&kind) && !object.means(member) {
            problems.note(node, format_args!("found no member `{member}`, expected {}", expected(member)));
        }
    }
    let keys = object.get("jwksUri").map(|node| jwks_uri(node, problems));
    let identity = match kind {
        "cognito" => cognito(object.get("userPool")?, problems)?,
        "entra" => entra(object.get("tenant")?, version?, problems)?,
        _ => by_url(kind, object.get("issuer")?, keys.is_some(), problems)?,
    };
    Some(match keys {
        Some(uri) => Identity { keys: KeyPlace::At(uri?), ..identity },
        None => identity,
    })
}

fn expected(member: &str) -> &'static str {
    match member {
        "userPool" => "the id of a user pool, such as `eu-west-1_AbCdEfGhI`",
        "tenant" => "the tenant's id, a GUID",
        "version" => "1 or 2: the version of its access tokens (`accessTokenAcceptedVersion` in the API's manifest)",
        _ => "the issuer, exactly as `iss` has it",
    }
}

/// The version of Entra's tokens.
pub(super) fn version(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<u8> {
    match node.text() {
        "1" => Some(1),
        "2" => Some(2),
        _ => {
            problems.note(node, format_args!("found {}, expected {}", node.described(), expected("version")));
            None
        }
    }
}

/// Both issuers of a pool (Cognito Developer Guide, "OIDC issuer").
fn cognito(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Identity> {
    let pool = values::name(node, expected("userPool"), problems)?;
    let Some(region) = region_of(&pool) else {
        problems.note(node, format_args!("found `{pool}`, expected {}", expected("userPool")));
        return None;
    };
    let issuer = |host: &str| format!("https://{host}.{region}.amazonaws.com/{pool}");
    let issuers = vec![issuer("cognito-idp"), issuer("issuer-cognito-idp")];
    Some(Identity { issuers, keys: KeyPlace::BelowIssuer })
}

/// Cognito's `UserPoolIdType` is `[\w-]+_[0-9a-zA-Z]+`; the region stands before the last `_`.
fn region_of(pool: &str) -> Option<&str> {
    let (region, name) = pool.rsplit_once('_')?;
    let of_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = !region.is_empty() && region.bytes().all(of_region) && !name.is_empty();
    (fits && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && pool.len() <= LONGEST_POOL_ID).then_some(region)
}

/// A tenant's issuer for each version of tokens (Microsoft identity platform, "Access tokens": `iss`).
fn entra(node: &Node<'_>, version: u8, problems: &mut Problems<'_>) -> Option<Identity> {
    let tenant = values::name(node, expected("tenant"), problems)?;
    if ["common", "organizations", "consumers"].contains(&tenant.as_str()) {
        let message = "which stands for many tenants, each with an issuer of its own: expected the id of one tenant, or an \
                       entry for each";
        problems.note(node, format_args!("found `{tenant}`, {message}"));
        return None;
    }
    if !is_guid(&tenant) {
        problems.note(node, format_args!("found `{tenant}`, expected the tenant's id, a GUID in small letters"));
        return None;
    }
    let base = format!("https://login.microsoftonline.com/{tenant}");
    let (issuer, base) = match version {
        1 => (format!("https://sts.windows.net/{tenant}/"), base),
        _ => (format!("{base}/v2.0"), format!("{base}/v2.0")),
    };
    let document = format!("{base}/.well-known/openid-configuration");
    Some(Identity { issuers: vec![issuer], keys: KeyPlace::Discovered(vec![document]) })
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let sizes: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    sizes == [8, 4, 4, 4, 12] && groups.concat().bytes().all(is_hex)
}

fn by_url(kind: &str, node: &Node<'_>, has_keys: bool, problems: &mut Problems<'_>) -> Option<Identity> {
    let issuer = values::name(node, expected("issuer"), problems)?;
    if let Some(problem) = problem_with(kind, &issuer) {
        problems.note(node, format_args!("found `{issuer}`, {problem}"));
        return None;
    }
    let fits = issuer.bytes().all(|byte| byte.is_ascii_graphic()) && (has_keys || is_fetchable(&issuer, b"?#\\@"));
    if !fits {
        let expected = "expected an https URL without query and fragment, or any text beside `jwksUri`";
        problems.note(node, format_args!("found `{issuer}`, {expected}"));
        return None;
    }
    let keys = KeyPlace::Discovered(discovery_documents(&issuer));
    Some(Identity { issuers: vec![issuer], keys })
}

/// What is known of the kind, or of the issuer, that makes tokens of this issuer unusable.
fn problem_with(kind: &str, issuer: &str) -> Option<&'static str> {
    let ends_in_slash = issuer.ends_with('/');
    let of_many = ["/common", "/organizations", "/consumers", "{tenant"].iter().any(|part| issuer.contains(part));
    match kind {
        "auth0" if !ends_in_slash => Some("expected a slash at its end, as Auth0's tokens have it in `iss`"),
        "okta" if !issuer.contains("/oauth2/") => Some(
            "which is Okta's org authorization server: only Okta can verify its access tokens. Expected a custom \
             authorization server, such as `https://acme.okta.com/oauth2/default`",
        ),
        "okta" | "keycloak" if ends_in_slash => Some("expected no slash at its end, as its tokens have it in `iss`"),
        _ if issuer.contains("login.microsoftonline.com/") && of_many => Some(
            "which stands for many tenants, each with an issuer of its own: expected the issuer of one tenant, or \
             `\"kind\": \"entra\"`",
        ),
        _ => None,
    }
}

/// OpenID Connect Discovery 1.0 section 4 puts the document below the issuer, RFC 8414 section 3.1 between the issuer's
/// host and its path. The second is looked at where the first is not there.
fn discovery_documents(issuer: &str) -> Vec<String> {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    let host_begin = base.find("://").map_or(0, |scheme| scheme + 3);
    let path_begin =
        base.get(host_begin..).and_then(|rest| rest.find('/')).map_or(base.len(), |slash| host_begin + slash);
    let (origin, path) = base.split_at(path_begin);
    vec![
        format!("{base}/.well-known/openid-configuration"),
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
    ]
}

fn jwks_uri(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let uri = values::name(node, "an https URL", problems)?;
    if is_fetchable(&uri, b"#\\@") {
        return Some(uri);
    }
    problems.note(node, format_args!("found `{uri}`, expected an https URL, or an http URL on loopback"));
    None
}

/// May this be fetched: an https URL, or an http URL on loopback, without these characters?
#[must_use]
pub fn is_fetchable(url: &str, refused: &[u8]) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| loopback(url)).unwrap_or_default();
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !refused.contains(&byte));
    plain && !rest.is_empty() && !rest.starts_with('/')
}

/// What follows `http://` when the host is this machine.
fn loopback(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]").then_some(rest)
}

/// The kinds of issuer.
pub(super) fn kind(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    one_of(node, &["cognito", "auth0", "okta", "entra", "keycloak", "oidc"], problems)
}
