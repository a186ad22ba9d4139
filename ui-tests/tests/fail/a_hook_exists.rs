use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(post = check_title))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
