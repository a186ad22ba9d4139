use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(serial_fields = [id, titel], before_commit(get = stamp))]
struct Book {
    id: Uuid,
    title: String,
    #[resource(max_length = 4)]
    pub_year: i32,
}

fn main() {}
