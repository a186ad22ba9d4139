//! The static descriptor: all that the runtime knows of a struct besides its codec.
//!
//! It does not know how the descriptor is reached.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit};

use super::words::{ask, at, method, runtime, without_self};
use crate::model::{Column, DefaultValue, Method, Resource, SerialField, Source};

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
        .map(|column| column_descriptor(column, name));
    let key = resource
        .key
        .iter()
        .map(|key| Literal::usize_unsuffixed(key.index));
    let computed = resource.computed.iter().map(|computed| &computed.wire);
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
            key: &[#(#key),*],
            computed: &[#(#computed),*],
            fields: #runtime::descriptor::FieldsByMethod {
                get: #get,
                list: #list,
                post: #post,
                put: #put,
                patch: #patch,
            },
        }
    }
}

fn fields(fields: &[SerialField]) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let fields = fields.iter().filter_map(|field| {
        let (variant, place) = match field.source {
            Source::Column(place) => (quote!(Column), place),
            Source::Computed(place) => (quote!(Computed), place),
            Source::Nowhere => return None,
        };
        let place = Literal::usize_unsuffixed(place);
        Some(quote!(#runtime::descriptor::Field::#variant(#place)))
    });
    quote!(&[#(#fields),*])
}

fn column_descriptor(column: &Column, name: &Ident) -> TokenStream {
    let span = at(&column.ty);
    let runtime = runtime(span);
    let Column {
        name: column_name,
        constant,
        wire,
        doc,
        ..
    } = column;
    let wire = (wire != column_name).then(|| quote_spanned!(span=> .wire(#wire)));
    let nullable =
        (column.json.is_some() && column.is_option()).then(|| quote_spanned!(span=> .nullable()));
    let max_length = column.max_length.as_ref().map(|length| {
        let length = Literal::i64_unsuffixed(length.value);
        quote_spanned!(span=> .max_length(#length))
    });
    let read_only = column
        .read_only
        .as_ref()
        .map(|_| quote_spanned!(span=> .read_only()));
    let write_only = column
        .write_only
        .as_ref()
        .map(|_| quote_spanned!(span=> .write_only()));
    let default = default(column, name).map(|default| quote_spanned!(span=> .default(#default)));
    let doc = (!doc.is_empty()).then(|| quote_spanned!(span=> .doc(#doc)));
    quote_spanned! {span=>
        #runtime::descriptor::ColumnDescriptor::of(#name::#constant, #column_name)
            #wire #nullable #max_length #read_only #write_only #default #doc
    }
}

/// A function that makes the value of a column when nothing was given.
pub(super) fn default(column: &Column, name: &Ident) -> Option<TokenStream> {
    let default = column.default.as_ref()?;
    let constant = &column.constant;
    let ty = without_self(&column.ty, name);
    let (span, value) = match default {
        DefaultValue::OfType(word) => {
            let nothing = TokenStream::new();
            let of_type = ("TypeDefault", &nothing, "of_type");
            (at(word), ask(word, of_type, &nothing))
        }
        DefaultValue::Literal(literal) => (at(literal), literal_value(literal, column)),
        DefaultValue::Path(path) => {
            // Only the compiler knows whether a path is a function or a value: the runtime asks it, by an inferred type.
            let of_path = ("PathDefault", &quote!(::<#ty, _>), "of_path");
            (at(path), ask(path, of_path, &without_self(path, name)))
        }
        DefaultValue::Expression(expression) => (at(expression), without_self(expression, name)),
    };
    let runtime = runtime(span);
    // By a variable of the field's type, to which the compiler points when the value is of another.
    Some(quote_spanned! {span=>
        || {
            let __topchef_default: #ty = #value;
            #runtime::__private::default_value(#name::#constant, __topchef_default)
        }
    })
}

/// A literal as the column's type: a text is converted, and an `Option` holds it.
fn literal_value(literal: &Expr, column: &Column) -> TokenStream {
    let span = at(literal);
    let is_text = matches!(
        literal,
        Expr::Lit(ExprLit {
            lit: Lit::Str(_),
            ..
        })
    );
    let value = if is_text {
        let of_text = ("TextDefault", &TokenStream::new(), "of_text");
        ask(literal, of_text, &literal.to_token_stream())
    } else {
        literal.to_token_stream()
    };
    if column.is_option() {
        quote_spanned!(span=> ::core::option::Option::Some(#value))
    } else {
        value
    }
}
