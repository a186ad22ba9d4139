use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Seat {
    #[resource(primary_key)]
    row: i32,
    #[resource(primary_key)]
    place: i32,
}

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(references = Seat)]
    seat: i32,
}

fn main() {}
