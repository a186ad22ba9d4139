use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book<const N: usize> {
    id: i64,
    #[resource(json)]
    pages: Vec<[u8; N]>,
}

fn main() {}
