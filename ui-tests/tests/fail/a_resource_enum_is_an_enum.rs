use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
struct Genre {
    name: String,
}

fn main() {}
