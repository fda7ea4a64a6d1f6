//! What do the policies of many tokens have in common?
//!
//! All but the stage and the values of claims. Globs are compared by their texts alone, so tokens to which the same
//! permissions apply get the same globs but for those values, as long as each value is a text of its own: neither one that
//! the document spells, nor another claim's.

use super::compile::Resources;
use super::glob::{Glob, Seg};
use crate::ENCODED_SEPARATORS;

/// Paths that match no route, whatever they look like: an empty segment inside or at the end (`?` spares the root
/// path), and dot segments. Encoded separators come on top.
const MALFORMED: [&str; 6] = ["*//*", "*/?*/", "*/./*", "*/../*", "*/.", "*/.."];

/// A policy's resources, with claims' names in place of their values.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) allow: Vec<Resource>,
    pub(super) deny: Vec<Resource>,
    pub(super) refuse: Vec<Resource>,
    /// See [`Resources::exact`].
    pub(super) exact: bool,
}

/// A resource after the stage.
#[derive(Debug)]
pub(super) struct Resource(Vec<Chunk>);

#[derive(Debug)]
enum Chunk {
    Text(String),
    Claim(String),
}

impl Template {
    /// What the resources say, and what belongs to every policy that has a wildcard. `is_claim` tells a claim's name,
    /// which stands for its value, from other texts.
    pub(super) fn new(resources: &Resources<'_>, is_claim: impl Fn(&str) -> bool) -> Self {
        let all = |globs: &[Glob<'_>]| globs.iter().map(|glob| Resource::new(glob, &is_claim)).collect::<Vec<_>>();
        let (allow, mut deny) = (all(&resources.allow), all(&resources.deny));
        if allow.iter().any(Resource::has_wildcard) {
            deny.extend(MALFORMED.map(|form| Resource::text(form.to_owned())));
            deny.extend(ENCODED_SEPARATORS.map(|encoded| Resource::text(format!("*{encoded}*"))));
        }
        Self { allow, deny, refuse: all(&resources.refuse), exact: resources.exact }
    }
}

impl Resource {
    fn new(glob: &Glob<'_>, is_claim: impl Fn(&str) -> bool) -> Self {
        let mut chunks = Vec::new();
        let mut text = String::new();
        for (position, seg) in glob.iter().enumerate() {
            text.push_str(if position > 0 { "/" } else { "" });
            match seg {
                Seg::Text(name) if is_claim(name) => {
                    chunks.push(Chunk::Text(std::mem::take(&mut text)));
                    chunks.push(Chunk::Claim((*name).to_owned()));
                }
                Seg::Text(literal) => text.push_str(literal),
                Seg::Star => text.push('*'),
            }
        }
        chunks.push(Chunk::Text(text));
        Self(chunks)
    }

    fn text(text: String) -> Self {
        Self(vec![Chunk::Text(text)])
    }

    fn has_wildcard(&self) -> bool {
        self.0.iter().any(|chunk| matches!(chunk, Chunk::Text(text) if text.contains('*')))
    }

    /// The texts in order, each claim's value in its place.
    pub(super) fn chunks<'a>(&'a self, claims: &'a [(&str, Option<&'a str>)]) -> impl Iterator<Item = &'a str> {
        let value = |claim: &str| claims.iter().find(|(name, _)| *name == claim).and_then(|(_, value)| *value);
        self.0.iter().map(move |chunk| match chunk {
            Chunk::Text(text) => text.as_str(),
            Chunk::Claim(name) => value(name).unwrap_or_default(),
        })
    }
}
