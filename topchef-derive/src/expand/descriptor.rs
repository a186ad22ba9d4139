//! The constant descriptor: all that the runtime knows of a struct besides its codec.
//!
//! It does not know how the descriptor is reached.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::words::{method, runtime};
use super::{collection, column_descriptor, relations};
use crate::model::{Envelope, Method, Resource, SerialField, Source};

pub(super) fn expand(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let Resource { doc, path, .. } = resource;
    let name = &resource.name;
    let plain_name = name.unraw().to_string();
    let table = resource.table.value();
    let methods = resource
        .methods
        .listed
        .iter()
        .map(|listed| method(listed.method));
    let columns = resource
        .columns
        .iter()
        .map(|column| column_descriptor::expand(column, name));
    let computed = resource.computed.iter().map(|computed| {
        let (name, wire) = (computed.method.unraw().to_string(), &computed.wire);
        quote!(#runtime::descriptor::ComputedDescriptor { name: #name, wire: #wire })
    });
    let relations = relations::descriptors(resource);
    let answers = relations::answers(resource);
    let collection = collection::expand(&resource.collection);
    let envelope = match resource.envelope {
        Envelope::Data => quote!(Data),
        Envelope::None => quote!(None),
    };
    let docs = resource.docs.iter().map(|doc| {
        let (method, text) = (method(doc.method.method), &doc.text.value());
        quote!((#method, #text))
    });
    let [get, list, post, put, patch] =
        Method::WITH_FIELDS.map(|method| fields(resource.fields_of(method)));
    quote! {
        #runtime::descriptor::Descriptor {
            name: #plain_name,
            doc: #doc,
            table: #table,
            path: #path,
            methods: &[#(#methods),*],
            columns: &[#(#columns),*],
            key: <Self as #runtime::ModelResource>::KEY,
            computed: &[#(#computed),*],
            relations: #relations,
            fields: #runtime::descriptor::FieldsByMethod {
                get: #get,
                list: #list,
                post: #post,
                put: #put,
                patch: #patch,
            },
            answers: #answers,
            collection: #collection,
            envelope: #runtime::descriptor::Envelope::#envelope,
            docs: &[#(#docs),*],
        }
    }
}

fn fields(fields: &[SerialField]) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let fields = fields.iter().filter_map(|field| {
        let (variant, place) = match field.source {
            Source::Column(place) => (quote!(Column), place),
            Source::Computed(place) => (quote!(Computed), place),
            Source::Relation(place) => (quote!(Relation), place),
            Source::Nowhere => return None,
        };
        let place = Literal::usize_unsuffixed(place);
        Some(quote!(#runtime::descriptor::Field::#variant(#place)))
    });
    quote!(&[#(#fields),*])
}
