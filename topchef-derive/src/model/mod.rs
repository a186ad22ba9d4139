//! What a resource is: plain data in which nothing is left open, and which may still be wrong.
//!
//! It does not know how it was written, and not what is generated; words are kept so that errors can point at them.

mod case;
mod collection;
mod column;
mod enumeration;
mod hook;
mod mention;
mod method;
mod relation;
mod representation;
mod resource;
mod runtime;

pub(crate) use self::case::Case;
pub(crate) use self::collection::{Collection, NamedColumn, PageSize};
pub(crate) use self::column::{
    Bound, Column, DefaultValue, Format, KnownFormat, Length, Number, Skipped,
};
pub(crate) use self::enumeration::{Enumeration, Variant};
pub(crate) use self::hook::{Delivery, Hook, Phase};
pub(crate) use self::mention::{Mention, Mentions};
pub(crate) use self::method::{ListedMethod, Method, Methods};
pub(crate) use self::relation::{Answer, ForeignKey, Link, RelatedList, Relation, RelationKind};
pub(crate) use self::representation::{
    Computed, Origin, Representation, SerialField, SerialName, Source,
};
pub(crate) use self::resource::{Envelope, KeyColumn, MethodDoc, Resource};
pub(crate) use self::runtime::RuntimePath;
