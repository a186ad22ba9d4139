use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
#[resource(rename_al = "lowercase")]
enum Genre {
    Novel,
    Poetry,
}

fn main() {}
