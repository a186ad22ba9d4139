use topchef_runtime::{ModelResource, ResourceEnum};

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    Poetry,
}

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(default = Genre::Novle)]
    genre: Genre,
}

fn main() {}
