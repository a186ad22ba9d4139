//! The six methods of a resource.
//!
//! It does not know what a method does.

use syn::Ident;

/// What can be done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    List,
    Post,
    Put,
    Patch,
    Delete,
}

/// The methods that exist.
pub(crate) struct Methods {
    /// The word `methods`, or the struct's name.
    pub(crate) key: Ident,
    pub(crate) listed: Vec<ListedMethod>,
}

/// A method and the word that names it.
#[derive(Clone)]
pub(crate) struct ListedMethod {
    pub(crate) method: Method,
    pub(crate) word: Ident,
}

impl Method {
    pub(crate) const ALL: [Self; 6] = [
        Self::Get,
        Self::List,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
    ];

    /// Those that answer with a record.
    pub(crate) const WITH_FIELDS: [Self; 5] =
        [Self::Get, Self::List, Self::Post, Self::Put, Self::Patch];

    /// Its name in attributes.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}

impl Methods {
    /// Whether a method exists.
    pub(crate) fn have(&self, method: Method) -> bool {
        self.listed.iter().any(|listed| listed.method == method)
    }
}
