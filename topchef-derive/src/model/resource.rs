//! The resource as a whole.
//!
//! It does not know what makes one right.

use syn::{ExprPath, Generics, Ident, LitStr, Visibility};

use super::{
    Answer, Collection, Column, Computed, Hook, ListedMethod, Method, Methods, RelatedList,
    Relation, Representation, RuntimePath, SerialField, Skipped,
};

/// A struct that is to be a resource.
pub(crate) struct Resource {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    /// None, when nothing is wrong.
    pub(crate) generics: Generics,
    pub(crate) doc: String,
    /// A derived name has the place of the struct's name; so have the two below.
    pub(crate) table: LitStr,
    pub(crate) url_prefix: LitStr,
    pub(crate) url_name: LitStr,
    /// The two parts of the URL together.
    pub(crate) path: String,
    pub(crate) methods: Methods,
    /// In the order of the fields.
    pub(crate) columns: Vec<Column>,
    /// The fields that are no columns.
    pub(crate) skipped: Vec<Skipped>,
    /// One to four, when nothing is wrong.
    pub(crate) key: Vec<KeyColumn>,
    /// The methods of the struct that go out, each once.
    pub(crate) computed: Vec<Computed>,
    /// Those that were written, then the default one for all other methods.
    pub(crate) representations: Vec<Representation>,
    pub(crate) relations: Vec<Relation>,
    /// The fields of related records; what is said of one method stands before what is said of all.
    pub(crate) related_lists: Vec<RelatedList>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) collection: Collection,
    pub(crate) hooks: Vec<Hook>,
    /// The policy.
    pub(crate) authorize: Option<ExprPath>,
    pub(crate) envelope: Envelope,
    pub(crate) docs: Vec<MethodDoc>,
    pub(crate) runtime: RuntimePath,
}

/// What stands around the records of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// An object with `data`, `links` and `meta`.
    #[default]
    Data,
    /// Nothing.
    None,
}

/// What the documentation says of a method.
pub(crate) struct MethodDoc {
    pub(crate) method: ListedMethod,
    pub(crate) text: LitStr,
}

/// A column of the primary key.
pub(crate) struct KeyColumn {
    pub(crate) index: usize,
    /// The word that makes it the key: `primary_key`, or the field's name.
    pub(crate) word: Ident,
}

impl Resource {
    /// The most columns that a primary key can have: the runtime's tuples end there.
    pub(crate) const MOST_KEY_COLUMNS: usize = 4;

    /// The fields that go out for a method.
    pub(crate) fn fields_of(&self, method: Method) -> &[SerialField] {
        self.representations
            .iter()
            .find(|representation| representation.methods.contains(&method))
            .map_or(&[], |representation| &representation.fields)
    }

    /// The columns of the primary key.
    pub(crate) fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().map(|key| &self.columns[key.index])
    }
}
