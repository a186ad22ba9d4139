//! The JSON Schema of what clients send: what may be given, what must be.
//!
//! It does not know what hooks add: what a hook gives is required here all the same.

use std::cmp::Ordering;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, AllOfBuilder, Array, ObjectBuilder, Schema, SchemaType,
};

use super::column::given_schema;
use super::described;
use crate::column::{Bound, ColumnDefault, Kind, LARGEST_GIVEN, Value};
use crate::descriptor::{ColumnDescriptor, Descriptor, Method, RelationDescriptor, RelationKind};

/// What is neither `.` nor `..`, which in a path mean other paths.
const NO_DOTS: &str = r"^(?!\.{1,2}$)";

/// What a method takes; none for those without a body.
pub(crate) fn input_schema(
    descriptor: &'static Descriptor,
    method: Method,
) -> Option<ObjectBuilder> {
    match method {
        Method::Post => Some(new_record(&[descriptor], None)),
        Method::Put | Method::Patch => Some(columns(descriptor, method, None)),
        Method::Get | Method::List | Method::Delete => None,
    }
}

/// A new record with its children; `given` is the column that its parent gives.
fn new_record(way: &[&'static Descriptor], given: Option<usize>) -> ObjectBuilder {
    let Some(descriptor) = way.last() else {
        return ObjectBuilder::new();
    };
    let mut schema = columns(descriptor, Method::Post, given);
    let relations = descriptor.relations.iter();
    for relation in relations.filter(|relation| relation.takes_children()) {
        if let Some(child) = children(way, relation) {
            schema = schema.property(relation.wire, child);
        }
    }
    schema
}

fn columns(descriptor: &Descriptor, method: Method, given: Option<usize>) -> ObjectBuilder {
    let schema = ObjectBuilder::new()
        .title(Some(descriptor.name))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let mut schema = described(schema, descriptor.doc);
    for (index, column) in descriptor.columns.iter().enumerate() {
        if column.read_only || given == Some(index) {
            continue;
        }
        schema = schema.property(column.wire, given_to(descriptor, index));
        if is_required(descriptor, method, index) {
            schema = schema.required(column.wire);
        }
    }
    schema
}

/// What a client may give a column: a key must be one that a path can name, and leave the database numbers to go on with.
fn given_to(descriptor: &Descriptor, index: usize) -> RefOr<Schema> {
    let column = &descriptor.columns[index];
    let value = given_schema(column);
    match (column.kind, descriptor.default_of(index)) {
        (Kind::Text, _) if descriptor.key.contains(&index) => {
            let least = column.min_length.unwrap_or_default().max(1);
            in_a_path(value.min_length(Some(least)), column.pattern.is_some())
        }
        (_, ColumnDefault::Database) if may_exceed(column, LARGEST_GIVEN) => {
            value.maximum(Some(LARGEST_GIVEN)).into()
        }
        _ => value.into(),
    }
}

/// Whether an integer column by itself takes numbers above this one.
fn may_exceed(column: &ColumnDescriptor, most: i64) -> bool {
    let most = Value::BigInt(Some(most));
    let within = |bound: Bound| bound.compare(&most) == Some(Ordering::Less);
    let of_kind = matches!(column.kind, Kind::Integer { max, .. } if within(Bound::Integer(max)));
    of_kind && column.maximum.is_none_or(within)
}

/// A text that is neither `.` nor `..`; what has a pattern already must have this one too.
fn in_a_path(text: ObjectBuilder, has_pattern: bool) -> RefOr<Schema> {
    if has_pattern {
        let named = ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .pattern(Some(NO_DOTS));
        AllOfBuilder::new().item(text).item(named).into()
    } else {
        text.pattern(Some(NO_DOTS)).into()
    }
}

fn is_required(descriptor: &Descriptor, method: Method, index: usize) -> bool {
    let has_default = !matches!(descriptor.default_of(index), ColumnDefault::None);
    match method {
        // The path has the key.
        Method::Put if descriptor.key.contains(&index) => false,
        Method::Post | Method::Put => !descriptor.columns[index].nullable && !has_default,
        Method::Get | Method::List | Method::Patch | Method::Delete => false,
    }
}

/// The records that are made together with the one that they belong to.
fn children(way: &[&'static Descriptor], relation: &RelationDescriptor) -> Option<RefOr<Schema>> {
    let target = (relation.target)();
    let child = if way.iter().any(|resource| resource.is(target)) {
        // It may go on for ever, which a schema without references cannot say.
        ObjectBuilder::new().title(Some(target.name))
    } else {
        let mut way = way.to_vec();
        way.push(target);
        new_record(&way, Some(relation.theirs))
    };
    match relation.kind {
        RelationKind::BelongsTo => None,
        RelationKind::HasOne => Some(child.into()),
        RelationKind::HasMany => Some(Array::new(child).into()),
    }
}
