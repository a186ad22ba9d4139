//! Relations to other resources, and what goes out of them.
//!
//! It does not know the other resources.

use syn::{ExprPath, Ident};

use super::{ListedMethod, Method, SerialName};

/// A relation of a struct.
pub(crate) struct Relation {
    pub(crate) name: Ident,
    /// In JSON and URLs.
    pub(crate) wire: String,
    /// Nothing, when it could not be read.
    pub(crate) link: Option<Link>,
}

/// What a relation leads to.
pub(crate) struct Link {
    pub(crate) kind: RelationKind,
    /// The related resource; perhaps `Self`.
    pub(crate) target: ExprPath,
    /// The word that names the foreign key.
    pub(crate) by: Ident,
    pub(crate) foreign_key: ForeignKey,
}

/// How many records a relation leads to, and who keeps the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RelationKind {
    BelongsTo,
    HasMany,
    HasOne,
}

/// The column that names the record at the other end.
pub(crate) enum ForeignKey {
    /// A column of this struct, at this place; nothing, when there is no such field.
    Here(Option<usize>),
    /// The constant of a column of the related resource.
    There(Ident),
}

/// The fields of a relation's records that go out for some methods.
pub(crate) struct RelatedList {
    pub(crate) methods: Vec<Method>,
    /// The method by its name, where the list is for one.
    pub(crate) of_method: Option<ListedMethod>,
    /// The word that names the relation.
    pub(crate) relation: Ident,
    /// The relation's place; nothing, when there is none of that name.
    pub(crate) place: Option<usize>,
    pub(crate) names: Vec<SerialName>,
}

/// The fields of another resource's record that a hook answers with.
pub(crate) struct Answer {
    pub(crate) method: ListedMethod,
    pub(crate) target: ExprPath,
    pub(crate) names: Vec<SerialName>,
}

impl Link {
    /// The name of the related resource, without the path that leads there.
    pub(crate) fn target_name(&self) -> String {
        last_name(&self.target)
    }
}

impl Answer {
    /// The name of the other resource, without the path that leads there.
    pub(crate) fn target_name(&self) -> String {
        last_name(&self.target)
    }
}

fn last_name(path: &ExprPath) -> String {
    let last = path.path.segments.last();
    last.map_or_else(String::new, |last| last.ident.to_string())
}
