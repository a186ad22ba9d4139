use topchef_runtime::ModelResource;

#[derive(ModelResource)]
#[resource(serial_fields = [id, full_name()])]
struct Author {
    id: i64,
    name: String,
}

impl Author {
    fn full_name(&self) -> String {
        self.name.clone()
    }
}

#[derive(ModelResource)]
#[resource(relations(author(belongs_to = Author, by = author_id)), serial_field_relations(author = [full_name]))]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
