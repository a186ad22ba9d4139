use topchef_runtime::ModelResource;

#[derive(ModelResource)]
enum Book {
    Novel,
    Poetry,
}

fn main() {}
