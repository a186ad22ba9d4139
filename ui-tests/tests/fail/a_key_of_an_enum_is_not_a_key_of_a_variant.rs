use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre {
    #[resource(rename_all = "lowercase")]
    Novel,
    Poetry,
}

fn main() {}
