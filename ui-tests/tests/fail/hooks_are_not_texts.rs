use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(process_input("check_title"))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
