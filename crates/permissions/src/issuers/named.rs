//! Do permissions say whose tokens they are for?

use crate::document::Place;
use crate::nearest::nearest;
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
