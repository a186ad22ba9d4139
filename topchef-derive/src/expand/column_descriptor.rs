//! One column of the constant descriptor: all that is said of a field.
//!
//! It does not know the other columns.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, Lit};

use super::words::{ask, at, runtime, without_self};
use crate::model::{Bound, Column, DefaultValue, KnownFormat, Number};

/// What the runtime knows of a column; only what is said of it is written.
pub(super) fn expand(column: &Column, name: &Ident) -> TokenStream {
    let span = at(&column.ty);
    let runtime = runtime(span);
    let Column {
        name: column_name,
        constant,
        ..
    } = column;
    let names = names(column, span);
    let limits = limits(column, span);
    let marks = marks(column, span);
    let references = references(column, name);
    let default = default(column, name).map(|default| quote_spanned!(span=> .default(#default)));
    let on_update = on_update(column, name).map(|value| quote_spanned!(span=> .on_update(#value)));
    let doc = &column.doc;
    let doc = (!doc.is_empty()).then(|| quote_spanned!(span=> .doc(#doc)));
    quote_spanned! {span=>
        #runtime::ColumnDescriptor::of(#name::#constant, #column_name)
            #names #limits #marks #references #default #on_update #doc
    }
}

/// The names that differ from the field's.
fn names(column: &Column, span: Span) -> TokenStream {
    let Column { name, wire, .. } = column;
    let in_table = column.in_table.value();
    let in_table = (in_table != *name).then(|| quote_spanned!(span=> .column(#in_table)));
    let wire = (wire != name).then(|| quote_spanned!(span=> .wire(#wire)));
    quote!(#in_table #wire)
}

/// What is asked of the values.
fn limits(column: &Column, span: Span) -> TokenStream {
    let runtime = runtime(span);
    let min_length = column.min_length.as_ref().map(|length| {
        let length = Literal::i64_unsuffixed(length.value);
        quote_spanned!(span=> .min_length(#length))
    });
    let max_length = column.max_length.as_ref().map(|length| {
        let length = Literal::i64_unsuffixed(length.value);
        quote_spanned!(span=> .max_length(#length))
    });
    let minimum = column.minimum.as_ref().map(|minimum| {
        let minimum = bound(minimum, span);
        quote_spanned!(span=> .minimum(#minimum))
    });
    let maximum = column.maximum.as_ref().map(|maximum| {
        let maximum = bound(maximum, span);
        quote_spanned!(span=> .maximum(#maximum))
    });
    let pattern = column.pattern.as_ref().map(|text| {
        let text = text.value();
        quote_spanned! {span=>
            .pattern(#runtime::Pattern {
                text: #text,
                compiled: || {
                    static __TOPCHEF_PATTERN: ::std::sync::LazyLock<#runtime::CompiledPattern> =
                        ::std::sync::LazyLock::new(|| #runtime::CompiledPattern::new(#text));
                    &__TOPCHEF_PATTERN
                },
            })
        }
    });
    let format = column.format.as_ref().map(|format| {
        let variant = match format.known {
            KnownFormat::Email => quote!(Email),
            KnownFormat::Uri => quote!(Uri),
            KnownFormat::Ipv4 => quote!(Ipv4),
            KnownFormat::Ipv6 => quote!(Ipv6),
        };
        quote_spanned!(span=> .format(#runtime::Format::#variant))
    });
    quote!(#min_length #max_length #minimum #maximum #pattern #format)
}

fn bound(bound: &Bound, span: Span) -> TokenStream {
    let runtime = runtime(span);
    match bound.number {
        Number::Integer(number) => {
            let number = Literal::i64_unsuffixed(number);
            quote_spanned!(span=> #runtime::Bound::Integer(#number))
        }
        Number::Real(number) => {
            let number = Literal::f64_unsuffixed(number);
            quote_spanned!(span=> #runtime::Bound::Real(#number))
        }
    }
}

/// What is so, or is not.
fn marks(column: &Column, span: Span) -> TokenStream {
    let nullable =
        (column.json.is_some() && column.is_option()).then(|| quote_spanned!(span=> .nullable()));
    let unique = column
        .unique
        .as_ref()
        .map(|_| quote_spanned!(span=> .unique()));
    let index = column
        .index
        .as_ref()
        .map(|_| quote_spanned!(span=> .index()));
    let read_only = column
        .read_only
        .as_ref()
        .map(|_| quote_spanned!(span=> .read_only()));
    let write_only = column
        .write_only
        .as_ref()
        .map(|_| quote_spanned!(span=> .write_only()));
    let version = column
        .version
        .as_ref()
        .map(|_| quote_spanned!(span=> .version()));
    quote!(#nullable #unique #index #read_only #write_only #version)
}

/// The resource whose key the column holds; that it can hold one is asked apart.
fn references(column: &Column, name: &Ident) -> Option<TokenStream> {
    let target = referenced(column, name)?;
    let span = at(&column.ty);
    let runtime = runtime(span);
    Some(quote_spanned!(span=> .references(<#target as #runtime::Related>::descriptor)))
}

/// The struct of the resource whose key the column holds.
pub(super) fn referenced(column: &Column, name: &Ident) -> Option<TokenStream> {
    let target = column.references.as_ref()?;
    Some(without_self(target, name))
}

/// A function that makes the value of a column when nothing was given.
pub(super) fn default(column: &Column, name: &Ident) -> Option<TokenStream> {
    let default = column.default.as_ref()?;
    Some(value(default, column, name))
}

/// A function that makes the value of a column with every change.
pub(super) fn on_update(column: &Column, name: &Ident) -> Option<TokenStream> {
    let on_update = column.on_update.as_ref()?;
    Some(value(on_update, column, name))
}

fn value(written: &DefaultValue, column: &Column, name: &Ident) -> TokenStream {
    let constant = &column.constant;
    let ty = without_self(&column.ty, name);
    let (span, value) = match written {
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
    quote_spanned! {span=>
        || {
            let __topchef_value: #ty = #value;
            #runtime::field_value(#name::#constant, __topchef_value)
        }
    }
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
