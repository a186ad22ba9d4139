use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(url_prefix = "api/v1")]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
