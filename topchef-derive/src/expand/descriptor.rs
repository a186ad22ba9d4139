//! The constant descriptor: all that the runtime knows of a struct besides its codec.
//!
//! It does not know how the descriptor is reached.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::words::{method, rest, runtime, unless_empty};
use super::{collection, column_descriptor, relations};
use crate::model::{Envelope, Method, Resource, SerialField, Source};

/// The descriptor; only what is said of the resource is written, the rest is as in one of which nothing is said.
pub(super) fn expand(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let name = &resource.name;
    let Resource { path, .. } = resource;
    let plain_name = name.unraw().to_string();
    let table = resource.table.value();
    let columns = resource
        .columns
        .iter()
        .map(|column| column_descriptor::expand(column, name));
    let methods = methods(resource);
    let fields = fields_by_method(resource);
    let collection = collection::expand(&resource.collection);
    let doc = &resource.doc;
    let doc = (!doc.is_empty()).then(|| quote!(doc: #doc,));
    let computed = computed(resource);
    let relations = relations::descriptors(resource);
    let answers = unless_empty("answers", &relations::answers(resource));
    let envelope = match resource.envelope {
        Envelope::Data => None,
        Envelope::None => Some(quote!(envelope: #runtime::Envelope::None,)),
    };
    let docs = resource.docs.iter().map(|doc| {
        let (method, text) = (method(doc.method.method), &doc.text.value());
        quote!((#method, #text))
    });
    let docs = unless_empty("docs", &docs.collect::<Vec<_>>());
    let optional = [&doc, &computed, &relations, &answers, &envelope, &docs];
    let rest = rest(&optional, &quote!(#runtime::EMPTY));
    quote! {
        #runtime::Descriptor {
            name: #plain_name,
            #doc
            table: #table,
            path: #path,
            methods: #methods,
            columns: &[#(#columns),*],
            key: <Self as #runtime::ModelResource>::KEY,
            #computed
            #relations
            fields: #fields,
            #answers
            collection: #collection,
            #envelope
            #docs
            #rest
        }
    }
}

fn methods(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let listed = resource.methods.listed.iter().map(|listed| listed.method);
    if listed.clone().eq(Method::ALL) {
        return quote!(&#runtime::Method::ALL);
    }
    let methods = listed.map(method);
    quote!(&[#(#methods),*])
}

fn computed(resource: &Resource) -> Option<TokenStream> {
    let runtime = runtime(Span::call_site());
    let computed = resource.computed.iter().map(|computed| {
        let (name, wire) = (computed.method.unraw().to_string(), &computed.wire);
        quote!(#runtime::ComputedDescriptor { name: #name, wire: #wire })
    });
    unless_empty("computed", &computed.collect::<Vec<_>>())
}

/// What goes out: what most methods show, and apart from that the methods that show something else.
fn fields_by_method(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let lists = Method::WITH_FIELDS.map(|method| (method, sources(resource.fields_of(method))));
    let times = |list: &Vec<Source>| lists.iter().filter(|(_, other)| other == list).count();
    let usual = lists
        .iter()
        .map(|(_, list)| list)
        .rev()
        .max_by_key(|list| times(list));
    let usual = usual.cloned().unwrap_or_default();
    let others = lists.iter().filter(|(_, list)| *list != usual);
    let others: Vec<_> = others
        .map(|(method, list)| {
            let (name, fields) = (Ident::new(method.word(), Span::call_site()), fields(list));
            quote!(#name: #fields)
        })
        .collect();
    let usual = fields(&usual);
    let all = quote!(#runtime::FieldsByMethod::all(#usual));
    if others.is_empty() {
        all
    } else {
        quote!(#runtime::FieldsByMethod { #(#others,)* ..#all })
    }
}

fn sources(fields: &[SerialField]) -> Vec<Source> {
    fields.iter().map(|field| field.source).collect()
}

fn fields(sources: &[Source]) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let fields = sources.iter().filter_map(|source| {
        let (variant, place) = match *source {
            Source::Column(place) => (quote!(Column), place),
            Source::Computed(place) => (quote!(Computed), place),
            Source::Relation(place) => (quote!(Relation), place),
            Source::Nowhere => return None,
        };
        let place = Literal::usize_unsuffixed(place);
        Some(quote!(#runtime::Field::#variant(#place)))
    });
    quote!(&[#(#fields),*])
}
