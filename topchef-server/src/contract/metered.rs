//! Owns the view of a document that `jsonschema` validates: every question asked of it is counted.
//! Does not know what the questions are for.
//!
//! A validation cannot be stopped from outside, and what it will cost is hard to foresee.
//! So the document itself ends it: once the count is spent, arrays and objects have no members to descend into
//! and texts are empty, so the validator soon comes to its end, and its answer is thrown away.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, Node, NodeIdentity, Object, cmp};
use serde_json::{Map, Number, Value};

use super::weight::{arithmetic, comparison, size};
use super::{excerpt, meter, unique};

/// The representation: [`Value`]s, counted.
pub(super) struct MeteredJson;

/// One value of the document, how deep it lies and how many bytes its JSON pointer has.
pub(super) struct Metered<'a, T = Value> {
    value: &'a T,
    depth: u32,
    path: u32,
}

// Derived, these would ask the same of `T`.
impl<T> Clone for Metered<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Metered<'_, T> {}

impl<'a> Metered<'a> {
    /// A document, seen from its root.
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            depth: 0,
            path: 0,
        }
    }

    fn narrow<T>(self, value: &'a T) -> Metered<'a, T> {
        Metered {
            value,
            depth: self.depth,
            path: self.path,
        }
    }
}

impl<'a, T> Metered<'a, T> {
    /// A member, whose step in the JSON pointer has `step` bytes.
    fn member(self, value: &'a Value, step: usize) -> Metered<'a> {
        Metered {
            value,
            depth: self.depth.saturating_add(1),
            path: self
                .path
                .saturating_add(u32::try_from(step).unwrap_or(u32::MAX)),
        }
    }
}

impl Json for MeteredJson {
    type Node<'a> = Metered<'a>;
    type PreparedKey = String;
    type StringBuffer = Value;

    // As for `Value` itself, whose map is a tree too.
    const KEYS_PER_LOOKUP: usize = 2;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        buffer: &mut Value,
        string: &str,
        f: impl FnOnce(Metered<'_>) -> T,
    ) -> T {
        *buffer = Value::String(string.to_owned());
        f(Metered::root(buffer))
    }
}

impl<'a> Node<'a, MeteredJson> for Metered<'a> {
    type Object = Metered<'a, Map<String, Value>>;
    type Array = Metered<'a, Vec<Value>>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Self::Object> {
        meter::ask(self.depth, 0);
        self.value.as_object().map(|members| self.narrow(members))
    }

    fn as_array(&self) -> Option<Self::Array> {
        meter::ask(self.depth, 0);
        match self.value {
            Value::Array(items) => Some(self.narrow(items)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        let text = self.value.as_str()?;
        let text = if meter::string(self.depth, text.len()) {
            text
        } else {
            ""
        };
        Some(Cow::Borrowed(text))
    }

    fn as_number(&self) -> Option<&'a Number> {
        match self.value {
            Value::Number(number) if meter::ask(self.depth, arithmetic(number)) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        meter::ask(self.depth, 0);
        self.value.as_bool()
    }

    fn is_null(&self) -> bool {
        meter::ask(self.depth, 0);
        self.value.is_null()
    }

    fn is_number(&self) -> bool {
        meter::ask(self.depth, 0);
        self.value.is_number()
    }

    fn json_type(&self) -> JsonType {
        meter::ask(self.depth, 0);
        match self.value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::String(_) => JsonType::String,
            Value::Array(_) => JsonType::Array,
            Value::Object(_) => JsonType::Object,
        }
    }

    fn string_length(&self) -> Option<u64> {
        let text = self.value.as_str()?;
        meter::ask(self.depth, text.len() as u64 / 16);
        Some(text.chars().count() as u64)
    }

    fn equals_value(&self, expected: &Value) -> bool {
        meter::ask(self.depth, comparison(self.value, expected)) && cmp::equal(self.value, expected)
    }

    /// What an error reports. The validator copies it for every sub-error of `anyOf` and `oneOf`, so it is an excerpt,
    /// and it is `null` when the error was made after the count was spent and is not to be trusted.
    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(if meter::error(self.depth, self.path) {
            Value::String(excerpt::of(self.value))
        } else {
            Value::Null
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref(self.value).addr()))
    }
}

impl<'a> Object<'a, MeteredJson> for Metered<'a, Map<String, Value>> {
    type Node = Metered<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.value.len()
    }

    fn get(&self, key: &String) -> Option<Metered<'a>> {
        if !meter::ask(self.depth, key.len() as u64 / 16) {
            return None;
        }
        let member = self.value.get(key)?;
        Some(self.member(member, key.len() + 1))
    }

    fn members(&self) -> Members<'a> {
        Members {
            object: *self,
            rest: self.value.iter(),
        }
    }
}

impl<'a> Array<'a, MeteredJson> for Metered<'a, Vec<Value>> {
    type Node = Metered<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.value.len()
    }

    fn elements(&self) -> Elements<'a> {
        Elements {
            array: *self,
            rest: self.value.iter(),
        }
    }

    fn is_unique(&self) -> bool {
        let size = self.value.iter().map(size).fold(0, u64::saturating_add);
        !meter::ask(self.depth, size.saturating_mul(8)) || unique::is_unique(self.value)
    }
}

/// The members of an object, until the count is spent.
pub(super) struct Members<'a> {
    object: Metered<'a, Map<String, Value>>,
    rest: serde_json::map::Iter<'a>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Metered<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.rest.next()?;
        meter::name(self.object.depth, name.len())
            .then(|| (name.as_str(), self.object.member(value, name.len() + 1)))
    }
}

/// The elements of an array, until the count is spent.
pub(super) struct Elements<'a> {
    array: Metered<'a, Vec<Value>>,
    rest: std::slice::Iter<'a, Value>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Metered<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.rest.next()?;
        // A slash and at most seven digits.
        meter::ask(self.array.depth, 0).then(|| self.array.member(value, 8))
    }
}
