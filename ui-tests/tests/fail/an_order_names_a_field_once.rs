use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(order_by = [-title, title]))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
