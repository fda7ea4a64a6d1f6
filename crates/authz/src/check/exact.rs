//! Lines that make no difference, over all tokens and all requests: decided by the engine's questions, not sampled.

use permissions::findings::{Finding, Severity, Subject};
use permissions::questions::{
    Atom, Budget, DeadRule, Facts, Index, NeedlessCondition, Reason, Undecided, dead_permissions, dead_rules,
    needless_conditions, uncallable_routes,
};
use permissions::{Effect, Permissions, Place, Route, Rule};
use std::collections::BTreeMap;

/// What can be found here.
#[cfg(test)]
pub(super) const CODES: [&str; 8] = [
    "allow_covered",
    "allow_never_opens",
    "condition_needless",
    "deny_never_hits",
    "not_analysed",
    "permission_covered",
    "permission_without_effect",
    "route_never_callable",
];

/// Each cause once. `told` has what was found before: what it says is not said a second time.
pub(super) fn findings(permissions: &Permissions, told: &[Finding]) -> Vec<Finding> {
    let index = Index::new(permissions);
    decided(&index, told).unwrap_or_else(|undecided| vec![not_analysed(&undecided)])
}

fn decided(index: &Index<'_>, told: &[Finding]) -> Result<Vec<Finding>, Undecided> {
    let facts = Facts::of_cognito();
    let dead = dead_permissions(index, &facts, &mut Budget::default())?;
    let rules = dead_rules(index, &facts, &mut Budget::default())?;
    let needless = needless_conditions(index, &facts, &mut Budget::default())?;
    let uncallable = uncallable_routes(index, &facts, &mut Budget::default())?;
    let document = index.document();
    let mut causes = Causes::default();
    for permission in &dead {
        causes.permission(document, *permission, &rules);
    }
    let twice = places_of(told, "route_twice");
    for rule in rules.iter().filter(|rule| !dead.contains(&rule.rule.permission)) {
        if !is_repeated(document, rule, &twice) {
            causes.rule(document, rule);
        }
    }
    let mut findings = causes.findings();
    findings.extend(needless_finding(document, &needless, &dead));
    findings.extend(uncallable_finding(document, &uncallable, &rules, &places_of(told, "route_never_allowed")));
    Ok(findings)
}

/// A document that the questions do not range over. It is no "nothing found".
fn not_analysed(undecided: &Undecided) -> Finding {
    Finding {
        code: "not_analysed",
        severity: Severity::Warning,
        message: format!(
            "lines that make no difference, and routes that nobody can call, were not looked for; {undecided}"
        ),
        subjects: Vec::new(),
        related: Vec::new(),
        example: None,
        advice: "leave it out with a reason if the conditions are meant".to_owned(),
    }
}

/// What lines of a document make no difference for: code, message and advice.
type Cause = (&'static str, String, &'static str);

const TAKE_OUT: &str =
    "take it out, one line at a time; or look whether the other permission opens more than was meant";
const TO_ROUTES: &str = "move it to `routes`, where its literal goes on to win over an allow with a parameter";
const NO_EFFECT: &str = "look whether a condition or a deny is meant otherwise, or take it out";

/// Each cause with the places where it shows, and the lines that make them needless.
#[derive(Default)]
struct Causes(BTreeMap<Cause, (Vec<Subject>, Vec<Subject>)>);

impl Causes {
    /// A permission of which nothing makes a difference.
    fn permission(&mut self, document: &Permissions, permission: usize, rules: &[DeadRule<'_>]) {
        let own = rules.iter().filter(|rule| rule.rule.permission == permission);
        let mut covering: Vec<Rule<'_>> = Vec::new();
        let mut covered = 0;
        for rule in own {
            if let Reason::Covered(by) = &rule.reason {
                covered += 1;
                covering.extend(by.iter().filter(|rule| rule.permission != permission));
            }
        }
        let routes = document.permissions().get(permission).map_or(0, |entry| entry.allow().len() + entry.deny().len());
        let subject = Subject { place: Place::permission(permission), route: None };
        if covered == routes && !covering.is_empty() {
            let message =
                format!("this permission makes no difference: all that it opens is open by {}", named(&covering));
            let wins = rules.iter().any(|rule| rule.rule.permission == permission && rule.wins);
            let cause = ("permission_covered", message, if wins { TO_ROUTES } else { TAKE_OUT });
            self.add(cause, subject, places(document, &covering));
        } else {
            let message = "this permission makes no difference: no token meets its conditions, or what it says is said \
                           or denied elsewhere";
            self.add(("permission_without_effect", message.to_owned(), NO_EFFECT), subject, Vec::new());
        }
    }

    /// A line that makes no difference, of a permission that does.
    fn rule(&mut self, document: &Permissions, dead: &DeadRule<'_>) {
        let subject = of_rule(dead.rule, dead.place);
        match (&dead.reason, dead.rule.effect) {
            (Reason::Covered(by), _) => {
                let message = format!("this line makes no difference: all that it opens is open by {}", named(by));
                let cause = ("allow_covered", message, if dead.wins { TO_ROUTES } else { TAKE_OUT });
                self.add(cause, subject, places(document, by));
            }
            (Reason::NoEffect, Effect::Allow) => {
                let message =
                    "this line never opens anything: no token meets the conditions, or a deny shuts all of it";
                self.add(("allow_never_opens", message.to_owned(), NO_EFFECT), subject, Vec::new());
            }
            (Reason::NoEffect, Effect::Deny) => {
                let message = "this deny never shuts anything: nothing that it matches is open to those whom it is for";
                self.add(("deny_never_hits", message.to_owned(), NO_EFFECT), subject, Vec::new());
            }
        }
    }

    fn add(&mut self, cause: Cause, subject: Subject, related: Vec<Subject>) {
        let (subjects, all) = self.0.entry(cause).or_default();
        subjects.push(subject);
        for related in related {
            if !all.contains(&related) {
                all.push(related);
            }
        }
    }

    fn findings(self) -> Vec<Finding> {
        let finding = |((code, message, advice), (subjects, related)): (Cause, (Vec<Subject>, Vec<Subject>))| Finding {
            code,
            severity: Severity::Warning,
            message,
            subjects,
            related,
            example: None,
            advice: advice.to_owned(),
        };
        self.0.into_iter().map(finding).collect()
    }
}

/// The places of findings with this code.
fn places_of<'a>(told: &'a [Finding], code: &str) -> Vec<&'a Subject> {
    told.iter().filter(|finding| finding.code == code).flat_map(|finding| &finding.subjects).collect()
}

/// Is the line needless because its own list has the same route a second time?
fn is_repeated(document: &Permissions, dead: &DeadRule<'_>, twice: &[&Subject]) -> bool {
    let Reason::Covered(by) = &dead.reason else { return false };
    let own = of_rule(dead.rule, dead.place);
    let others = places(document, by);
    by.iter().all(|rule| rule.permission == dead.rule.permission)
        && others.iter().chain([&own]).any(|place| twice.contains(&place))
}

/// The permissions of these rules, in words.
fn named(rules: &[Rule<'_>]) -> String {
    let mut permissions: Vec<usize> = rules.iter().map(|rule| rule.permission).collect();
    permissions.sort_unstable();
    permissions.dedup();
    let names: Vec<String> = permissions.iter().map(|number| format!("`permissions[{number}]`")).collect();
    names.join(" and ")
}

fn places(document: &Permissions, rules: &[Rule<'_>]) -> Vec<Subject> {
    let place = |rule: &Rule<'_>| {
        let list = document.permissions().get(rule.permission)?.routes(rule.effect);
        Some(of_rule(*rule, list.iter().position(|route| route == rule.route)?))
    };
    rules.iter().filter_map(place).collect()
}

fn of_rule(rule: Rule<'_>, number: usize) -> Subject {
    let list = if rule.effect == Effect::Allow { "allow" } else { "deny" };
    let place = Place::permission(rule.permission).member(list).element(number);
    Subject { place, route: Some(rule.route.to_string()) }
}

/// Conditions of permissions that make a difference.
fn needless_finding(document: &Permissions, needless: &[NeedlessCondition<'_>], dead: &[usize]) -> Option<Finding> {
    let alive = needless.iter().filter(|condition| !dead.contains(&condition.permission));
    let subjects: Vec<Subject> = alive.filter_map(|condition| of_condition(document, condition)).collect();
    (!subjects.is_empty()).then(|| Finding {
        code: "condition_needless",
        severity: Severity::Warning,
        message: "without this condition the document allows everybody the same".to_owned(),
        subjects,
        related: Vec::new(),
        example: None,
        advice: "take it out, one at a time, if nothing else was meant".to_owned(),
    })
}

fn of_condition(document: &Permissions, condition: &NeedlessCondition<'_>) -> Option<Subject> {
    let permission = document.permissions().get(condition.permission)?;
    let place = Place::permission(condition.permission);
    let element = |list: &'static str, names: &[String], name: &str| {
        names.iter().position(|known| known == name).map(|number| place.clone().member(list).element(number))
    };
    let place = match condition.atom {
        Atom::Scope(scope) => element("scopes", permission.scopes(), scope),
        Atom::Group(group) => element("groups", permission.groups(), group)
            .or_else(|| Some(place.clone().member("claims").member("cognito:groups"))),
        Atom::Claim(name, _) => Some(place.clone().member("claims").member(name)),
    };
    place.map(|place| Subject { place, route: None })
}

/// Routes that nobody can call, and of which no other finding says so.
fn uncallable_finding(
    document: &Permissions,
    uncallable: &[&Route],
    dead: &[DeadRule<'_>],
    told: &[&Subject],
) -> Option<Finding> {
    let is_dead = |route: &Route| dead.iter().any(|rule| rule.rule.effect == Effect::Allow && rule.rule.route == route);
    let subjects: Vec<Subject> = uncallable
        .iter()
        .filter(|route| !is_dead(route))
        .filter_map(|route| of_route(document, route))
        .filter(|subject| !told.contains(&subject))
        .collect();
    (!subjects.is_empty()).then(|| Finding {
        code: "route_never_callable",
        severity: Severity::Warning,
        message: "nobody can call this route, whatever the token".to_owned(),
        subjects,
        related: Vec::new(),
        example: None,
        advice: "allow it to somebody, or leave it out with a reason if that is meant".to_owned(),
    })
}

/// Where the catalog has the route from.
fn of_route(document: &Permissions, route: &Route) -> Option<Subject> {
    let listed = document.listed().iter().position(|listed| listed == route);
    let allowed = document.permissions().iter().enumerate().find_map(|(permission, entry)| {
        let number = entry.allow().iter().position(|allow| allow == route)?;
        Some(Place::permission(permission).member("allow").element(number))
    });
    let place = listed.map(|number| Place::default().member("routes").element(number)).or(allowed)?;
    Some(Subject { place, route: Some(route.to_string()) })
}
