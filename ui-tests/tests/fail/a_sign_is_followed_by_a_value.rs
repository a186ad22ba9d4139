use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(table = )]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
