//! One column: a field of the struct and all that is said of it.
//!
//! It does not know the other columns.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprPath, GenericArgument, Ident, LitStr, PathArguments, PathSegment, Type};

/// The integers, by their names.
const INTEGERS: [&str; 12] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
];

/// The integers of which no database holds all.
const OTHER_INTEGERS: [&str; 5] = ["u64", "u128", "i128", "usize", "isize"];

/// The other numbers, by their names.
const FRACTIONS: [&str; 3] = ["f32", "f64", "Decimal"];

/// The types, by their names, that hold one value which is neither a text nor a number.
const OTHER_SCALARS: [&str; 6] = [
    "bool",
    "Uuid",
    "NaiveDate",
    "NaiveTime",
    "NaiveDateTime",
    "DateTime",
];

/// A field that is a column.
pub(crate) struct Column {
    /// As it stands in the struct, so perhaps `r#type`.
    pub(crate) field: Ident,
    /// In Rust, without `r#`.
    pub(crate) name: String,
    /// In the table; a derived name has the place of the field's.
    pub(crate) in_table: LitStr,
    /// In JSON and URLs.
    pub(crate) wire: String,
    /// The name in JSON and URLs, when it was written.
    pub(crate) rename: Option<LitStr>,
    /// The typed column, `TITLE`.
    pub(crate) constant: Ident,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) max_length: Option<Length>,
    pub(crate) min_length: Option<Length>,
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    pub(crate) pattern: Option<LitStr>,
    pub(crate) format: Option<Format>,
    /// The struct of the resource whose key it holds.
    pub(crate) references: Option<ExprPath>,
    /// What it becomes with every change.
    pub(crate) on_update: Option<DefaultValue>,
    /// The word that says so; the same for all below.
    pub(crate) unique: Option<Ident>,
    pub(crate) index: Option<Ident>,
    pub(crate) read_only: Option<Ident>,
    pub(crate) write_only: Option<Ident>,
    pub(crate) version: Option<Ident>,
    pub(crate) json: Option<Ident>,
    /// Whether something about the field was not understood, so that what seems to be missing may be misspelt.
    pub(crate) misread: bool,
}

/// A field that is no column.
pub(crate) struct Skipped {
    /// As it stands in the struct.
    pub(crate) field: Ident,
    pub(crate) ty: Type,
    /// The keys besides `skip`, of which there are none when nothing is wrong.
    pub(crate) other_keys: Vec<Ident>,
}

/// What a column holds when nothing was given, or becomes with every change.
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

/// A number that another must not pass.
pub(crate) struct Bound {
    pub(crate) number: Number,
    pub(crate) written: Expr,
}

/// A number, as it was written.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    Integer(i64),
    Real(f64),
}

/// What a text is, and the word that says so.
pub(crate) struct Format {
    pub(crate) known: KnownFormat,
    pub(crate) written: LitStr,
}

/// The formats that a text can have.
#[derive(Clone, Copy)]
pub(crate) enum KnownFormat {
    Email,
    Uri,
    Ipv4,
    Ipv6,
}

impl KnownFormat {
    /// All of them, in the order of the documentation.
    pub(crate) const ALL: [Self; 4] = [Self::Email, Self::Uri, Self::Ipv4, Self::Ipv6];

    /// Its name in JSON Schema (Validation, section 7.3).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}

/// As it was written, for errors.
impl ToTokens for DefaultValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::OfType(word) => word.to_tokens(tokens),
            Self::Path(path) => path.to_tokens(tokens),
            Self::Literal(value) | Self::Expression(value) => value.to_tokens(tokens),
        }
    }
}

impl Column {
    /// Whether the type is written `Option<..>`.
    pub(crate) fn is_option(&self) -> bool {
        inside_option(&self.ty).is_some()
    }

    /// The name of the type, or of the one inside `Option<..>`: `Uuid` for `Option<uuid::Uuid>`.
    pub(crate) fn type_name(&self) -> Option<String> {
        last_segment(self.type_of_values()).map(|segment| segment.ident.to_string())
    }

    /// Whether the type is by its name one of those that have a column form, so that it needs no `json`.
    pub(crate) fn is_plainly_a_column(&self) -> bool {
        self.is_of_type_in(|name| name == "String" || is_scalar(name))
    }

    /// Whether the type is by its name a number, a date or something else that has no length in characters.
    pub(crate) fn is_plainly_not_text(&self) -> bool {
        self.is_of_type_in(|name| name == "Vec" || is_scalar(name))
    }

    /// Whether the type is by its name a text, a date or something else that is neither large nor small.
    pub(crate) fn is_plainly_not_a_number(&self) -> bool {
        self.is_of_type_in(|name| {
            is_known(name) && !INTEGERS.contains(&name) && !FRACTIONS.contains(&name)
        })
    }

    /// Whether the type is by its name something that does not count.
    pub(crate) fn is_plainly_not_an_integer(&self) -> bool {
        self.is_of_type_in(|name| is_known(name) && !INTEGERS.contains(&name))
    }

    /// The least and the largest number of an integer type, by its name; nothing for `i64`, which holds every
    /// bound that can be written, and for types that are no columns.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let range = match self.type_name()?.as_str() {
            "i8" => (i8::MIN.into(), i8::MAX.into()),
            "i16" => (i16::MIN.into(), i16::MAX.into()),
            "i32" => (i32::MIN.into(), i32::MAX.into()),
            "u8" => (0, u8::MAX.into()),
            "u16" => (0, u16::MAX.into()),
            "u32" => (0, u32::MAX.into()),
            _ => return None,
        };
        Some(range)
    }

    /// The type, or the one inside `Option<..>`.
    pub(crate) fn type_of_values(&self) -> &Type {
        inside_option(&self.ty).unwrap_or(&self.ty)
    }

    /// The type that no record can own, which the field is or may be: `&'static str` of `Option<&'static str>`.
    pub(crate) fn not_owned(&self) -> Option<&Type> {
        not_owned(self.type_of_values())
    }

    /// Whether the type has no size, so that its struct has none.
    pub(crate) fn is_unsized(&self) -> bool {
        not_owned(&self.ty).is_some_and(|ty| !matches!(ty, Type::Reference(_)))
    }

    /// The name of the type when it is a number that no database holds.
    pub(crate) fn number_of_no_database(&self) -> Option<String> {
        let name = self.type_name()?;
        let is_so = self.json.is_none() && OTHER_INTEGERS.contains(&name.as_str());
        is_so.then_some(name)
    }

    /// The inner type when the field is an `Option` of an `Option`.
    pub(crate) fn twice_optional(&self) -> Option<&Type> {
        let inner = inside_option(&self.ty)?;
        inside_option(inner).map(|_| inner)
    }

    fn is_of_type_in(&self, types: fn(&str) -> bool) -> bool {
        self.type_name().is_some_and(|name| types(&name))
    }
}

/// Whether the name is that of a type which holds one value that is no text.
fn is_scalar(name: &str) -> bool {
    INTEGERS.contains(&name) || FRACTIONS.contains(&name) || OTHER_SCALARS.contains(&name)
}

/// Whether the name says what the type is.
fn is_known(name: &str) -> bool {
    ["String", "Vec"].contains(&name) || is_scalar(name)
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

fn not_owned(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(_) | Type::Slice(_) | Type::TraitObject(_) => Some(ty),
        Type::Path(path) if path.path.is_ident("str") => Some(ty),
        Type::Group(group) => not_owned(&group.elem),
        Type::Paren(paren) => not_owned(&paren.elem),
        _ => None,
    }
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
