use topchef_runtime::ModelResource;

type Number = Option<i64>;

#[derive(ModelResource)]
struct Book {
    id: Number,
    title: String,
}

fn main() {}
