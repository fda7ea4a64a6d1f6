//! What do the kinds of issuer document of their tokens?
//!
//! One table. An entry takes over what stands here for its kind, and whatever the entry itself writes counts instead.
//!
//! | kind | source |
//! |---|---|
//! | `cognito` | Cognito Developer Guide, "Understanding the access token", "Understanding the identity (ID) token" |
//! | `auth0` | Auth0 docs, "Access Token Profiles": the Auth0 profile |
//! | `okta` | Okta developer docs, "OpenID Connect & OAuth 2.0 API", "Access token payload" |
//! | `entra` | Microsoft identity platform, "Access token claims reference", "ID token claims reference" |
//! | `keycloak` | Keycloak Server Administration Guide; `org.keycloak.util.TokenUtil` has the values of `typ` |
//! | `oidc` | RFC 9068 sections 2.1, 2.2 and 2.2.3.1 |

use super::Mark;

/// What one kind of issuer is like where its entry says nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The kind's name.
    pub kind: &'static str,
    /// The version of its tokens, where the kind has several.
    pub version: Option<u8>,
    /// What it signs with.
    pub algorithms: &'static [&'static str],
    /// What tells an access token from an ID token.
    pub access: PresetMark,
    /// What tells an ID token from others; `None`: that it is no access token.
    pub id: Option<PresetMark>,
    /// The claim of access tokens that names the client.
    pub client: &'static str,
    /// The claim that has the scopes.
    pub scopes: &'static str,
    /// The claim that has the groups, if there is one that is always called the same.
    pub groups: Option<&'static str>,
}

/// [`Mark`], as the table writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresetMark {
    /// The header's `typ`.
    HeaderType(&'static str),
    /// A claim with this value.
    Value(&'static str, &'static str),
    /// A claim that only this kind of token has.
    Claim(&'static str),
}

impl PresetMark {
    pub(super) fn to_mark(self) -> Mark {
        match self {
            Self::HeaderType(media_type) => Mark::HeaderType(vec![media_type.to_owned()]),
            Self::Value(claim, value) => Mark::Value { claim: claim.to_owned(), values: vec![value.to_owned()] },
            Self::Claim(claim) => Mark::Claim(claim.to_owned()),
        }
    }
}

const RS256: &[&str] = &["RS256"];

/// Every kind.
pub const PRESETS: [Preset; 7] = [
    Preset {
        kind: "cognito",
        version: None,
        algorithms: RS256,
        access: PresetMark::Value("token_use", "access"),
        id: Some(PresetMark::Value("token_use", "id")),
        client: "client_id",
        scopes: "scope",
        groups: Some("cognito:groups"),
    },
    Preset {
        kind: "auth0",
        version: None,
        algorithms: RS256,
        access: PresetMark::Claim("scope"),
        id: None,
        client: "azp",
        scopes: "scope",
        groups: None,
    },
    Preset {
        kind: "okta",
        version: None,
        algorithms: RS256,
        access: PresetMark::Claim("cid"),
        id: None,
        client: "cid",
        scopes: "scp",
        groups: Some("groups"),
    },
    Preset {
        kind: "entra",
        version: Some(1),
        algorithms: RS256,
        access: PresetMark::Claim("appid"),
        id: None,
        client: "appid",
        scopes: "scp",
        groups: Some("groups"),
    },
    Preset {
        kind: "entra",
        version: Some(2),
        algorithms: RS256,
        access: PresetMark::Claim("azp"),
        id: None,
        client: "azp",
        scopes: "scp",
        groups: Some("groups"),
    },
    Preset {
        kind: "keycloak",
        version: None,
        algorithms: RS256,
        access: PresetMark::Value("typ", "Bearer"),
        id: Some(PresetMark::Value("typ", "ID")),
        client: "azp",
        scopes: "scope",
        groups: Some("groups"),
    },
    Preset {
        kind: "oidc",
        version: None,
        algorithms: RS256,
        access: PresetMark::HeaderType("at+jwt"),
        id: None,
        client: "client_id",
        scopes: "scope",
        groups: Some("groups"),
    },
];

/// The preset of a kind, and of a version where the kind has several.
pub(super) fn preset(kind: &str, version: Option<u8>) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.kind == kind && (preset.version.is_none() || preset.version == version))
}
