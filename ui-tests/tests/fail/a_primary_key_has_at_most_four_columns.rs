use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    #[resource(primary_key)]
    house: i32,
    #[resource(primary_key)]
    shelf: i32,
    #[resource(primary_key)]
    board: i32,
    #[resource(primary_key)]
    place: i32,
    #[resource(primary_key)]
    layer: i32,
}

fn main() {}
