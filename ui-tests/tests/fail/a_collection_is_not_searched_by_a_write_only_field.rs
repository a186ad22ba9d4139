use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(collection(search = [note]))]
struct Book {
    id: i64,
    title: String,
    #[resource(write_only)]
    note: String,
}

fn main() {}
