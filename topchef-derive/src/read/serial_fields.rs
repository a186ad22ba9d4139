//! `serial_fields = [id, label()]` and `serial_fields(get = [..], list = [..], post = Job[..])`.
//!
//! It does not know which fields there are.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{ExprPath, Ident, Token, token};

use super::attribute::between_commas;
use super::brackets::{in_brackets, last_group};
use super::by_method;
use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::{Answer, ListedMethod, Method, SerialName};

/// The fields that go out, as written.
pub(crate) enum SerialFields {
    /// The same for all methods; the word is the key.
    All(Ident, SerialList),
    /// For each of some methods.
    ByMethod {
        /// The fields of the resource itself.
        lists: Vec<(ListedMethod, SerialList)>,
        /// The fields of another resource, with whose record a hook answers.
        answers: Vec<Answer>,
    },
}

/// One list.
pub(crate) struct SerialList(pub(crate) Vec<SerialName>);

/// What goes out for one method.
enum OfMethod {
    /// Fields of the resource itself.
    Own(SerialList),
    /// Fields of another one.
    Other(ExprPath, SerialList),
}

impl Value for SerialFields {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        match given.form {
            Form::List(tokens) if tokens.clone().into_iter().any(is_equals_sign) => {
                let (mut lists, mut answers) = (Vec::new(), Vec::new());
                for (method, fields) in by_method::read(tokens, &Method::WITH_FIELDS, problems) {
                    match fields {
                        OfMethod::Own(list) => lists.push((method, list)),
                        OfMethod::Other(target, SerialList(names)) => answers.push(Answer {
                            method,
                            target,
                            names,
                        }),
                    }
                }
                Some(Self::ByMethod { lists, answers })
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

impl Value for OfMethod {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        match other_resource(&value_tokens(given.form)) {
            Some((target, inner)) => names(&inner, problems).map(|list| Self::Other(target, list)),
            None => SerialList::read(given, problems).map(Self::Own),
        }
    }
}

impl Value for SerialList {
    /// Reads tokens and not expressions, for `Job[id, status]` is none.
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let tokens = value_tokens(given.form);
        if let Some(inner) = in_brackets(&tokens) {
            return names(&inner, problems);
        }
        let key = given.key;
        let message = match other_resource(&tokens) {
            Some((target, _)) => {
                let target = target.to_token_stream().to_string().replace(' ', "");
                format!(
                    "`{target}[..]` is what a hook of one method answers with: write `serial_fields(post = {target}[..])`"
                )
            }
            None => format!("`{key}` takes a list: write `{key} = [..]`"),
        };
        given.is_wrong(message, problems);
        None
    }
}

fn value_tokens(form: Form<'_>) -> TokenStream {
    match form {
        Form::Value(value) => value.to_token_stream(),
        Form::Broken(tokens) => tokens.clone(),
        Form::Word | Form::List(_) => TokenStream::new(),
    }
}

/// The names between commas.
fn names(inner: &TokenStream, problems: &mut Problems) -> Option<SerialList> {
    let mut names = Vec::new();
    let mut complete = true;
    for name in between_commas(inner, serial_name) {
        match name {
            Ok(name) => names.push(name),
            Err(error) => {
                problems.syntax(error);
                complete = false;
            }
        }
    }
    // A list of which nothing could be read is not an empty one.
    (complete || !names.is_empty()).then_some(SerialList(names))
}

/// The path and the names in `Job[..]`.
fn other_resource(tokens: &TokenStream) -> Option<(ExprPath, TokenStream)> {
    let (before, inner) = last_group(tokens)?;
    let path = syn::parse2(before).ok()?;
    Some((path, inner))
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
        let message = format!(
            "`{word}[..]` stands in place of a list, not in one; name a relation to show another record beside these fields"
        );
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
    fn the_record_of_another_resource_stands_in_place_of_a_list() {
        let problems = problems! {
            #[resource(serial_fields(get = [id], post = Job[id, status()], put = jobs::Job[id]), after_commit(post = f, put = f))]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            problems! {
                #[resource(serial_fields(get = [id, Job[id]]))]
                struct Book { id: Uuid }
            },
            [
                "Job[id]: `Job[..]` stands in place of a list, not in one; name a relation to show another record beside these fields"
            ],
        );
        assert_eq!(
            problems! {
                #[resource(serial_fields = jobs::Job[id, status])]
                struct Book { id: Uuid }
            },
            [
                "jobs::Job[id, status]: `jobs::Job[..]` is what a hook of one method answers with: write `serial_fields(post = jobs::Job[..])`"
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
