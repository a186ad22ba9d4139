use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(crate = ::std)]
struct Book {
    id: i64,
}

fn main() {}
