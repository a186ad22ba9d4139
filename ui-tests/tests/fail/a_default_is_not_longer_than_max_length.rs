use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(max_length = 4, default = "novel")]
    genre: String,
}

fn main() {}
