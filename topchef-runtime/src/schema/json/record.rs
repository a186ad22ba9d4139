//! The JSON Schema of a record as it goes out, related records included.
//!
//! It does not know who asked for it.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Array, ObjectBuilder, Schema, SchemaType, Type};

use super::{column_schema, described};
use crate::descriptor::{Answer, Descriptor, Method, RelationDescriptor, Selection, Shown};

/// A record as a method shows it when nothing else is asked for.
pub(crate) fn record_schema(descriptor: &'static Descriptor, method: Method) -> ObjectBuilder {
    of_selection(descriptor, &Selection::of(descriptor, method))
}

/// Another resource's record that a hook answers with.
pub(crate) fn answer_schema(answer: &Answer) -> ObjectBuilder {
    let target = (answer.target)();
    of_selection(target, &Selection::named(target, answer.fields))
}

fn of_selection(descriptor: &'static Descriptor, selection: &Selection) -> ObjectBuilder {
    let schema = ObjectBuilder::new().title(Some(descriptor.name));
    let mut schema = described(schema, descriptor.doc);
    for shown in &selection.shown {
        let name = descriptor.field_name(shown.field());
        schema = schema
            .property(name, shown_schema(descriptor, shown))
            .required(name);
    }
    schema
}

fn shown_schema(descriptor: &'static Descriptor, shown: &Shown) -> RefOr<Schema> {
    match shown {
        Shown::Column(index) => column_schema(&descriptor.columns[*index]).into(),
        Shown::Computed(_) => ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .read_only(true)
            .into(),
        Shown::Relation(index, selection) => related(&descriptor.relations[*index], selection),
    }
}

/// Several records, or one; or none, which a policy may hide too.
fn related(relation: &RelationDescriptor, selection: &Selection) -> RefOr<Schema> {
    let record = of_selection((relation.target)(), selection);
    if relation.kind.is_many() {
        Array::new(record).into()
    } else {
        record
            .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
            .into()
    }
}
