//! The parameters of operations: the key in the path, what a query string takes, the headers of conditional requests.
//!
//! It does not know how a parameter is read.

use utoipa::openapi::RefOr;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

use super::super::catalogue::{Catalogue, Resource};
use crate::column::Kind;
use crate::descriptor::{ColumnDescriptor, Descriptor, Envelope, Field, Method};
use crate::query::{filterable_columns, name_of_equal, operators, sortable_columns};
use crate::schema::json::kind_schema;

/// All parameters of a method.
pub(super) fn of_method(
    catalogue: &Catalogue,
    resource: &Resource,
    method: Method,
) -> Vec<Parameter> {
    let descriptor = resource.descriptor();
    let mut parameters = Vec::new();
    if !method.is_of_collection() {
        parameters.extend(of_key(resource));
    }
    if method == Method::List {
        parameters.extend(filters(descriptor));
        parameters.extend(of_pages(descriptor));
    }
    if method != Method::Delete {
        parameters.extend(of_representation(descriptor, method));
    }
    // Without an envelope there is no place for it.
    let has_meta = descriptor.envelope == Envelope::Data;
    if has_meta && method == Method::List {
        parameters.push(query(
            "count",
            "`exact` tells in `meta.total` how many records all pages have together.",
            text().enum_values(Some(["exact"])),
        ));
    }
    if has_meta && method.is_safe() {
        parameters.push(query(
            "meta",
            "`schema` gives the JSON Schema of a record in `meta.schema`.",
            text().enum_values(Some(["schema"])),
        ));
    }
    if catalogue.explains && method.is_safe() {
        parameters.push(query(
            "explain",
            "`true` answers with the statement and its plan, whatever the schema of the answer requires.",
            kind_schema(Kind::Boolean, false),
        ));
    }
    parameters.extend(headers(method));
    parameters
}

/// The parts of the path that are the record's key.
pub(super) fn of_key(resource: &Resource) -> Vec<Parameter> {
    let columns = resource.descriptor().key_columns();
    columns
        .map(|column| {
            ParameterBuilder::new()
                .name(column.wire)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description((!column.doc.is_empty()).then_some(column.doc))
                .schema(Some(kind_schema(column.kind, false)))
                .build()
        })
        .collect()
}

/// `field=value` and `field[op]=value`, for every column and comparison, and conditions in `or`.
fn filters(descriptor: &'static Descriptor) -> Vec<Parameter> {
    let mut filters = Vec::new();
    for index in filterable_columns(descriptor) {
        let column = &descriptor.columns[index];
        let operators = operators(column.kind);
        filters.extend(operators.map(|operator| filter(column, operator)));
    }
    filters.push(query(
        "or",
        "Conditions of which one must hold, or several: `a=1,b[gt]=2,and(c=3,not(d=4))` in parentheses. A value with `,`, `(`, `)` or `\"` stands in quotes.",
        text(),
    ));
    filters
}

fn filter(column: &ColumnDescriptor, operator: &str) -> Parameter {
    let one = kind_schema(column.kind, false);
    let name = format!("{}[{operator}]", column.wire);
    let compared = |is: &str| {
        let other = format!("`{name}[column]` takes the name of another field in place of a value");
        format!("{is}. {other}.")
    };
    match operator {
        "eq" => query(&name_of_equal(column), &compared("Is equal"), one),
        "ne" => query(&name, &compared("Is not equal"), one),
        "gt" => query(&name, &compared("Is greater"), one),
        "ge" => query(&name, &compared("Is greater or equal"), one),
        "lt" => query(&name, &compared("Is less"), one),
        "le" => query(&name, &compared("Is less or equal"), one),
        "in" => several(&name, "Is one of these.", one),
        "like" => query(
            &name,
            "Has this form: `%` is any text, `_` any character, `\\` takes the next character as it is.",
            text(),
        ),
        "ilike" => query(
            &name,
            "As `like`, whether letters are large or small.",
            text(),
        ),
        "notlike" => query(&name, "Does not have this form.", text()),
        "notilike" => query(
            &name,
            "Does not have this form, whether letters are large or small.",
            text(),
        ),
        _ => query(
            &name,
            "Is null (`true`), or is not (`false`).",
            kind_schema(Kind::Boolean, false),
        ),
    }
}

/// Where a page is, and what order it is of.
fn of_pages(descriptor: &'static Descriptor) -> Vec<Parameter> {
    let collection = &descriptor.collection;
    let mut parameters = Vec::new();
    let sortable = sortable_columns(descriptor).map(|index| descriptor.columns[index].wire);
    let sortable: Vec<_> = sortable
        .flat_map(|name| [name.to_owned(), format!("-{name}")])
        .collect();
    if !sortable.is_empty() {
        let names = text().enum_values(Some(sortable));
        parameters.push(several("sort", "The order; `-` is largest first.", names));
    }
    if !collection.search.is_empty() {
        parameters.push(query("q", "Words that must all be found.", text()));
    }
    let limit = format!(
        "The most records of a page: {} when nothing is said, never more than {}.",
        collection.page.default, collection.page.max
    );
    parameters.push(query("limit", &limit, whole_number()));
    parameters.push(query("offset", "The records to pass over.", whole_number()));
    parameters.push(query(
        "cursor",
        "Where the page begins, from a link of another page; empty for the first of the pages that are linked so.",
        text(),
    ));
    parameters
}

/// What of a record goes out.
fn of_representation(descriptor: &'static Descriptor, method: Method) -> Vec<Parameter> {
    let mut shown: Vec<Field> = Vec::new();
    for field in descriptor.askable(method) {
        if !shown.contains(&field) {
            shown.push(field);
        }
    }
    let shown = shown.iter().map(|field| descriptor.field_name(*field));
    let shown: Vec<_> = shown.collect();
    let of_relations = if descriptor.relations.is_empty() {
        ""
    } else {
        "; of a relation, `relation.field`"
    };
    let fields = format!(
        "The fields that go out, in place of those that the schema of the answer requires: {}{of_relations}.",
        shown.join(", ")
    );
    let mut parameters = vec![several("fields", &fields, text())];
    if !descriptor.relations.is_empty() {
        let relations = descriptor.relations.iter().map(|relation| relation.wire);
        let relations: Vec<_> = relations.collect();
        let include = format!(
            "Related records that go out too: {}; with their own, `relation.relation`.",
            relations.join(", ")
        );
        parameters.push(several("include", &include, text()));
    }
    parameters
}

fn headers(method: Method) -> Vec<Parameter> {
    let if_match = || {
        header(
            "If-Match",
            "Only when the record has one of these entity tags; `*`, when there is one.",
        )
    };
    let if_none_match = |description| header("If-None-Match", description);
    let idempotency = || {
        let description =
            "A key of this request alone: sent again, it gets the first answer again.";
        let length = text().min_length(Some(1)).max_length(Some(255));
        parameter(ParameterIn::Header, "Idempotency-Key", description)
            .schema(Some(length))
            .build()
    };
    match method {
        Method::Get => vec![
            if_match(),
            if_none_match("304 when the record has one of these entity tags."),
        ],
        Method::List => Vec::new(),
        Method::Post => vec![idempotency()],
        Method::Put => vec![
            if_match(),
            if_none_match("`*`: only when there is no such record."),
        ],
        Method::Patch => vec![if_match(), idempotency()],
        Method::Delete => vec![if_match()],
    }
}

/// A parameter of the query string.
pub(super) fn query(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    parameter(ParameterIn::Query, name, description)
        .schema(Some(schema))
        .build()
}

/// A parameter of the query string with several values, separated by commas.
pub(super) fn several(name: &str, description: &str, one: ObjectBuilder) -> Parameter {
    parameter(ParameterIn::Query, name, description)
        .schema(Some(ArrayBuilder::new().items(one)))
        .style(Some(ParameterStyle::Form))
        .explode(Some(false))
        .build()
}

/// A header of the request.
pub(super) fn header(name: &str, description: &str) -> Parameter {
    parameter(ParameterIn::Header, name, description)
        .schema(Some(text()))
        .build()
}

/// A schema of any text.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

/// A schema of anything.
pub(super) fn any() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

fn parameter(place: ParameterIn, name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(description))
}

fn whole_number() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::Integer))
        .minimum(Some(0))
}
