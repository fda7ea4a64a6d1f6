//! One value of the document, and where it stands.
//!
//! The document is read value by value: an object's members and a list's elements are first cut out of the text, and then
//! read in their turn. `serde_json` cuts (its `RawValue` is a part of the text), so it alone judges what is JSON, and
//! each value knows its place in the text.

use super::place::Place;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// One value of the document.
pub(crate) struct Node<'a> {
    document: &'a str,
    text: &'a str,
    /// The value that this one stands in, and the step from there.
    parent: Option<(&'a Node<'a>, Way<'a>)>,
}

enum Way<'a> {
    Member(Cow<'a, str>),
    Element(usize),
}

/// One member of an object.
pub(crate) struct Member<'a> {
    name: &'a str,
    value: Node<'a>,
}

impl<'a> Node<'a> {
    /// The document as a whole.
    ///
    /// # Errors
    /// What is no JSON in it.
    pub(crate) fn top(document: &'a str) -> Result<Self, serde_json::Error> {
        let json = document.strip_prefix('\u{feff}').unwrap_or(document);
        let text = serde_json::from_str::<&RawValue>(json)?.get();
        Ok(Self { document, text, parent: None })
    }

    /// The value as it is written.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The bytes of the document that are this value.
    pub(crate) fn range(&self) -> Range<usize> {
        self.range_of(self.text)
    }

    /// `part` is a part of the document's text.
    fn range_of(&self, part: &str) -> Range<usize> {
        let begin = part.as_ptr().addr().saturating_sub(self.document.as_ptr().addr());
        begin..begin + part.len()
    }

    /// The way here from the top.
    pub(crate) fn place(&self) -> Place {
        let Some((parent, way)) = &self.parent else { return Place::default() };
        match way {
            Way::Member(name) => parent.place().member(name),
            Way::Element(number) => parent.place().element(*number),
        }
    }

    /// The name of the member whose value this is.
    pub(crate) fn name(&self) -> &str {
        match &self.parent {
            Some((_, Way::Member(name))) => name,
            _ => "",
        }
    }

    /// The string that the value is; `None` when it is something else.
    pub(crate) fn string(&self) -> Option<Result<Cow<'a, str>, serde_json::Error>> {
        self.text.starts_with('"').then(|| string(self.text))
    }

    /// The elements of the list that the value is; `None` when it is something else.
    pub(crate) fn elements(&self) -> Option<Vec<Node<'_>>> {
        let elements: Vec<&RawValue> = self.text.starts_with('[').then(|| serde_json::from_str(self.text).ok())??;
        let node = |(number, raw): (usize, &'a RawValue)| self.child(raw.get(), Way::Element(number));
        Some(elements.into_iter().enumerate().map(node).collect())
    }

    /// The members of the object that the value is, in its order; `None` when it is something else. A name that is no
    /// text in Unicode stays as it is written.
    pub(crate) fn members(&self) -> Option<Vec<Member<'_>>> {
        let Members(members) = self.text.starts_with('{').then(|| serde_json::from_str(self.text).ok())??;
        let member = |(key, value): (&'a RawValue, &'a RawValue)| {
            let name = string(key.get()).unwrap_or(Cow::Borrowed(key.get()));
            Member { name: key.get(), value: self.child(value.get(), Way::Member(name)) }
        };
        Some(members.into_iter().map(member).collect())
    }

    fn child<'b>(&'b self, text: &'b str, way: Way<'b>) -> Node<'b> {
        Node { document: self.document, text, parent: Some((self, way)) }
    }

    /// What is it? `expected a list` is for the message to say.
    pub(crate) fn described(&self) -> String {
        let kind = match self.text.as_bytes().first() {
            Some(b'"') => "the string ",
            Some(b'[') => return "a list".to_owned(),
            Some(b'{') => return "an object".to_owned(),
            Some(b'n' | b't' | b'f') => "",
            _ => "the number ",
        };
        let written = self.string().and_then(Result::ok).unwrap_or(Cow::Borrowed(self.text));
        format!("{kind}`{}`", shortened(&written))
    }
}

impl<'a> Member<'a> {
    pub(crate) fn name(&self) -> &str {
        self.value.name()
    }

    /// The bytes of the document that are the name, with its quotes.
    pub(crate) fn name_range(&self) -> Range<usize> {
        self.value.range_of(self.name)
    }

    pub(crate) fn value(&self) -> &Node<'a> {
        &self.value
    }

    pub(crate) fn into_value(self) -> Node<'a> {
        self.value
    }
}

/// Most strings have no escape, and need no copy.
fn string(text: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        _ => serde_json::from_str(text).map(Cow::Owned),
    }
}

/// The longest text of a document that a message repeats, in characters.
const LONGEST_QUOTE: usize = 60;

/// A text, cut off where it would make a message hard to read.
pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_QUOTE) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// Names and values as they are written, in their order.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor).map(Self)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
