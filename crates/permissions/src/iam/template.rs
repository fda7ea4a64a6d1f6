//! What the policies of holders who are alike have in common.
//!
//! All but API and stage, the values of claims, and the requested method. Compiled once and kept.

use super::draft::{Draft, Fit};
use super::plan::Loss;
use super::rows::{Meaning, Texts};
use super::sizes::Sizes;
use super::word::{Glob, Seg, VerbSeg};
use crate::grants::Spellings;
use crate::route::VERBS;

/// A policy's resources, with claims in place of their values.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) allow: Vec<Resource>,
    pub(super) deny: Vec<Resource>,
    /// Denies that shut something granted, each with the places of the Allows that need it.
    pub(super) lossy: Vec<(Resource, Vec<usize>)>,
    /// Has an Allow a star, so that the constants are needed?
    pub(super) has_star: bool,
    pub(super) fit: Fit,
    pub(super) loss: Loss,
}

/// What a resource says behind the stage.
#[derive(Debug)]
pub(super) struct Resource {
    chunks: Vec<Chunk>,
}

#[derive(Debug)]
enum Chunk {
    Text(String),
    /// The value of the claim at this place.
    Claim(usize),
}

impl Template {
    pub(super) fn new(draft: &Draft, sizes: &Sizes<'_>) -> Self {
        let resource = |glob: &Glob| Resource::new(glob, sizes.texts);
        Self {
            allow: draft.allow.iter().map(resource).collect(),
            deny: draft.deny.iter().chain(&draft.refuse).map(resource).collect(),
            lossy: draft.lossy.iter().map(|(glob, needed_by)| (resource(glob), needed_by.clone())).collect(),
            has_star: draft.allow.iter().any(Glob::has_star),
            fit: draft.fit,
            loss: draft.loss.clone(),
        }
    }

    /// Is every granted method of a verb that API Gateway knows open, whatever is requested?
    pub(super) fn is_exact(&self) -> bool {
        self.fit != Fit::Part && self.loss.is_none() && self.lossy.is_empty()
    }
}

impl Resource {
    fn new(glob: &Glob, texts: &Texts) -> Self {
        let mut chunks = Vec::new();
        let mut text = String::from(match glob.verb {
            VerbSeg::One(verb) => VERBS.get(verb).copied().unwrap_or_default(),
            VerbSeg::Star => "*",
        });
        for seg in &glob.path {
            text.push('/');
            match seg {
                Seg::Open => text.push('*'),
                Seg::Text(own) => match texts.meaning(*own) {
                    Meaning::Literal(literal) => text.push_str(literal),
                    Meaning::Claim(claim) => {
                        chunks.push(Chunk::Text(std::mem::take(&mut text)));
                        chunks.push(Chunk::Claim(claim));
                    }
                },
            }
        }
        chunks.push(Chunk::Text(text));
        Self { chunks }
    }

    /// Calls `write` with the texts in order, each claim's value in its place, once for each way to spell these values.
    pub(super) fn each_spelling<'a>(&'a self, values: Spellings<'a>, write: &mut impl FnMut(&[&'a str])) {
        let mut texts = Vec::with_capacity(self.chunks.len());
        spell(&self.chunks, values, &mut texts, write);
    }

    /// Does IAM match a method with this resource? It is written `VERB/path`.
    pub(super) fn matches(&self, values: Spellings<'_>, method: &str) -> bool {
        let mut found = false;
        self.each_spelling(values, &mut |texts| found |= matches(&texts.concat(), method));
        found
    }
}

fn spell<'a>(chunks: &'a [Chunk], values: Spellings<'a>, texts: &mut Vec<&'a str>, write: &mut impl FnMut(&[&'a str])) {
    let Some((chunk, rest)) = chunks.split_first() else { return write(texts) };
    let (text, other) = match chunk {
        Chunk::Text(text) => (text.as_str(), None),
        Chunk::Claim(claim) => (values.plain(*claim), values.encoded(*claim)),
    };
    for text in [Some(text), other].into_iter().flatten() {
        texts.push(text);
        spell(rest, values, texts, write);
        texts.pop();
    }
}

/// IAM's `*`: any run of characters, slashes among them. Nothing else in a resource is special here.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(place) = rest.find(piece) else { return false };
        rest = rest.get(place + piece.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_run_of_characters() {
        for (pattern, text, expected) in [
            ("GET/a", "GET/a", true),
            ("GET/a", "GET/ab", false),
            ("GET/*", "GET/", true),
            ("GET/*", "GET/a/b", true),
            ("*/b", "GET/a/b", true),
            ("*/b", "GET/a/bb", false),
            ("GET/*/b", "GET/b", false),
            ("GET/a*a", "GET/a", false),
            ("*/a/*", "GET/b/a/c", true),
            ("*/*/*", "GET/a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
