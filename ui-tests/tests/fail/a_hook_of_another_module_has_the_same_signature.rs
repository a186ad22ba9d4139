use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(after_commit(post = hooks::announce))]
struct Book {
    id: Uuid,
    title: String,
}

mod hooks {
    pub async fn announce() {}
}

fn main() {}
