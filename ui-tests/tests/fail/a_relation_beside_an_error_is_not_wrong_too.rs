#![deny(warnings)]

mod people {
    use topchef_runtime::ModelResource;

    #[derive(ModelResource)]
    #[resource(max_length = 5)]
    pub struct Author {
        pub id: i64,
    }
}

use people::Author;
use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(
    relations(author(belongs_to = Author, by = author_id)),
    serial_field_relations(author = [id, full_name()]),
)]
pub struct Book {
    pub id: i64,
    pub author_id: i64,
}

fn main() {}
