//! Objects with members that have a meaning, and objects of names and values.

use super::node::{Member, Node};
use super::problem::Problems;
use crate::nearest::nearest;
use std::collections::HashMap;

/// The members of an object that are known, each at most once.
pub(crate) struct Object<'a> {
    members: Vec<Node<'a>>,
    /// Names that misspelt members were probably meant to have.
    meant: Vec<String>,
}

impl<'a> Object<'a> {
    /// Reads an object whose members are all known. Unknown ones and repeated ones are noted.
    pub(crate) fn read(node: &'a Node<'a>, known: &[&str], problems: &mut Problems<'_>) -> Option<Self> {
        let (mut members, mut meant) = (Vec::new(), Vec::new());
        for member in members_of(node, "an object", problems)? {
            if known.contains(&member.name()) {
                members.push(member.into_value());
            } else {
                let near = nearest(member.name(), known);
                note_unknown(&member, near, known, problems);
                meant.extend(near.map(str::to_owned));
            }
        }
        Some(Self { members, meant })
    }

    /// Is a member of this name there, or one that is misspelt and was noted?
    pub(crate) fn means(&self, name: &str) -> bool {
        self.get(name).is_some() || self.meant.iter().any(|meant| meant == name)
    }

    /// The value of the member of this name, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.members.iter().find(|member| member.name() == name)
    }
}

fn note_unknown(member: &Member<'_>, near: Option<&str>, known: &[&str], problems: &mut Problems<'_>) {
    let name = member.name();
    let hint = near.map(|near| format!(", did you mean `{near}`?"));
    let hint = hint.unwrap_or_else(|| format!(", expected {}", listed(known)));
    let message = format!("found the unknown member `{name}`{hint}");
    problems.note_at(member.value().place(), member.name_range(), message);
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The members of an object of names and values, at least one, each name once.
pub(crate) fn members<'a>(node: &'a Node<'a>, expected: &str, problems: &mut Problems<'_>) -> Option<Vec<Member<'a>>> {
    let members = members_of(node, expected, problems)?;
    if members.is_empty() {
        problems.note(node, "found an empty object, expected at least one member or no object at all");
        return None;
    }
    Some(members)
}

/// The members of an object, each name once: of a repeated one the first, and the others are noted.
fn members_of<'a>(node: &'a Node<'a>, expected: &str, problems: &mut Problems<'_>) -> Option<Vec<Member<'a>>> {
    let Some(members) = node.members() else {
        problems.note(node, format_args!("found {}, expected {expected}", node.described()));
        return None;
    };
    let mut first = HashMap::new();
    for (number, member) in members.iter().enumerate() {
        if *first.entry(member.name()).or_insert(number) != number {
            let message = format!("found the member `{}` twice, expected each name once", member.name());
            problems.note_at(member.value().place(), member.name_range(), message);
        }
    }
    let is_first: Vec<bool> =
        members.iter().enumerate().map(|(number, member)| first.get(member.name()) == Some(&number)).collect();
    Some(members.into_iter().zip(is_first).filter(|(_, first)| *first).map(|(member, _)| member).collect())
}
