use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(pattern = r"\w{1000}{1000}")]
    isbn: String,
}

fn main() {}
