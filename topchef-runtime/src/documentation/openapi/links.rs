//! From an answer to the operations that go on from it: the new record, related records.
//!
//! It does not know what those answer.

use utoipa::openapi::link::{Link, LinkBuilder};

use super::super::catalogue::{Catalogue, Resource};
use super::operation::operation_id;
use crate::descriptor::{
    Descriptor, Envelope, Field, Method, RelationDescriptor, RelationKind, Selection,
};
use crate::query::filterable_columns;

/// From what a `POST` answers to the record that it made.
pub(super) fn to_record(resource: &Resource, method: Method) -> Option<(String, Link)> {
    let descriptor = resource.descriptor();
    if method != Method::Post || !descriptor.methods.contains(&Method::Get) {
        return None;
    }
    let link = LinkBuilder::new().operation_id(operation_id(resource, Method::Get));
    let mut columns = descriptor.key.iter();
    let link = columns.try_fold(link, |link, &index| {
        let pointer = in_body(descriptor, method, index)?;
        Some(link.parameter(descriptor.columns[index].wire, pointer))
    })?;
    Some(("self".to_owned(), link.build()))
}

/// From a record to each of its relations that is served too.
pub(super) fn to_relations<'a>(
    catalogue: &'a Catalogue,
    resource: &'a Resource,
) -> impl Iterator<Item = (String, Link)> + 'a {
    let relations = resource.descriptor().relations.iter();
    relations.filter_map(|relation| {
        let link = to_relation(catalogue, resource.descriptor(), relation)?;
        Some((relation.wire.to_owned(), link))
    })
}

fn to_relation(
    catalogue: &Catalogue,
    descriptor: &'static Descriptor,
    relation: &RelationDescriptor,
) -> Option<Link> {
    let target = catalogue.find((relation.target)())?;
    let theirs = target.descriptor().columns[relation.theirs].wire;
    let (method, from) = match relation.kind {
        RelationKind::BelongsTo if target.descriptor().key == [relation.theirs] => {
            (Method::Get, in_body(descriptor, Method::Get, relation.own)?)
        }
        RelationKind::HasOne | RelationKind::HasMany
            if descriptor.key == [relation.own]
                && filterable_columns(target.descriptor())
                    .any(|index| index == relation.theirs) =>
        {
            let own = descriptor.columns[relation.own].wire;
            (Method::List, format!("$request.path.{own}"))
        }
        _ => return None,
    };
    let is_served = target.descriptor().methods.contains(&method);
    is_served.then(|| {
        LinkBuilder::new()
            .operation_id(operation_id(target, method))
            .parameter(theirs, from)
            .build()
    })
}

/// Where in the body of a method's answer a column is, when it goes out.
fn in_body(descriptor: &'static Descriptor, method: Method, index: usize) -> Option<String> {
    let selection = Selection::of(descriptor, method);
    let mut shown = selection.shown.iter();
    let goes_out = shown.any(|shown| shown.field() == Field::Column(index));
    let data = match descriptor.envelope {
        Envelope::Data => "/data",
        Envelope::None => "",
    };
    let wire = descriptor.columns[index].wire;
    goes_out.then(|| format!("$response.body#{data}/{wire}"))
}
