//! Do permissions say whose tokens they are for?

use crate::document::Place;
use crate::nearest::nearest;
use crate::permission::Permission;
use crate::permissions::Permissions;
use std::fmt;

/// What is wrong with the issuers that a permission document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MisnamedIssuers {
    problems: Vec<(Place, String)>,
}

impl MisnamedIssuers {
    /// Each place, and what is wrong there.
    #[must_use]
    pub fn problems(&self) -> &[(Place, String)] {
        &self.problems
    }
}

impl Permissions {
    /// Do the permissions fit these entries, by their names? With several, each permission says which it means: scopes and
    /// groups of one issuer are not those of another.
    ///
    /// # Errors
    /// [`MisnamedIssuers`] with every permission that does not, and why.
    pub fn check_issuers(&self, names: &[&str]) -> Result<(), MisnamedIssuers> {
        let mut problems = Vec::new();
        for (number, permission) in self.permissions().iter().enumerate() {
            let place = Place::permission(number);
            if names.len() > 1 && permission.issuers().is_none() && !permission.says_any_issuer() {
                let expected = "found neither `issuers` nor `anyIssuer`, expected one of them, since there are several";
                problems.push((place.clone(), expected.to_owned()));
            }
            for name in permission.issuers().unwrap_or_default() {
                if !names.contains(&name.as_str()) {
                    problems.push((place.clone().member("issuers"), unknown(name, names)));
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(MisnamedIssuers { problems }) }
    }
}

impl Permissions {
    /// The document as it is for tokens of this issuer's entry: what is for others alone keeps its place and loses its
    /// routes, and no permission asks for an issuer any more. The routes that are known stay.
    #[must_use]
    pub fn for_issuer(&self, name: &str) -> Self {
        self.of_one(|permission| permission.issuers.take(), name)
    }

    /// The same for tokens of this client.
    #[must_use]
    pub fn for_client(&self, id: &str) -> Self {
        self.of_one(|permission| permission.clients.take(), id)
    }

    fn of_one(&self, take: impl Fn(&mut Permission) -> Option<Vec<String>>, found: &str) -> Self {
        let mut document = self.clone();
        for permission in &mut document.all {
            if take(permission).is_some_and(|names| !names.iter().any(|name| name == found)) {
                permission.allow.clear();
                permission.deny.clear();
            }
        }
        document
    }
}

fn unknown(name: &str, names: &[&str]) -> String {
    let name = name.escape_debug();
    if names.is_empty() {
        return format!("found the issuer `{name}`, and no ISSUERS_FILE whose entries have names");
    }
    let hint = nearest(&name.to_string(), names).map(|near| format!(", did you mean `{near}`?"));
    format!("found the issuer `{name}`, expected `{}`{}", names.join("`, `"), hint.unwrap_or_default())
}

impl fmt::Display for MisnamedIssuers {
    /// One line. Several problems are parted by semicolons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (place, problem)) in self.problems.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}at `{place}`: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for MisnamedIssuers {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Holder, Method};
    use serde_json::Value;

    /// Somebody with the scope `a`.
    struct Token(&'static str, &'static str);

    impl Holder for Token {
        fn has_scope(&self, scope: &str) -> bool {
            scope == "a"
        }

        fn has_group(&self, _: &str) -> bool {
            false
        }

        fn claim(&self, _: &str) -> Option<&Value> {
            None
        }

        fn issuer(&self) -> Option<&str> {
            Some(self.0)
        }

        fn client(&self) -> Option<&str> {
            Some(self.1)
        }
    }

    #[test]
    fn the_document_of_one_issuer_and_client_decides_as_the_whole_one_does() {
        let document = br#"{"permissions":[
            {"issuers":["x","y"],"scopes":["a"],"allow":["GET /{id}"]},
            {"issuers":["x"],"clients":["c"],"scopes":["a"],"deny":["GET /1"]},
            {"anyIssuer":true,"clients":["c","d"],"scopes":["a"],"allow":["GET /2/{id}"]},
            {"issuers":["y"],"scopes":["b"],"allow":["GET /2/1"]},
            {"clients":["d"],"authenticated":true,"allow":["GET /4"]}]}"#;
        let document = Permissions::parse(document).unwrap();
        let mut permitted = 0;
        for issuer in ["x", "y", "z"] {
            for client in ["c", "d", "e"] {
                let (token, of_one) = (Token(issuer, client), document.for_issuer(issuer).for_client(client));
                assert!(of_one.permissions().iter().all(|one| one.issuers().is_none() && one.clients().is_none()));
                assert_eq!(of_one.catalog(), document.catalog());
                for path in ["1", "3", "2/1", "2/3", "4"] {
                    let arn = format!("arn:aws:execute-api:eu-west-1:123456789012:api/test/GET/{path}");
                    let method = Method::parse(arn).unwrap();
                    let found = of_one.grants(&token).decide(&method);
                    let expected = document.grants(&token).decide(&method);
                    assert_eq!(found, expected, "{issuer} {client} {path}");
                    permitted += u32::from(found.is_permitted());
                }
            }
        }
        assert!(permitted > 10, "{permitted}");
    }

    #[test]
    fn with_several_issuers_each_permission_says_which_it_means() {
        let check = |conditions: &str, names: &[&str]| {
            let document = format!(r#"{{"permissions":[{{"authenticated":true,{conditions}"allow":["GET /"]}}]}}"#);
            Permissions::parse(document.as_bytes()).unwrap().check_issuers(names).map_err(|error| error.to_string())
        };
        let (named, any, unsaid) = (r#""issuers":["a"],"#, r#""anyIssuer":true,"#, "");
        for (conditions, names, expected) in [
            (unsaid, [].as_slice(), None),
            (unsaid, &["a"], None),
            (unsaid, &["a", "b"], Some("at `permissions[0]`: found neither `issuers` nor `anyIssuer`")),
            (any, &[], None),
            (any, &["a", "b"], None),
            (named, &["a"], None),
            (named, &["a", "b"], None),
            (named, &["b", "c"], Some("at `permissions[0].issuers`: found the issuer `a`, expected `b`, `c`")),
            (named, &[], Some("no ISSUERS_FILE whose entries have names")),
            (r#""issuers":["stafff"],"#, &["staff"], Some("did you mean `staff`?")),
        ] {
            let found = check(conditions, names).err();
            let fits =
                expected.map_or(found.is_none(), |text| found.as_ref().is_some_and(|found| found.contains(text)));
            assert!(fits, "{conditions} {names:?}: {found:?}");
        }
    }
}
