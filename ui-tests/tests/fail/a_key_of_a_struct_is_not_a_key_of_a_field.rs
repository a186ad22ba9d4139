use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(table = "titles")]
    title: String,
}

fn main() {}
