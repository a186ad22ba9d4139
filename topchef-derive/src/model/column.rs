//! One column: a field of the struct and all that is said of it.
//!
//! It does not know the other columns.

use syn::{Expr, ExprPath, GenericArgument, Ident, PathArguments, PathSegment, Type};

/// The types, by their names, that hold one value which is no text.
const SCALARS: [&str; 21] = [
    "bool",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
    "Uuid",
    "NaiveDate",
    "NaiveTime",
    "NaiveDateTime",
    "DateTime",
    "Decimal",
];

/// A field that is a column.
pub(crate) struct Column {
    /// As it stands in the struct, so perhaps `r#type`.
    pub(crate) field: Ident,
    /// In the table.
    pub(crate) name: String,
    /// In JSON and URLs.
    pub(crate) wire: String,
    /// The typed column, `TITLE`.
    pub(crate) constant: Ident,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) max_length: Option<Length>,
    /// The word that says so; the same for the two below.
    pub(crate) read_only: Option<Ident>,
    pub(crate) write_only: Option<Ident>,
    pub(crate) json: Option<Ident>,
    /// Whether something about the field was not understood, so that what seems to be missing may be misspelt.
    pub(crate) misread: bool,
}

/// What a column holds when nothing was given.
pub(crate) enum DefaultValue {
    /// The type's own; the word is `default`.
    OfType(Ident),
    /// A text, a number, a character or a truth value, which an `Option` is wrapped around.
    Literal(Expr),
    /// A path of a function or of a value: which of the two, the compiler knows.
    Path(ExprPath),
    /// Any other value.
    Expression(Expr),
}

/// A number of characters.
pub(crate) struct Length {
    pub(crate) value: i64,
    pub(crate) written: Expr,
}

impl Column {
    /// Whether the type is written `Option<..>`.
    pub(crate) fn is_option(&self) -> bool {
        inside_option(&self.ty).is_some()
    }

    /// The name of the type, or of the one inside `Option<..>`: `Uuid` for `Option<uuid::Uuid>`.
    pub(crate) fn type_name(&self) -> Option<String> {
        let ty = inside_option(&self.ty).unwrap_or(&self.ty);
        last_segment(ty).map(|segment| segment.ident.to_string())
    }

    /// Whether the type is by its name one of those that have a column form, so that it needs no `json`.
    pub(crate) fn is_plainly_a_column(&self) -> bool {
        self.type_name()
            .is_some_and(|name| name == "String" || SCALARS.contains(&name.as_str()))
    }

    /// Whether the type is by its name a number, a date or something else that has no length in characters.
    pub(crate) fn is_plainly_not_text(&self) -> bool {
        self.type_name()
            .is_some_and(|name| name == "Vec" || SCALARS.contains(&name.as_str()))
    }
}

/// The `T` of `Option<T>`.
fn inside_option(ty: &Type) -> Option<&Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        // The invisible delimiters that `macro_rules!` puts around a type.
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}
