//! How many candidates does a document of everyday size take? Each is about five microseconds in a release build.

use crate::Permissions;
use crate::questions::{
    Budget, Facts, Index, dead_permissions, dead_rules, diff, needless_conditions, uncallable_routes, who,
};

/// Routes in groups of four: a list, an item, a part of it and a literal beside the item; each group for two scopes of
/// many, and some permissions that deny.
fn document(routes: usize, scopes: usize, denies: usize) -> String {
    let permission = |scope: usize| {
        let own = |group: &usize| group % scopes == scope || (group + 7) % scopes == scope;
        let of = |group: usize| {
            format!(
                r#""GET /res{group}","GET /res{group}/{{id}}","ANY /res{group}/{{id}}/part/{{part}}","POST /res{group}/search""#
            )
        };
        let allow: Vec<String> = (0..routes / 4).filter(own).map(of).collect();
        format!(r#"{{"scopes":["scope{scope}"],"allow":[{}]}}"#, allow.join(","))
    };
    let deny = |number: usize| {
        format!(
            r#"{{"claims":{{"custom:frozen":"{number}"}},"deny":["DELETE /res{number}/{{any+}}","GET /res{number}/${{custom:rival}}"]}}"#
        )
    };
    let own =
        r#"{"groups":["admin"],"allow":["ANY /{all+}"]},{"authenticated":true,"allow":["ANY /users/${sub}/{rest+}"]}"#;
    let all: Vec<String> = (0..scopes).map(permission).chain((0..denies).map(deny)).chain([own.to_owned()]).collect();
    format!(r#"{{"permissions":[{}]}}"#, all.join(","))
}

#[test]
fn questions_about_large_documents_take_candidates_in_proportion() {
    for (routes, scopes, denies, most) in [(300, 25, 10, 2_000), (1_200, 50, 100, 10_000)] {
        let read = Permissions::parse(document(routes, scopes, denies).as_bytes()).unwrap();
        let (index, facts) = (Index::new(&read), Facts::of_cognito());
        let spent = |ask: &dyn Fn(&mut Budget)| {
            let mut budget = Budget::default();
            ask(&mut budget);
            assert!(budget.spent() <= most, "{routes}: {}", budget.spent());
        };
        spent(&|budget| assert!(diff(&index, &index, &facts, budget).unwrap().is_empty()));
        spent(&|budget| drop(dead_rules(&index, &facts, budget).unwrap()));
        spent(&|budget| drop(needless_conditions(&index, &facts, budget).unwrap()));
        spent(&|budget| drop(dead_permissions(&index, &facts, budget).unwrap()));
        spent(&|budget| drop(uncallable_routes(&index, &facts, budget).unwrap()));
        spent(&|budget| drop(who(&index, read.catalog(), &facts, budget).unwrap()));
    }
}
