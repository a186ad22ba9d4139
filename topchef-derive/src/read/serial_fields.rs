//! `serial_fields = [id, label()]` and `serial_fields(get = [..], list = [..])`.
//!
//! It does not know which fields there are.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Token, token};

use super::attribute::between_commas;
use super::by_method;
use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::{ListedMethod, Method};

/// The fields that go out, as written.
pub(crate) enum SerialFields {
    /// The same for all methods; the word is the key.
    All(Ident, SerialList),
    /// For each of some methods.
    ByMethod(Vec<(ListedMethod, SerialList)>),
}

/// One list.
pub(crate) struct SerialList(pub(crate) Vec<SerialName>);

/// One name in a list.
pub(crate) struct SerialName {
    pub(crate) word: Ident,
    /// Whether it was written `name()`.
    pub(crate) is_method: bool,
}

impl Value for SerialFields {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        match given.form {
            Form::List(tokens) if tokens.clone().into_iter().any(is_equals_sign) => {
                let lists = by_method::read(tokens, &Method::WITH_FIELDS, problems);
                Some(Self::ByMethod(lists))
            }
            Form::Word | Form::List(_) => {
                given.is_wrong(
                    "write `serial_fields = [..]` for all methods, or `serial_fields(get = [..], list = [..])`",
                    problems,
                );
                None
            }
            Form::Value(_) | Form::Broken(_) => {
                SerialList::read(given, problems).map(|list| Self::All(given.key.clone(), list))
            }
        }
    }
}

fn is_equals_sign(token: TokenTree) -> bool {
    matches!(token, TokenTree::Punct(sign) if sign.as_char() == '=')
}

impl Value for SerialList {
    /// Reads tokens and not expressions, for `Job[id, status]` is none.
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let tokens = match given.form {
            Form::Value(value) => value.to_token_stream(),
            Form::Broken(tokens) => tokens.clone(),
            Form::Word | Form::List(_) => TokenStream::new(),
        };
        let Some(inner) = in_brackets(&tokens) else {
            let key = given.key;
            if let Some(resource) = other_resource(&tokens) {
                given.is_wrong(not_available(&resource), problems);
            } else {
                given.is_wrong(
                    format!("`{key}` takes a list: write `{key} = [..]`"),
                    problems,
                );
            }
            return None;
        };
        let mut names = Vec::new();
        let mut complete = true;
        for name in between_commas(&inner, serial_name) {
            match name {
                Ok(name) => names.push(name),
                Err(error) => {
                    problems.syntax(error);
                    complete = false;
                }
            }
        }
        // A list of which nothing could be read is not an empty one.
        (complete || !names.is_empty()).then_some(Self(names))
    }
}

/// What stands in a pair of brackets, when that is all there is.
fn in_brackets(tokens: &TokenStream) -> Option<TokenStream> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None)
            if group.delimiter() == proc_macro2::Delimiter::Bracket =>
        {
            Some(group.stream())
        }
        _ => None,
    }
}

/// The name in `Job[..]`.
fn other_resource(tokens: &TokenStream) -> Option<String> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group)))
            if group.delimiter() == proc_macro2::Delimiter::Bracket =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

fn not_available(resource: &str) -> String {
    format!(
        "`{resource}[..]`, the fields of another resource, is not available yet; name fields of this one"
    )
}

fn serial_name(input: ParseStream<'_>) -> syn::Result<SerialName> {
    const FORM: &str = "a field is written `name`, and a method of the struct `name()`";
    if !input.peek(Ident::peek_any) {
        let written: TokenTree = input.parse()?;
        return Err(syn::Error::new_spanned(written, FORM));
    }
    let word = input.call(Ident::parse_any)?;
    if input.peek(token::Bracket) {
        let list: TokenTree = input.parse()?;
        let message = not_available(&word.to_string());
        return Err(syn::Error::new_spanned(together(&word, &list), message));
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(SerialName {
            word,
            is_method: false,
        });
    }
    let after: TokenTree = input.parse()?;
    match &after {
        TokenTree::Group(arguments)
            if arguments.delimiter() == proc_macro2::Delimiter::Parenthesis =>
        {
            if arguments.stream().is_empty() {
                Ok(SerialName {
                    word,
                    is_method: true,
                })
            } else {
                let message = format!("a method in a list takes no arguments: write `{word}()`");
                Err(syn::Error::new_spanned(arguments, message))
            }
        }
        _ => Err(syn::Error::new_spanned(together(&word, &after), FORM)),
    }
}

fn together(first: &impl ToTokens, second: &impl ToTokens) -> TokenStream {
    let mut tokens = first.to_token_stream();
    second.to_tokens(&mut tokens);
    tokens
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_list_names_fields_and_methods() {
        assert_eq!(
            problems! {
                #[resource(serial_fields = [id, "title", label(5), self.label(), 7, tilte])]
                struct Book { id: Uuid, title: String }
            },
            [
                "\"title\": a field is written `name`, and a method of the struct `name()`",
                "(5): a method in a list takes no arguments: write `label()`",
                "self.: a field is written `name`, and a method of the struct `name()`",
                "7: a field is written `name`, and a method of the struct `name()`",
                "tilte: no field `tilte` in `Book`; did you mean `title`?",
            ],
        );
    }

    #[test]
    fn the_fields_of_another_resource_are_not_available_yet() {
        let wanted = "`Job[..]`, the fields of another resource, is not available yet; name fields of this one";
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = [id, Job[id]], list = [Job[id, status]], post = Job[id, status], put = Job[id]))]
                struct Book { id: Uuid }
            },
            [
                format!("Job[id]: {wanted}"),
                format!("Job[id, status]: {wanted}"),
                format!("Job[id, status]: {wanted}"),
                format!("Job[id]: {wanted}"),
            ],
        );
    }

    #[test]
    fn a_list_is_in_brackets() {
        let both = "write `serial_fields = [..]` for all methods, or `serial_fields(get = [..], list = [..])`";
        assert_eq!(
            problems! {
                #[resource(serial_fields(id, title))]
                struct Book { id: Uuid, title: String }
            },
            [format!("id, title: {both}")],
        );
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = id, foo = [id], put(id)))]
                struct Book { id: Uuid }
            },
            [
                "id: `get` takes a list: write `get = [..]`",
                "foo: no method `foo`; there are `get`, `list`, `post`, `put` and `patch`",
                "id: `put` takes a list: write `put = [..]`",
            ],
        );
    }
}
