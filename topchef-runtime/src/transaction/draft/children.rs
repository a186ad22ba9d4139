//! New records with the records below them: what stands in a body under the name of a `has_many` or `has_one` relation.
//!
//! It does not know how they are written.

use serde_json::value::RawValue;

use super::super::object::Object;
use super::read::Unknown;
use super::{Child, Draft};
use crate::descriptor::{Descriptor, RelationDescriptor, RelationKind};
use crate::error::{ApiError, pointer};

/// The most records that one body may bring, one below the other counted in.
const MOST: usize = 10_000;

/// The most records of an array that is a whole body.
const MOST_AT_ONCE: usize = 1_000;

impl Draft {
    /// Reads a new record, as [`read`](Self::read) does, and the records below it, to any depth.
    pub fn read_new(
        descriptor: &'static Descriptor,
        object: &Object<'_>,
        unknown: Unknown,
    ) -> Self {
        let mut reader = Reader {
            unknown,
            left: MOST,
        };
        let mut draft = Self::empty(descriptor);
        reader.read(&mut draft, object);
        draft
    }

    /// Reads several new records, each with the records below it.
    ///
    /// # Errors
    /// 400 when there are none, 413 when there are more than a thousand.
    pub fn read_several(
        descriptor: &'static Descriptor,
        items: &[&RawValue],
        unknown: Unknown,
    ) -> Result<Vec<Self>, ApiError> {
        if items.is_empty() {
            return Err(ApiError::no_records());
        }
        if items.len() > MOST_AT_ONCE {
            return Err(ApiError::too_many_records(MOST_AT_ONCE));
        }
        let mut reader = Reader {
            unknown,
            left: MOST,
        };
        let drafts = items.iter().map(|item| {
            let mut draft = Self::empty(descriptor);
            reader.read_item(&mut draft, item);
            draft
        });
        Ok(drafts.collect())
    }
}

struct Reader {
    unknown: Unknown,
    /// How many more records there may be below others.
    left: usize,
}

impl Reader {
    fn read(&mut self, draft: &mut Draft, object: &Object<'_>) {
        let descriptor = draft.descriptor;
        let mut below: Vec<Option<(&str, &RawValue)>> = vec![None; descriptor.relations.len()];
        draft.read_columns(object, |draft, key, json| {
            let relation = descriptor
                .relation_named(key)
                .filter(|index| descriptor.relations[*index].takes_children());
            match relation {
                Some(index) => {
                    let other = below[index].replace((key, json));
                    if other.is_some_and(|(other, _)| other != key) {
                        let wire = descriptor.relations[index].wire;
                        draft.reject(ApiError::given_twice(wire));
                    }
                }
                None if self.unknown == Unknown::Refuse => {
                    draft.refuse_key(key, RelationDescriptor::takes_children);
                }
                None => {}
            }
        });
        for (index, given) in below.into_iter().enumerate() {
            let relation = &descriptor.relations[index];
            // Nothing stands below where a read shows that nothing does.
            let is_none = |json: &RawValue| !relation.kind.is_many() && json.get() == "null";
            if let Some((_, json)) = given.filter(|(_, json)| !is_none(json)) {
                self.read_below(draft, index, json);
            }
        }
    }

    /// Reads what stands under the name of a relation: an array of objects, or an object.
    fn read_below(&mut self, draft: &mut Draft, index: usize, json: &RawValue) {
        let relation = &draft.descriptor.relations[index];
        let at = pointer(relation.wire);
        if relation.kind == RelationKind::HasOne {
            return self.read_child(draft, index, at, json);
        }
        // It is JSON already: what fails to be read so is no array.
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json.get()) else {
            let reason = "must be an array of objects";
            return draft.reject(ApiError::deserialization(relation.wire, "type", reason));
        };
        for (position, item) in items.into_iter().enumerate() {
            if self.left == 0 {
                return draft.reject(ApiError::too_many_records(MOST).at(at));
            }
            self.read_child(draft, index, format!("{at}/{position}"), item);
        }
    }

    fn read_child(&mut self, draft: &mut Draft, index: usize, pointer: String, json: &RawValue) {
        self.left = self.left.saturating_sub(1);
        let relation: &RelationDescriptor = &draft.descriptor.relations[index];
        let mut child = Draft::empty((relation.target)());
        child.given_from_above = Some(relation.theirs);
        self.read_item(&mut child, json);
        draft.children.push(Child {
            relation: index,
            pointer,
            draft: child,
        });
    }

    fn read_item(&mut self, draft: &mut Draft, json: &RawValue) {
        match Object::within(json) {
            Ok(object) => self.read(draft, &object),
            Err(error) => draft.reject(error),
        }
    }
}
