use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(after_commit(post(|_cx, _tx, book| book, best_effort)))]
struct Book {
    id: Uuid,
    title: String,
}

fn main() {}
