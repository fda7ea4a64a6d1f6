//! What is said of valid documents that will surprise their authors.

use permissions::Permissions;
use permissions::findings::{AcceptedTokens, Checks, Finding, OF_DOCUMENT, Severity, of_document, without_ignored};
use std::collections::BTreeSet;

const ACCESS: AcceptedTokens = AcceptedTokens { access: true, id: false };
const ID: AcceptedTokens = AcceptedTokens { access: false, id: true };
const BOTH: AcceptedTokens = AcceptedTokens { access: true, id: true };

fn parsed(document: &str) -> Permissions {
    Permissions::parse(document.as_bytes()).unwrap_or_else(|invalid| panic!("{document}: {invalid}"))
}

/// A document of these permissions, behind one that allows `GET /` to everybody.
fn document(permissions: &str) -> String {
    format!(r#"{{"permissions":[{{"authenticated":true,"allow":["GET /"]}},{permissions}]}}"#)
}

/// Each finding as its severity, code and places.
fn found(document: &str, accepted: AcceptedTokens) -> Vec<String> {
    let written = |finding: Finding| {
        let places: Vec<String> = finding.subjects.iter().map(|subject| subject.place.to_string()).collect();
        format!("{} {} {}", finding.severity, finding.code, places.join(" "))
    };
    of_document(&parsed(document), accepted).into_iter().map(written).collect()
}

/// Every kind of finding: the document's second permission, and what is found.
const OF_PERMISSIONS: [(&str, AcceptedTokens, &[&str]); 44] = [
    (r#"{"authenticated":true,"allow":["GET /users/${email}"]}"#, ID, &[]),
    (
        r#"{"authenticated":true,"allow":["GET /users/${email}"],"deny":["GET /a+b"]}"#,
        ID,
        &["warning claim_not_percent_encoded permissions[1].allow[0]"],
    ),
    (r#"{"authenticated":true,"allow":["GET /users/${sub}"],"deny":["GET /a@b"]}"#, ID, &[]),
    // Of other issuers' claims nothing is known.
    (r#"{"anyIssuer":true,"claims":{"email_verified":"true"},"allow":["GET /a"]}"#, ID, &[]),
    (r#"{"issuers":["okta"],"claims":{"email":"a"},"deny":["GET /a"]}"#, ACCESS, &[]),
    (r#"{"scopes":["orders/read"],"allow":["GET /orders/{id}","ANY /users/${sub}/{rest+}","$connect"]}"#, ACCESS, &[]),
    (
        r#"{"claims":{"custom:level":3},"allow":["GET /a"]}"#,
        ID,
        &["warning condition_never_holds permissions[1].claims.custom:level"],
    ),
    (r#"{"claims":{"custom:level":"3"},"allow":["GET /a"]}"#, ID, &[]),
    (
        r#"{"claims":{"custom:on":true},"allow":["GET /a"]}"#,
        ID,
        &["warning condition_never_holds permissions[1].claims.custom:on"],
    ),
    (
        r#"{"claims":{"custom:s":["a","b"]},"allow":["GET /a"]}"#,
        ID,
        &["warning condition_never_holds permissions[1].claims.custom:s"],
    ),
    (
        r#"{"claims":{"email_verified":"true"},"allow":["GET /a"]}"#,
        ID,
        &["warning condition_never_holds permissions[1].claims.email_verified"],
    ),
    (r#"{"claims":{"email_verified":true},"allow":["GET /a"]}"#, ID, &[]),
    (
        r#"{"claims":{"department":["a","b"]},"allow":["GET /a"]}"#,
        ID,
        &["warning condition_on_a_list permissions[1].claims.department"],
    ),
    (
        r#"{"claims":{"cognito:groups":["a","b"]},"deny":["GET /a"]}"#,
        ID,
        &["warning condition_on_a_list permissions[1].claims.cognito:groups"],
    ),
    (
        r#"{"claims":{"custom:frozen":"true"},"allow":["GET /a"]}"#,
        ACCESS,
        &["warning claim_not_in_accepted_tokens permissions[1].claims.custom:frozen"],
    ),
    (
        r#"{"claims":{"custom:frozen":"true"},"deny":["GET /a"]}"#,
        ACCESS,
        &["error claim_not_in_accepted_tokens permissions[1].claims.custom:frozen"],
    ),
    (
        r#"{"claims":{"custom:frozen":"true"},"deny":["GET /a"]}"#,
        BOTH,
        &["error claim_not_in_accepted_tokens permissions[1].claims.custom:frozen"],
    ),
    (r#"{"claims":{"custom:frozen":"true"},"deny":["GET /a"]}"#, ID, &[]),
    (r#"{"claims":{"custom:frozen":"true","token_use":"id"},"deny":["GET /a"]}"#, BOTH, &[]),
    (
        r#"{"present":["email"],"deny":["GET /a"]}"#,
        ACCESS,
        &["error claim_not_in_accepted_tokens permissions[1].present[0]"],
    ),
    (
        r#"{"authenticated":true,"allow":["GET /t/${custom:tenant}"]}"#,
        ACCESS,
        &["warning claim_not_in_accepted_tokens permissions[1].allow[0]"],
    ),
    (r#"{"authenticated":true,"deny":["GET /t/${custom:tenant}"]}"#, ACCESS, &[]),
    (r#"{"claims":{"client_id":"x"},"allow":["GET /a"]}"#, BOTH, &[]),
    (
        r#"{"claims":{"client_id":"x"},"deny":["GET /a"]}"#,
        BOTH,
        &["error claim_not_in_accepted_tokens permissions[1].claims.client_id"],
    ),
    (
        r#"{"claims":{"client_id":"x"},"allow":["GET /a"]}"#,
        ID,
        &["warning claim_not_in_accepted_tokens permissions[1].claims.client_id"],
    ),
    (r#"{"present":["act"],"deny":["GET /a"]}"#, BOTH, &[]),
    (r#"{"scopes":["a/b"],"allow":["GET /a"]}"#, ID, &["warning scopes_without_access_tokens permissions[1].scopes"]),
    (r#"{"scopes":["a/b"],"deny":["GET /a"]}"#, ID, &["error scopes_without_access_tokens permissions[1].scopes"]),
    (r#"{"scopes":["a/b"],"deny":["GET /a"]}"#, BOTH, &[]),
    (
        r#"{"scopes":["a/b","openid"],"allow":["GET /a"]}"#,
        ACCESS,
        &["warning scope_is_no_permission permissions[1].scopes[1]"],
    ),
    (
        r#"{"claims":{"usename":"x"},"allow":["GET /a"]}"#,
        ACCESS,
        &["warning claim_name_misspelt permissions[1].claims.usename"],
    ),
    (
        r#"{"claims":{"Sub":"x"},"allow":["GET /a"]}"#,
        ACCESS,
        &["warning claim_name_misspelt permissions[1].claims.Sub"],
    ),
    (
        r#"{"claims":{"tenant":"x","tenent":"x"},"allow":["GET /${tenant}"]}"#,
        ACCESS,
        &["warning claim_name_misspelt permissions[1].claims.tenent"],
    ),
    (r#"{"claims":{"line1":"x","line2":"x"},"allow":["GET /a"]}"#, ACCESS, &[]),
    (r#"{"claims":{"abc":"x","abd":"x"},"allow":["GET /a"]}"#, ACCESS, &[]),
    (
        r#"{"authenticated":true,"allow":["GET /users/{sub}/a"]}"#,
        ACCESS,
        &["error parameter_named_like_claim permissions[1].allow[0]"],
    ),
    (
        r#"{"authenticated":true,"allow":["GET /u/{username+}"]}"#,
        ACCESS,
        &["error parameter_named_like_claim permissions[1].allow[0]"],
    ),
    (
        r#"{"authenticated":true,"allow":["GET /a/${tenant}","GET /b/{tenant}","GET /c/{id}"]}"#,
        ACCESS,
        &["error parameter_named_like_claim permissions[1].allow[1]"],
    ),
    (
        r#"{"authenticated":true,"allow":["GET /orders/:id","GET /a:b","GET /:"]}"#,
        ACCESS,
        &["warning colon_segment permissions[1].allow[0]"],
    ),
    (
        r#"{"authenticated":true,"allow":["GET /a/{x}","GET /a/{y}","GET /a/{x}"]}"#,
        ACCESS,
        &["warning route_twice permissions[1].allow[1] permissions[1].allow[2]"],
    ),
    (r#"{"authenticated":true,"allow":["GET /a/{x}","ANY /a/{x}"],"deny":["GET /a/{x}"]}"#, ACCESS, &[]),
    (r#"{"authenticated":true,"allow":["GET /a/${custom:x}","GET /a/${sub}"]}"#, ID, &[]),
    (
        r#"{"authenticated":true,"allow":["GET /${sub}/${username}/${jti}"]}"#,
        ACCESS,
        &["warning resource_too_long permissions[1].allow[0]"],
    ),
    (r#"{"authenticated":true,"allow":["GET /${sub}/${username}"]}"#, ACCESS, &[]),
];

#[test]
fn each_surprise_is_told_with_its_places() {
    for (permission, accepted, expected) in OF_PERMISSIONS {
        assert_eq!(found(&document(permission), accepted), expected, "{permission} {accepted:?}");
    }
}

#[test]
fn a_route_that_nobody_may_call_is_told_and_a_parameter_does_not_open_a_literal() {
    for (allow, route, never) in [
        ("GET /a", "GET /b", true),
        ("GET /a", "GET /a", false),
        ("ANY /a", "GET /a", false),
        ("GET /a", "ANY /a", false),
        ("GET /a", "POST /a", true),
        ("GET /{x}", "GET /a", true),
        ("GET /{x}", "GET /{y}", false),
        ("GET /a", "GET /{y}", true),
        ("GET /${sub}", "GET /{y}", false),
        ("GET /{x+}", "GET /a", false),
        ("GET /a/{x+}", "GET /a", true),
        ("GET /a/{x+}", "GET /a/{y+}", false),
        ("GET /a/{x}", "GET /a/{y+}", true),
        ("ANY /{x+}", "$connect", true),
        ("$connect", "$connect", false),
        ("ANY /{x+}", "GET /", true),
    ] {
        let document =
            format!(r#"{{"permissions":[{{"authenticated":true,"allow":["{allow}"]}}],"routes":["{route}"]}}"#);
        let expected: &[&str] = if never { &["warning route_never_allowed routes[0]"] } else { &[] };
        assert_eq!(found(&document, ACCESS), expected, "{allow} {route}");
    }
}

#[test]
fn a_claim_that_a_trigger_writes_may_have_any_type_in_any_token() {
    let permission = r#"{"claims":{"custom:frozen":true,"custom:level":3},"deny":["ANY /{any+}"]}"#;
    assert!(Permissions::parse(document(permission).as_bytes()).is_err());
    let declared = document(permission).replacen('{', r#"{"triggerClaims":["custom:frozen","custom:level"],"#, 1);
    assert_eq!(found(&declared, BOTH), [""; 0]);
}

#[test]
fn findings_are_grouped_by_cause_and_show_three_places() {
    let routes: Vec<String> = (0..9).map(|number| format!(r#""GET /r{number}/:id""#)).collect();
    let document = document(&format!(r#"{{"authenticated":true,"allow":[{}]}}"#, routes.join(",")));
    let findings = of_document(&parsed(&document), ACCESS);
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].subjects.len(), findings[0].routes().len()), (9, 9));
    assert_eq!(
        findings[0].to_string(),
        "colon_segment: a segment that begins with `:` is a literal, and no request has it; at `permissions[1].allow[0]` (GET /r0/:id), \
         `permissions[1].allow[1]` (GET /r1/:id), `permissions[1].allow[2]` (GET /r2/:id) and 6 more; for example \
         `GET /r0/{id}`; write parameters in braces, as API Gateway does"
    );
}

#[test]
fn an_ignored_finding_is_left_out_and_a_needless_entry_is_told() {
    let with = |ignore: &str| {
        format!(
            r#"{{"permissions":[{{"authenticated":true,"allow":["GET /a"]}}],"routes":["GET /b","GET /c"],
                "lint":{{"ignore":[{ignore}]}}}}"#
        )
    };
    let all = r#"{"code":"route_never_allowed","reason":"another team's"}"#;
    let one = r#"{"code":"route_never_allowed","route":"GET /b","reason":"another team's"}"#;
    let both = format!("{one},{}", one.replace("/b", "/c"));
    let gone = r#"{"code":"route_never_allowed","route":"GET /d","reason":"gone"}"#;
    let other = r#"{"code":"route_twice","reason":"gone"}"#;
    let unknown = r#"{"code":"policy_over_budget","reason":"looked for by another"}"#;
    let whole = "route_never_allowed routes[0] routes[1]";
    for (ignore, checks, expected) in [
        (all, Checks::OfDocument, vec![]),
        (one, Checks::OfDocument, vec!["route_never_allowed routes[1]"]),
        (&both, Checks::OfDocument, vec![]),
        (gone, Checks::OfDocument, vec![whole, "ignore_needless lint.ignore[0]"]),
        (&format!("{all},{other}"), Checks::OfDocument, vec!["ignore_needless lint.ignore[1]"]),
        (unknown, Checks::OfDocument, vec![whole]),
        (unknown, Checks::All, vec![whole, "ignore_needless lint.ignore[0]"]),
    ] {
        let permissions = parsed(&with(ignore));
        let left = without_ignored(&permissions, of_document(&permissions, ACCESS), checks);
        let written = |finding: Finding| {
            let places: Vec<String> = finding.subjects.iter().map(|subject| subject.place.to_string()).collect();
            format!("{} {}", finding.code, places.join(" "))
        };
        assert_eq!(left.into_iter().map(written).collect::<Vec<_>>(), expected, "{ignore} {checks:?}");
    }
}

#[test]
fn every_finding_has_a_known_code_a_place_and_one_line() {
    let mut codes = BTreeSet::from(["route_never_allowed"]);
    for (permission, accepted, _) in OF_PERMISSIONS {
        let document = document(permission);
        for finding in of_document(&parsed(&document), accepted) {
            codes.insert(finding.code);
            assert!(!finding.to_string().contains('\n') && finding.severity <= Severity::Error);
            for subject in finding.subjects {
                let range = subject.place.find_in(document.as_bytes()).expect(permission);
                let text = document.get(range).expect(permission);
                assert!(subject.route.is_none_or(|route| text == format!("\"{route}\"")), "{permission}");
            }
        }
    }
    assert_eq!(codes, BTreeSet::from(OF_DOCUMENT));
}

#[test]
fn every_code_has_a_section_that_explains_it() {
    let page = include_str!("../../../../docs/permissions.md");
    for code in OF_DOCUMENT.into_iter().chain(["ignore_needless"]) {
        assert!(page.contains(&format!("\n### {code}\n")), "{code}");
    }
}
