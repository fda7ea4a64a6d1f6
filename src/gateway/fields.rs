//! How does an event write headers, parameters and cookies?
//!
//! As maps of texts, of lists of texts, or with `null` here and there. All of it is read; what is no text is passed over.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Names with their values, in the event's order. A value that is neither text nor a list of texts is passed over.
#[derive(Debug)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, Vec<Cow<'a, str>>)>);

impl Fields<'_> {
    /// The values under this name.
    pub(super) fn named<'a>(&'a self, name: &'a str, same: fn(&str, &str) -> bool) -> impl Iterator<Item = &'a str> {
        let matching = self.0.iter().filter(move |(known, _)| same(known, name));
        matching.flat_map(|(_, values)| values).map(|value| &**value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts or lists of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((Text(name), Texts(values))) = members.next_entry()? {
            fields.push((name, values));
        }
        Ok(Fields(fields))
    }
}

/// A text, borrowed from the event unless it is written with escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The texts in a JSON value: itself, or the elements of a list.
#[derive(Default)]
pub(super) struct Texts<'a>(pub(super) Vec<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor).map(Self)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Vec<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(vec![Cow::Borrowed(text)])
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![Cow::Owned(text.to_owned())])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(Texts(mut values)) = elements.next_element()? {
            texts.append(&mut values);
        }
        Ok(texts)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::Expected;

    #[test]
    fn texts_are_read_with_their_escapes_and_all_else_is_passed_over() {
        let fields: Fields =
            serde_json::from_str(r#"{"\u0061":["\u0062",1,-1,0.5,true,null,{"c":"d"},["e"]]}"#).unwrap();
        assert_eq!(fields.named("a", |one, other| one == other).collect::<Vec<_>>(), ["b", "e"]);
    }

    #[test]
    fn what_is_expected_is_said() {
        let expected: [&dyn Expected; 2] = [&FieldsVisitor, &TextsVisitor];
        assert_eq!(expected.map(ToString::to_string), ["an object of texts or lists of texts", "a JSON value"]);
    }
}
