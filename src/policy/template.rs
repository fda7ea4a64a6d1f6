//! What do the policies of many tokens have in common?
//!
//! All but the stage and the values of claims. Globs are compared by their texts alone, so tokens to which the same
//! permissions apply get the same globs but for those values, as long as each value is a text of its own: neither one that
//! the document spells, nor another claim's.

use super::compile::Resources;
use super::glob::{Glob, Seg};

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
    /// `is_claim` tells a claim's name, which stands for its value, from other texts.
    pub(super) fn new(resources: &Resources<'_>, is_claim: impl Fn(&str) -> bool) -> Self {
        let all = |globs: &[Glob<'_>]| globs.iter().map(|glob| Resource::new(glob, &is_claim)).collect();
        Self {
            allow: all(&resources.allow),
            deny: all(&resources.deny),
            refuse: all(&resources.refuse),
            exact: resources.exact,
        }
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

    pub(super) fn has_wildcard(&self) -> bool {
        self.0.iter().any(|chunk| matches!(chunk, Chunk::Text(text) if text.contains('*')))
    }

    pub(super) fn render(&self, prefix: &str, value: impl Fn(&str) -> String) -> String {
        let mut resource = prefix.to_owned();
        for chunk in &self.0 {
            match chunk {
                Chunk::Text(text) => resource.push_str(text),
                Chunk::Claim(name) => resource.push_str(&value(name)),
            }
        }
        resource
    }
}
