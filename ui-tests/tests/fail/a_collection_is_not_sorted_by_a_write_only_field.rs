use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(order_by = [-note]))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
    #[resource(write_only)]
    note: String,
}

fn main() {}
