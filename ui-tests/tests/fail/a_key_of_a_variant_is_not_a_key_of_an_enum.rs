use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
#[resource(rename = "genre")]
enum Genre {
    Novel,
    Poetry,
}

fn main() {}
