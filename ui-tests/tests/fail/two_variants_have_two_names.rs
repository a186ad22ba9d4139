use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    #[resource(rename = "Novel")]
    Story,
}

fn main() {}
