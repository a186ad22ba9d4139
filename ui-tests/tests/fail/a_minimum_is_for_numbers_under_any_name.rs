use topchef_runtime::ModelResource;

type Title = String;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(minimum = 3)]
    title: Title,
}

fn main() {}
