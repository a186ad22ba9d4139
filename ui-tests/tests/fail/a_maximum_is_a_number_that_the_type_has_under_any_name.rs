use topchef_runtime::ModelResource;

type Grade = u8;

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(maximum = 300)]
    grade: Grade,
}

fn main() {}
