use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book;

fn main() {}
