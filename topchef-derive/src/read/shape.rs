//! Which items can be a resource, and which the type of a column.
//!
//! It does not look into attributes.

use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, FieldsNamed, Token, Variant};

use crate::diag::Problems;

/// The fields of a struct that names them.
pub(super) fn named_fields<'a>(
    input: &'a DeriveInput,
    problems: &mut Problems,
) -> Option<&'a FieldsNamed> {
    let name = &input.ident;
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(fields),
            Fields::Unnamed(fields) => problems.at(
                fields,
                format!("a column needs a name; write the fields in braces: `struct {name} {{ id: .. }}`"),
            ),
            Fields::Unit => problems.at(
                name,
                format!("a resource needs columns; write them in braces: `struct {name} {{ id: .. }}`"),
            ),
        },
        Data::Enum(data) => problems.at(
            &data.enum_token,
            "a resource is a struct; an enum can be the type of a column with `#[derive(ResourceEnum)]`",
        ),
        Data::Union(data) => problems.at(&data.union_token, "a resource is a struct, and a union is none; write `struct`"),
    }
    None
}

/// The variants of an enum.
pub(super) fn variants<'a>(
    input: &'a DeriveInput,
    problems: &mut Problems,
) -> Option<&'a Punctuated<Variant, Token![,]>> {
    match &input.data {
        Data::Enum(data) => return Some(&data.variants),
        Data::Struct(data) => problems.at(
            &data.struct_token,
            "`ResourceEnum` is for enums; a struct is a resource with `#[derive(ModelResource)]`, \
             or a column with `#[resource(json)]` on the field",
        ),
        Data::Union(data) => problems.at(
            &data.union_token,
            "`ResourceEnum` is for enums, and a union is none; write `enum`",
        ),
    }
    None
}

/// Says of a variant with fields that it cannot have them.
pub(super) fn no_fields(variant: &Variant, problems: &mut Problems) {
    if !matches!(variant.fields, Fields::Unit) {
        let name = &variant.ident;
        problems.at(
            &variant.fields,
            format!(
                "a column holds only the name of `{name}`; remove its fields, or store the enum with \
                 `#[resource(json)]` on the field"
            ),
        );
    }
}

/// Says of generics and lifetimes that there are none.
pub(super) fn no_generics(input: &DeriveInput, problems: &mut Problems) {
    let name = &input.ident;
    let generics = &input.generics;
    if generics.params.is_empty() {
        return;
    }
    let message = match &input.data {
        Data::Enum(_) => {
            format!("`{name}` is kept by its variants' names and cannot be generic; remove this")
        }
        _ if generics.lifetimes().next().is_some() => {
            format!(
                "a record owns what it holds, so `{name}` cannot borrow; write owned types such as `String`"
            )
        }
        _ => format!("a resource is one table, so `{name}` cannot be generic; write the types out"),
    };
    problems.at(generics, message);
}

#[cfg(test)]
mod tests {
    use crate::testing::{enum_problems, problems};

    #[test]
    fn a_resource_is_a_struct_with_named_fields() {
        assert_eq!(
            problems!(
                struct Book(Uuid, String);
            ),
            [
                "(Uuid, String): a column needs a name; write the fields in braces: `struct Book { id: .. }`"
            ],
        );
        assert_eq!(
            problems!(
                struct Book;
            ),
            ["Book: a resource needs columns; write them in braces: `struct Book { id: .. }`"],
        );
        assert_eq!(
            problems!(
                enum Book {
                    A,
                }
            ),
            [
                "enum: a resource is a struct; an enum can be the type of a column with `#[derive(ResourceEnum)]`"
            ],
        );
        assert_eq!(
            problems!(union Book { id: u32 }),
            ["union: a resource is a struct, and a union is none; write `struct`"],
        );
    }

    #[test]
    fn a_resource_is_neither_generic_nor_borrowed() {
        assert_eq!(
            problems!(
                struct Book<T> {
                    id: Uuid,
                    body: T,
                }
            ),
            ["<T>: a resource is one table, so `Book` cannot be generic; write the types out"],
        );
        assert_eq!(
            problems!(
                struct Book<'a> {
                    id: Uuid,
                    body: &'a str,
                }
            ),
            [
                "<'a>: a record owns what it holds, so `Book` cannot borrow; write owned types such as `String`"
            ],
        );
    }

    #[test]
    fn a_column_is_an_enum_without_fields() {
        assert_eq!(
            enum_problems!(
                enum Status {
                    Done,
                    Failed(String),
                    Late { by: u32 },
                }
            ),
            [
                "(String): a column holds only the name of `Failed`; remove its fields, or store the enum with \
                 `#[resource(json)]` on the field",
                "{ by: u32 }: a column holds only the name of `Late`; remove its fields, or store the enum with \
                 `#[resource(json)]` on the field",
            ],
        );
        assert_eq!(
            enum_problems!(
                struct Status;
            ),
            [
                "struct: `ResourceEnum` is for enums; a struct is a resource with `#[derive(ModelResource)]`, \
                 or a column with `#[resource(json)]` on the field"
            ],
        );
    }
}
