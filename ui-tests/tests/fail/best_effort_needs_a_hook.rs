use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(after_commit(post(best_effort)))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
