use topchef_runtime::{ModelResource, ResourceEnum};
use uuid::Uuid;

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    Poetry,
}

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(default = "Novel")]
    genre: Genre,
}

fn main() {}
