use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(filter = [note]))]
struct Book {
    id: i64,
    title: String,
    #[resource(write_only)]
    note: String,
}

fn main() {}
