//! What stands around the records of a body.
//!
//! It does not know the records.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    Array, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, SchemaType, Type,
};

use super::parameters::text;
use crate::descriptor::Envelope;

/// One record.
pub(super) fn one(envelope: Envelope, record: RefOr<Schema>) -> RefOr<Schema> {
    match envelope {
        Envelope::None => record,
        Envelope::Data => around(record, links().required("self"), meta_of_one()).into(),
    }
}

/// A page of records.
pub(super) fn page(envelope: Envelope, record: RefOr<Schema>) -> RefOr<Schema> {
    let records = Array::new(record).into();
    match envelope {
        Envelope::None => records,
        Envelope::Data => {
            let links = links()
                .required("self")
                .property("next", link())
                .property("prev", link());
            let total = ObjectBuilder::new()
                .schema_type(SchemaType::new(Type::Integer))
                .description(Some(
                    "With `count=exact`: the records of all pages together.",
                ));
            around(records, links, meta().property("total", total)).into()
        }
    }
}

/// What a `POST` stored: one record, or as many items as were sent.
pub(super) fn posted(
    envelope: Envelope,
    record: RefOr<Schema>,
    item: impl Into<RefOr<Schema>>,
) -> RefOr<Schema> {
    let records: RefOr<Schema> = Array::new(item).into();
    let several: RefOr<Schema> = match envelope {
        Envelope::None => records,
        Envelope::Data => around(records, links(), meta_of_one()).into(),
    };
    OneOfBuilder::new()
        .item(one(envelope, record))
        .item(several)
        .into()
}

fn around(data: RefOr<Schema>, links: ObjectBuilder, meta: ObjectBuilder) -> ObjectBuilder {
    ObjectBuilder::new()
        .property("data", data)
        .property("links", links)
        .property("meta", meta)
        .required("data")
        .required("links")
        .required("meta")
}

fn links() -> ObjectBuilder {
    ObjectBuilder::new().property("self", link())
}

fn link() -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom("uri-reference".to_owned())))
}

fn meta() -> ObjectBuilder {
    let schema =
        ObjectBuilder::new().description(Some("With `meta=schema`: the JSON Schema of a record."));
    ObjectBuilder::new().property("schema", schema)
}

fn meta_of_one() -> ObjectBuilder {
    let failed = text().enum_values(Some(["failed"])).description(Some(
        "The record is stored, but what was to follow has failed so far.",
    ));
    let untold = text().enum_values(Some(["failed"])).description(Some(
        "The record is stored, but related records could not be told; null or an empty array stands in their places.",
    ));
    meta()
        .property("after_commit", failed)
        .property("related", untold)
}
