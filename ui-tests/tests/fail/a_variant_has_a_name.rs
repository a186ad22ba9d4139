use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre {
    #[resource(rename = "")]
    Novel,
    Poetry,
}

fn main() {}
