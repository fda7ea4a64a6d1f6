//! What does a JSON text say, when nobody may say it twice?
//!
//! RFC 8259 leaves duplicate member names undefined; parsers that keep the last one let a signed or reviewed text mean
//! two things. [`Strict`] refuses them at every depth, and [`Object`] a list where names are expected.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::marker::PhantomData;

/// A structure read from a JSON object. By itself serde also takes a list of its members' values.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

/// A JSON value without a duplicate member name anywhere in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Strict(pub Value);

/// The members of a JSON object without a duplicate member name anywhere in it, sorted by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Members(Vec<(String, Value)>);

/// How many members most objects of a token have at most; those of Cognito's access tokens have eleven to fourteen.
const USUAL_MEMBERS: usize = 16;

impl Members {
    /// The value of the member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let position = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.0.get(position).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnyObject).map(Self)
    }
}

struct AnyObject;

impl<'de> Visitor<'de> for AnyObject {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object: Self::Value = Vec::with_capacity(USUAL_MEMBERS);
        while let Some((name, Strict(value))) = members.next_entry()? {
            object.push((name, value));
        }
        object.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if object.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other)) {
            // The name is not repeated: in a token it is the sender's text.
            return Err(A::Error::custom("found a member name twice, expected each name once"));
        }
        Ok(object)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(value)) = elements.next_element()? {
            array.push(value);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Value, A::Error> {
        AnyObject.visit_map(members).map(|object| Value::Object(Map::from_iter(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::Expected;

    #[test]
    fn a_text_without_duplicates_reads_as_serde_json_reads_it() {
        let text = r#"{"a":[1,-2,3.5,"x",null,true,{"b":{}}],"c":"\u00e9"}"#;
        let strict: Strict = serde_json::from_str(text).unwrap();
        assert_eq!(strict.0, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_duplicate_member_name_is_refused_at_every_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":{"a":1,"a":2}}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#] {
            assert!(serde_json::from_str::<Members>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn members_are_found_by_their_whole_names() {
        let members: Members = serde_json::from_str(r#"{"b":2,"a":1,"ab":3,"":4}"#).unwrap();
        for (name, expected) in
            [("a", Some(1)), ("ab", Some(3)), ("b", Some(2)), ("", Some(4)), ("A", None), ("abc", None)]
        {
            assert_eq!(members.get(name).and_then(Value::as_u64), expected, "{name}");
        }
    }

    #[test]
    fn what_is_expected_is_said() {
        let expected: [&dyn Expected; 2] = [&AnyObject, &AnyValue];
        assert_eq!(expected.map(ToString::to_string), ["an object", "a JSON value"]);
    }

    #[test]
    fn only_an_object_is_an_object() {
        for text in ["[]", "1", "\"a\"", "null", ""] {
            assert!(serde_json::from_str::<Members>(text).is_err(), "{text}");
        }
    }
}
