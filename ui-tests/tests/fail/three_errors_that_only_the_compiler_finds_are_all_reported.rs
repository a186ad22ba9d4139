use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

type Title = String;

#[derive(ModelResource)]
#[resource(relations(author(belongs_to = Author, by = author_id)), serial_field_relations(author = [nmae]), process_input(post = check))]
struct Book {
    id: i64,
    #[resource(maximum = 3)]
    title: Title,
    author_id: i64,
}

fn check() {}

fn main() {}
