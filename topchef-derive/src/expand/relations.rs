//! The descriptors of relations and of the answers of hooks, and what only the compiler can check about them.
//!
//! It does not know what the related resources hold.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::column_descriptor::referenced;
use super::words::{ask, at, ends, method, placed, runtime, without_self};
use crate::model::{
    Column, ForeignKey, Link, RelatedList, Relation, RelationKind, Resource, SerialName,
};

/// The descriptors of all relations.
pub(super) fn descriptors(resource: &Resource) -> Option<TokenStream> {
    let relations = linked(resource).map(|(place, relation, link)| {
        let lists = resource.related_lists.iter();
        let lists: Vec<_> = lists.filter(|list| list.place == Some(place)).collect();
        descriptor(resource, relation, link, &lists)
    });
    let relations: Vec<_> = relations.collect();
    (!relations.is_empty()).then(|| {
        if let Some(otherwise) = otherwise(resource) {
            quote!(relations: { #otherwise &[#(#relations),*] },)
        } else {
            quote!(relations: &[#(#relations),*],)
        }
    })
}

fn descriptor(
    resource: &Resource,
    relation: &Relation,
    link: &Link,
    lists: &[&RelatedList],
) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let (name, wire) = (relation.name.unraw().to_string(), &relation.wire);
    let kind = match link.kind {
        RelationKind::BelongsTo => quote!(BelongsTo),
        RelationKind::HasMany => quote!(HasMany),
        RelationKind::HasOne => quote!(HasOne),
    };
    let target = without_self(&link.target, &resource.name);
    let (own, theirs) = match &link.foreign_key {
        ForeignKey::Here(place) => (
            *place,
            quote!(#runtime::key_column(<#target as #runtime::Related>::KEY)),
        ),
        ForeignKey::There(constant) => {
            let key = resource.key.first().map(|key| key.index);
            let there = column_there(&target, constant);
            (key, quote!(#there.index()))
        }
    };
    let own = own.map(Literal::usize_unsuffixed);
    let fields = lists.iter().map(|list| {
        let methods = list.methods.iter().map(|listed| method(*listed));
        let names = plain_names(&list.names);
        quote!(#runtime::RelatedFields { methods: &[#(#methods),*], names: #names })
    });
    quote! {
        #runtime::RelationDescriptor {
            name: #name,
            wire: #wire,
            kind: #runtime::RelationKind::#kind,
            target: <#target as #runtime::Related>::descriptor,
            own: #own,
            theirs: #theirs,
            fields: &[#(#fields),*],
        }
    }
}

/// The descriptors of what hooks answer with.
pub(super) fn answers(resource: &Resource) -> Vec<TokenStream> {
    let runtime = runtime(Span::call_site());
    let answers = resource.answers.iter().map(|answer| {
        let method = method(answer.method.method);
        let target = without_self(&answer.target, &resource.name);
        let names = plain_names(&answer.names);
        quote! {
            #runtime::Answer {
                method: #method,
                target: <#target as #runtime::Related>::descriptor,
                fields: #names,
            }
        }
    });
    answers.collect()
}

fn plain_names(names: &[SerialName]) -> TokenStream {
    let names = names.iter().map(|name| name.word.unraw().to_string());
    quote!(&[#(#names),*])
}

/// The related resources with their hooks, one for each relation.
pub(super) fn endpoints(resource: &Resource) -> Vec<TokenStream> {
    let runtime = runtime(Span::call_site());
    let endpoints = linked(resource).map(|(_, _, link)| {
        let target = without_self(&link.target, &resource.name);
        quote!(<#target as #runtime::Related>::endpoint)
    });
    endpoints.collect()
}

/// What the compiler checks in other resources: the types of foreign keys, and the names of fields.
///
/// Apart from the descriptor, because two descriptors that looked at each other could not be made.
///
/// Beside errors it is checked of those columns alone that can be read.
pub(super) fn checks(resource: &Resource, columns: &[(usize, &Column)]) -> TokenStream {
    let is_readable = |place: usize| columns.iter().any(|(readable, _)| *readable == place);
    let is_key_known = matches!(resource.key.as_slice(), [only] if is_readable(only.index));
    let references = columns
        .iter()
        .filter_map(|(_, column)| reference(column, &resource.name));
    let foreign_keys = linked(resource)
        .filter(|(_, _, link)| match link.foreign_key {
            ForeignKey::Here(place) => place.is_some_and(is_readable),
            ForeignKey::There(_) => is_key_known,
        })
        .map(|(_, _, link)| foreign_key(resource, link));
    let names = names(resource);
    let foreign_keys = if let Some(otherwise) = otherwise(resource) {
        quote!(const _: () = { #otherwise #(#foreign_keys)* };)
    } else {
        quote!(#(#foreign_keys)*)
    };
    quote! {
        #(#references)*
        #foreign_keys
        #names
    }
}

/// That other resources have the fields that are named in lists of theirs.
fn names(resource: &Resource) -> TokenStream {
    let links: Vec<_> = linked(resource).collect();
    let lists = resource.related_lists.iter().filter_map(|list| {
        let (_, _, link) = links
            .iter()
            .find(|(place, _, _)| list.place == Some(*place))?;
        let target = without_self(&link.target, &resource.name);
        Some(names_exist(&target, &list.names))
    });
    let answers = resource.answers.iter().map(|answer| {
        let target = without_self(&answer.target, &resource.name);
        names_exist(&target, &answer.names)
    });
    quote!(#(#lists)* #(#answers)*)
}

/// That a column can hold the key that it says it refers to.
fn reference(column: &Column, name: &Ident) -> Option<TokenStream> {
    let target = referenced(column, name)?;
    let of_one_column = key_of_one_column(&target);
    let ty = without_self(&column.ty, name);
    // Under a name of its own: of a struct that does not exist the compiler says something else between angle brackets.
    let (_, place) = ends(&target);
    let alias = Ident::new("__TopchefReferred", place);
    let held = held_by(&alias.to_token_stream(), &ty);
    let span = column.ty.span();
    let runtime = runtime(span);
    Some(quote_spanned! {span=>
        #of_one_column
        const _: () = {
            type #alias = #target;
            <#ty as #runtime::RefersTo<#held>>::CHECKED
        };
    })
}

/// That one field can refer to a resource; said of its last word.
fn key_of_one_column(target: &TokenStream) -> TokenStream {
    let (_, span) = ends(target);
    let runtime = runtime(span);
    quote_spanned! {span=>
        const _: () = #runtime::assert_key_of_one_column(<#target as #runtime::Related>::DESCRIPTOR);
    }
}

/// That the foreign key can hold the primary key at the other end.
fn foreign_key(resource: &Resource, link: &Link) -> TokenStream {
    let name = &resource.name;
    let target = without_self(&link.target, name);
    let by = &link.by;
    let span = by.span();
    let runtime = runtime(at(by));
    match &link.foreign_key {
        ForeignKey::Here(Some(place)) => {
            let column = &resource.columns[*place];
            let mut constant = column.constant.clone();
            constant.set_span(span);
            let ty = without_self(&column.ty, name);
            let held = held_by(&target, &ty);
            let of_one_column = key_of_one_column(&target);
            let column = quote_spanned!(span=> #name::#constant);
            let of_its_type = of_its_type(by, &placed(name, span), &column, &held);
            quote!(#of_one_column #of_its_type)
        }
        ForeignKey::Here(None) => TokenStream::new(),
        ForeignKey::There(constant) => {
            let held = quote_spanned!(span=> <#name as #runtime::ModelResource>::Key);
            let column = column_there(&target, constant);
            let of_its_type = of_its_type(by, &target, &column, &held);
            let exists = named(&target, "assert_column", by);
            quote!(#exists #of_its_type)
        }
    }
}

/// What a field of type `ty` must hold to refer to `target`, in whose place all of it stands.
fn held_by(target: &TokenStream, ty: &TokenStream) -> TokenStream {
    let (first, last) = ends(target);
    let (runtime, ty) = (runtime(last), placed(ty, last));
    let open = quote_spanned!(first=> <);
    quote_spanned!(last=> #open #target as #runtime::Related>::HeldBy<#ty>)
}

/// The column of another resource that a foreign key is.
fn column_there(target: &TokenStream, constant: &Ident) -> TokenStream {
    let (_, last) = ends(target);
    let there = Ident::new("__TopchefThere", last);
    quote_spanned!(last=> { type #there = #target; <#there>::#constant })
}

/// What stands for the columns that other resources turn out not to have, so that only [`named`] says so.
///
/// The constant of a struct itself stands above that of a trait, which is in scope only where relations are looked at.
fn otherwise(resource: &Resource) -> Option<TokenStream> {
    let runtime = runtime(Span::call_site());
    let name = &resource.name;
    let mut constants: Vec<&Ident> = Vec::new();
    for (_, _, link) in linked(resource) {
        if let ForeignKey::There(constant) = &link.foreign_key
            && !constants.contains(&constant)
        {
            constants.push(constant);
        }
    }
    (!constants.is_empty()).then(|| {
        quote! {
            trait __TopchefOtherwise {
                #(const #constants: #runtime::NoColumn<<#name as #runtime::ModelResource>::Key> =
                    #runtime::NoColumn::NEW;)*
            }
            impl<T> __TopchefOtherwise for T {}
        }
    })
}

/// That a column of `keeper`, which was named by `by`, can hold the primary key `held`.
fn of_its_type(
    by: &Ident,
    keeper: &TokenStream,
    column: &TokenStream,
    held: &TokenStream,
) -> TokenStream {
    let span = by.span();
    // Under a name of its own: of a struct that does not exist the compiler says something else between angle brackets,
    // so that it would be two errors. It has the place of the struct, for one that is no resource is an error there.
    let (_, place) = ends(held);
    let key = Ident::new("__TopchefKey", place);
    let generics = quote_spanned!(span=> ::<#key>);
    let record = Ident::new("__topchef_record", span);
    // By a variable, so that the compiler says that the type is wrong about the key alone.
    let field = Ident::new("__topchef_field", span);
    let asked = ask(
        by,
        ("ForeignKey", &generics, "ask"),
        &field.to_token_stream(),
    );
    quote_spanned! {at(by)=>
        const _: fn(&#keeper) = |#record| {
            type #key = #held;
            let #field = #column.of(#record);
            #asked
        };
    }
}

/// That another resource has fields of these names, and lets them go out.
fn names_exist(target: &TokenStream, names: &[SerialName]) -> TokenStream {
    let names = names.iter().map(|SerialName { word, is_method }| {
        let asked = if *is_method {
            "assert_method"
        } else {
            "assert_field"
        };
        named(target, asked, word)
    });
    names.collect()
}

/// What is asked about a name of another resource.
fn named(target: &TokenStream, asked: &str, word: &Ident) -> TokenStream {
    let span = word.span();
    let runtime = runtime(span);
    let asked = Ident::new(asked, span);
    let plain = word.unraw().to_string();
    quote_spanned! {span=>
        const _: () = #runtime::#asked(<#target as #runtime::Related>::DESCRIPTOR, #plain);
    }
}

/// Every resource that is named, so that what was imported for a relation is used beside errors too.
pub(super) fn mentions(resource: &Resource) -> Option<TokenStream> {
    let links = linked(resource).map(|(_, _, link)| &link.target);
    let answers = resource.answers.iter().map(|answer| &answer.target);
    let targets: Vec<_> = links
        .chain(answers)
        .map(|target| without_self(target, &resource.name))
        .collect();
    (!targets.is_empty()).then(|| {
        quote! {
            const _: ::core::marker::PhantomData<(#(#targets,)*)> = ::core::marker::PhantomData;
        }
    })
}

/// The relations that lead somewhere, each with its place; when nothing is wrong, all.
fn linked(resource: &Resource) -> impl Iterator<Item = (usize, &Relation, &Link)> {
    let relations = resource.relations.iter().enumerate();
    relations.filter_map(|(place, relation)| Some((place, relation, relation.link.as_ref()?)))
}
