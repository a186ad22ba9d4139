use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(table = "topchef_idempotency_keys")]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
