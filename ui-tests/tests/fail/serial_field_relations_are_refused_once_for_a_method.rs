use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Author {
    id: i64,
}

#[derive(ModelResource)]
#[resource(
    relations(author(belongs_to = Author, by = author_id), editor(belongs_to = Author, by = editor_id)),
    serial_field_relations(delete(author = [id], editor = [id])),
)]
struct Book {
    id: i64,
    author_id: i64,
    editor_id: i64,
}

fn main() {}
