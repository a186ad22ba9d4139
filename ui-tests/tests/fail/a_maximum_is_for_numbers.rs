use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(maximum = 3)]
    sold: bool,
}

fn main() {}
