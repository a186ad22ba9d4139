//! From what was written to what is meant: defaults are filled in and names are looked up.
//!
//! It reports nothing: what is wrong stays in the model, where `check` finds it.

mod collection;
mod columns;
mod enumeration;
mod key;
mod names;
mod relations;
mod representations;
mod route;

pub(crate) use self::enumeration::enumeration;

use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::model::{Case, Column, ListedMethod, Method, Methods, Resource};
use crate::read::{WrittenField, WrittenResource};

/// Settles a resource.
pub(crate) fn resource(written: WrittenResource) -> Resource {
    let WrittenResource {
        name,
        visibility,
        generics,
        doc,
        keys,
        fields,
    } = written;
    let rename_all = keys.rename_all;
    let (skipped, fields): (Vec<_>, Vec<_>) = each_once(fields)
        .into_iter()
        .partition(|field| field.keys.skip.is_some());
    let key = key::columns(&fields);
    let columns: Vec<_> = fields
        .into_iter()
        .map(|field| columns::column(field, rename_all))
        .collect();
    let relations = relations::relations(keys.relations, &columns, rename_all);
    let names = representations::Names {
        columns: &columns,
        relations: &relations,
        rename_all,
    };
    let lists = representations::settle(keys.serial_fields, names, &name);
    let collection = collection::settle(keys.collection, &columns, &key);
    let plain = name.unraw().to_string();
    let derived = |text: String| LitStr::new(&text, name.span());
    let url_prefix = keys.url_prefix.unwrap_or_else(|| derived("/".to_owned()));
    let url_name = keys
        .url_name
        .unwrap_or_else(|| derived(names::url_name(&plain)));
    Resource {
        table: keys.table.unwrap_or_else(|| derived(names::table(&plain))),
        path: route::path(&url_prefix.value(), &url_name.value()),
        url_prefix,
        url_name,
        methods: keys.methods.unwrap_or_else(|| all_methods(&name)),
        key,
        columns,
        skipped: skipped.into_iter().map(columns::skipped).collect(),
        computed: lists.computed,
        representations: lists.representations,
        related_lists: relations::lists(keys.related_lists, &relations),
        relations,
        answers: lists.answers,
        collection,
        hooks: keys.hooks,
        authorize: keys.authorize,
        envelope: keys.envelope.unwrap_or_default(),
        docs: keys.docs,
        runtime: keys.runtime,
        name,
        visibility,
        generics,
        doc,
    }
}

/// The fields without those whose names stand there a second time: the compiler refuses them by itself, once.
fn each_once(fields: Vec<WrittenField>) -> Vec<WrittenField> {
    let mut kept: Vec<WrittenField> = Vec::new();
    for field in fields {
        if !kept.iter().any(|it| it.name.unraw() == field.name.unraw()) {
            kept.push(field);
        }
    }
    kept
}

fn all_methods(name: &Ident) -> Methods {
    Methods {
        key: name.clone(),
        listed: Method::ALL
            .into_iter()
            .map(|method| ListedMethod {
                method,
                word: name.clone(),
            })
            .collect(),
    }
}

/// The place of the column of the field that a word names.
fn place(columns: &[Column], word: &Ident) -> Option<usize> {
    let word = word.unraw();
    columns
        .iter()
        .position(|column| column.field.unraw() == word)
}

/// The name of a field or method on the wire.
fn wire_name(name: &str, rename_all: Option<Case>) -> String {
    rename_all.map_or_else(|| name.to_owned(), |case| case.of_field(name))
}

#[cfg(test)]
mod tests {
    use syn::{DeriveInput, parse_quote};

    use crate::model::{Method, Resource};
    use crate::testing::settled;

    fn assert_settled(input: &DeriveInput, holds: impl Fn(&Resource) -> bool) {
        assert!(settled(input).is_some_and(|resource| holds(&resource)));
    }

    #[test]
    fn what_was_not_written_has_a_default() {
        let input = parse_quote! {
            struct CustomerOrder { id: Uuid, r#type: String }
        };
        assert_settled(&input, |resource| {
            assert_eq!(resource.table.value(), "customer_orders");
            assert_eq!(resource.path, "/customer-orders");
            assert_eq!(resource.columns[1].name, "type");
            assert_eq!(resource.columns[1].wire, "type");
            assert_eq!(resource.columns[1].constant, "TYPE");
            assert_eq!(resource.fields_of(Method::Patch).len(), 2);
            Method::ALL
                .into_iter()
                .all(|method| resource.methods.have(method))
        });
    }

    #[test]
    fn a_field_of_the_same_name_is_left_to_the_compiler() {
        let input = parse_quote! {
            struct Book { id: Uuid, title: String, r#title: String }
        };
        assert_settled(&input, |resource| resource.columns.len() == 2);
    }

    #[test]
    fn what_was_written_stays() {
        let input = parse_quote! {
            #[resource(table = "a", url_prefix = "/b", url_name = "c", methods(get))]
            struct r#Type { id: Uuid }
        };
        assert_settled(&input, |resource| {
            assert_eq!(resource.table.value(), "a");
            assert_eq!(resource.path, "/b/c");
            resource.methods.have(Method::Get) && !resource.methods.have(Method::List)
        });
    }
}
