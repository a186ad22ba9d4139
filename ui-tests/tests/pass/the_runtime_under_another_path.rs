//! A crate that re-exports the runtime says where it is; nothing is looked for anywhere else.

#![no_implicit_prelude]

mod facade {
    pub mod topchef {
        pub use ::topchef_runtime::*;
    }
}

mod shadow {
    // What is found under the usual name is not it.
    pub mod topchef_runtime {
        pub const EMPTY: bool = true;
    }
}

use facade::topchef::{ModelResource, ResourceEnum};
use ::std::clone::Clone;
use ::std::string::String;
use ::std::{assert_eq, assert, option::Option};
use shadow::topchef_runtime;

#[derive(Clone, ResourceEnum)]
#[resource(crate = crate::facade::topchef)]
enum Status {
    New,
    Read,
}

#[derive(Clone, ModelResource)]
#[resource(
    crate = crate::facade::topchef,
    serial_fields(get = [id, status, length(), sequel]),
    relations(sequel(belongs_to = Self, by = sequel_id)),
    serial_field_relations(sequel = [title]),
)]
struct Book {
    id: i64,
    #[resource(default = "untitled", max_length = 20)]
    title: String,
    #[resource(default = Status::New)]
    status: Status,
    sequel_id: Option<i64>,
}

impl Book {
    fn length(&self) -> u32 {
        let _ = &self.title;
        3
    }
}

macro_rules! resource {
    ($name:ident) => {
        #[derive(ModelResource)]
        #[resource(crate = $crate::facade::topchef)]
        struct $name {
            id: i64,
        }
    };
}
resource!(Shelf);

fn main() {
    assert!(topchef_runtime::EMPTY);
    assert_eq!(Book::DESCRIPTOR.relations.len(), 1);
    assert_eq!(Status::Read.as_str(), "Read");
    let book = Book {
        id: 1,
        title: String::new(),
        status: Status::New,
        sequel_id: Option::None,
    };
    assert_eq!(book.clone().length(), 3);
    assert!(book.id == Shelf { id: 1 }.id && book.sequel_id.is_none());
    assert_eq!(book.status.as_str(), "New");
}
