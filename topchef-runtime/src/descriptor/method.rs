//! The six methods of a resource.
//!
//! It does not know which a resource has.

use std::fmt;

/// What can be done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET` of one record.
    Get,
    /// `GET` of the collection.
    List,
    /// `POST` to the collection.
    Post,
    /// `PUT` of one record.
    Put,
    /// `PATCH` of one record.
    Patch,
    /// `DELETE` of one record.
    Delete,
}

impl Method {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Get,
        Self::List,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
    ];

    /// Whether it is a method of the collection, not of one record.
    pub const fn is_of_collection(self) -> bool {
        matches!(self, Self::List | Self::Post)
    }

    /// Whether it only reads.
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::List)
    }

    /// The HTTP method.
    pub const fn verb(self) -> http::Method {
        match self {
            Self::Get | Self::List => http::Method::GET,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Patch => http::Method::PATCH,
            Self::Delete => http::Method::DELETE,
        }
    }

    /// Its name in attributes.
    pub const fn name(self) -> &'static str {
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

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
