//! What is known of every token, whoever holds it?
//!
//! The questions range over all possible tokens. Each fact takes tokens away that nobody can hold, and with them witnesses
//! that nobody can meet. A fact that is missing here makes an answer weaker, never wrong.

/// Claims of Cognito's tokens that are one value, never an array, and that no trigger can change (Cognito Developer Guide,
/// "Pre token generation Lambda trigger", "Customizing the ID token", "Customizing the access token").
const SINGLE: [&str; 14] = [
    "auth_time",
    "client_id",
    "cognito:username",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "origin_jti",
    "sub",
    "token_use",
    "username",
    "version",
];

/// Claims that every token has, with a value that can stand in a path: a user's `sub` is a UUID, a machine's its client's
/// id (Cognito Developer Guide, "Understanding the access token").
const PRESENT: [&str; 1] = ["sub"];

/// The claim that says what a token is for, and its values.
const TOKEN_USE: (&str, [&str; 2]) = ("token_use", [ACCESS, "id"]);
const ACCESS: &str = "access";

/// What is known of every token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    single: Vec<String>,
    present: Vec<String>,
    domains: Vec<(String, Vec<String>)>,
    scopes_need: Option<(String, String)>,
    /// For one known caller: every claim without a domain cannot stand in a path.
    others_unusable: bool,
}

impl Facts {
    /// Nothing is known: a claim can be absent, and of any JSON type.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// What Amazon Cognito documents, and the function checks.
    #[must_use]
    pub fn of_cognito() -> Self {
        let single = SINGLE.into_iter().fold(Self::none(), Self::with_single);
        let present = PRESENT.into_iter().fold(single, Self::with_present);
        let (claim, values) = TOKEN_USE;
        present.with_domain(claim, values).with_scopes_needing(claim, ACCESS)
    }

    /// The claim is never an array.
    #[must_use]
    pub fn with_single(mut self, claim: &str) -> Self {
        self.single.push(claim.to_owned());
        self
    }

    /// Every token has the claim, as a string that can stand in a path.
    #[must_use]
    pub fn with_present(mut self, claim: &str) -> Self {
        self.present.push(claim.to_owned());
        self
    }

    /// Every token has the claim, and it is one of these strings. A later call replaces an earlier one.
    #[must_use]
    pub fn with_domain<'a>(mut self, claim: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        self.domains.retain(|(known, _)| known != claim);
        self.domains.push((claim.to_owned(), values.into_iter().map(ToOwned::to_owned).collect()));
        self
    }

    /// Only tokens whose claim has this value carry scopes. The claim needs a domain.
    #[must_use]
    pub fn with_scopes_needing(mut self, claim: &str, value: &str) -> Self {
        self.scopes_need = Some((claim.to_owned(), value.to_owned()));
        self
    }

    /// What is known of one caller, whose usable claims are these: nobody else is looked at.
    pub(crate) fn of_caller<'a>(usable: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let facts = Self { others_unusable: true, ..Self::none() };
        usable.into_iter().fold(facts, |facts, (claim, value)| facts.with_domain(claim, [value]))
    }

    /// Can no token have a value of this claim that stands in a path?
    pub(crate) fn is_never_usable(&self, claim: &str) -> bool {
        self.others_unusable && self.domain(claim).is_none()
    }

    pub(crate) fn is_single(&self, claim: &str) -> bool {
        self.single.iter().any(|known| known == claim) || self.is_present(claim)
    }

    /// Is the claim always usable? Then it is no array either.
    pub(crate) fn is_present(&self, claim: &str) -> bool {
        self.present.iter().any(|known| known == claim) || self.domain(claim).is_some()
    }

    pub(crate) fn domain(&self, claim: &str) -> Option<&[String]> {
        self.domains.iter().find(|(known, _)| known == claim).map(|(_, values)| values.as_slice())
    }

    pub(crate) fn domains(&self) -> &[(String, Vec<String>)] {
        &self.domains
    }

    /// The claim and the value that tokens with scopes have.
    pub(crate) fn scopes_need(&self) -> Option<(&str, &str)> {
        self.scopes_need.as_ref().map(|(claim, value)| (claim.as_str(), value.as_str()))
    }
}
