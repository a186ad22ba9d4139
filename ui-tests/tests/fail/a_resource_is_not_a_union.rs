use topchef_runtime::ModelResource;

#[derive(ModelResource)]
union Book {
    id: i64,
    number: u32,
}

fn main() {}
