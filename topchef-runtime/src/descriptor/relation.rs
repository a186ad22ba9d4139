//! Relations between resources.
//!
//! It does not know how related records are found.

use super::{Descriptor, Method};

/// How many records a relation leads to, and on which side the key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// One, named by a column of this resource.
    BelongsTo,
    /// At most one, which names this record in a column of its own.
    HasOne,
    /// Any number, each of which names this record in a column of its own.
    HasMany,
}

impl RelationKind {
    /// Whether it leads to several records.
    pub const fn is_many(self) -> bool {
        matches!(self, Self::HasMany)
    }
}

/// A relation of a resource.
#[derive(Clone, Copy, Debug)]
pub struct RelationDescriptor {
    /// Its name in the struct's attributes.
    pub name: &'static str,
    /// Its name in JSON and URLs.
    pub wire: &'static str,
    /// How many records, and who keeps the key.
    pub kind: RelationKind,
    /// The related resource.
    pub target: fn() -> &'static Descriptor,
    /// The column of this resource that takes part: the foreign key of a `belongs_to`, otherwise the primary key.
    pub own: usize,
    /// The column of the related resource that takes part: its primary key for a `belongs_to`, otherwise its foreign key.
    pub theirs: usize,
    /// Which fields of the related records go out; where nothing is said, the related resource's own.
    pub fields: &'static [RelatedFields],
}

/// Which fields of related records go out for some methods.
#[derive(Clone, Copy, Debug)]
pub struct RelatedFields {
    /// The methods of the resource that has the relation.
    pub methods: &'static [Method],
    /// The names of the related resource's fields, in order; the compiler has seen that they exist.
    pub names: &'static [&'static str],
}

impl RelationDescriptor {
    /// Whether a new record may bring its related records along: they name it, and can be posted by themselves too.
    pub fn takes_children(&self) -> bool {
        self.kind != RelationKind::BelongsTo && (self.target)().methods.contains(&Method::Post)
    }

    /// The names of the related fields that go out for a method, when something is said of it.
    pub fn names_of(&self, method: Method) -> Option<&'static [&'static str]> {
        let said = self.fields.iter();
        said.filter(|fields| fields.methods.contains(&method))
            .map(|fields| fields.names)
            .next()
    }
}
