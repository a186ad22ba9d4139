//! Relations, and the fields of related records.
//!
//! It does not know the related resources.

use syn::Ident;
use syn::ext::IdentExt;

use super::{names, place, wire_name};
use crate::model::{Case, Column, ForeignKey, Link, Method, RelatedList, Relation, RelationKind};
use crate::read::{RelatedLists, Relations, WrittenLink, WrittenRelatedList, WrittenRelation};

/// Settles the relations.
pub(super) fn relations(
    written: Relations,
    columns: &[Column],
    rename_all: Option<Case>,
) -> Vec<Relation> {
    let relations = written.0.into_iter();
    relations
        .map(|WrittenRelation { name, link }| Relation {
            wire: wire_name(&name.unraw().to_string(), rename_all),
            link: link.map(|link| settled(link, columns)),
            name,
        })
        .collect()
}

fn settled(link: WrittenLink, columns: &[Column]) -> Link {
    let WrittenLink { kind, target, by } = link;
    let foreign_key = match kind {
        RelationKind::BelongsTo => ForeignKey::Here(place(columns, &by)),
        RelationKind::HasMany | RelationKind::HasOne => {
            let constant = names::constant(&by.unraw().to_string());
            ForeignKey::There(Ident::new(&constant, by.span()))
        }
    };
    Link {
        kind,
        target,
        by,
        foreign_key,
    }
}

/// Settles the fields of related records; what is said of one method comes before what is said of all.
pub(super) fn lists(written: RelatedLists, relations: &[Relation]) -> Vec<RelatedList> {
    let (of_methods, of_all): (Vec<_>, Vec<_>) = written
        .0
        .into_iter()
        .partition(|list| list.method.is_some());
    of_methods
        .into_iter()
        .chain(of_all)
        .map(|list| {
            let WrittenRelatedList {
                method,
                relation,
                names,
            } = list;
            RelatedList {
                methods: method
                    .as_ref()
                    .map_or(Method::WITH_FIELDS.to_vec(), |listed| vec![listed.method]),
                of_method: method,
                place: relations
                    .iter()
                    .position(|known| known.name.unraw() == relation.unraw()),
                relation,
                names,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use syn::{DeriveInput, parse_quote};

    use crate::model::{ForeignKey, Method};
    use crate::testing::settled;

    #[test]
    fn a_foreign_key_is_here_or_there() {
        let input: DeriveInput = parse_quote! {
            #[resource(rename_all = "camelCase", relations(
                old_author(belongs_to = Author, by = author_id),
                chapters(has_many = Chapter, by = book_id),
                shelf(belongs_to = Shelf, by = shelf_id),
            ))]
            struct Book { id: Uuid, author_id: Uuid }
        };
        let relations = settled(&input).map_or_else(Vec::new, |resource| resource.relations);
        let wires: Vec<_> = relations.iter().map(|it| it.wire.as_str()).collect();
        assert_eq!(wires, ["oldAuthor", "chapters", "shelf"]);
        let keys: Vec<_> = relations
            .iter()
            .flat_map(|relation| &relation.link)
            .map(|link| match &link.foreign_key {
                ForeignKey::Here(place) => format!("{place:?}"),
                ForeignKey::There(constant) => constant.to_string(),
            })
            .collect();
        assert_eq!(keys, ["Some(1)", "BOOK_ID", "None"]);
    }

    #[test]
    fn what_is_said_of_one_method_comes_first() {
        let input: DeriveInput = parse_quote! {
            #[resource(
                relations(author(belongs_to = Author, by = author_id)),
                serial_field_relations(author = [id], other = [id], get(author = [name])),
            )]
            struct Book { id: Uuid, author_id: Uuid }
        };
        let lists = settled(&input).map_or_else(Vec::new, |resource| resource.related_lists);
        let places: Vec<_> = lists
            .iter()
            .map(|list| (list.methods.as_slice(), list.place))
            .collect();
        assert_eq!(
            places,
            [
                (&[Method::Get][..], Some(0)),
                (&Method::WITH_FIELDS[..], Some(0)),
                (&Method::WITH_FIELDS[..], None),
            ]
        );
    }
}
