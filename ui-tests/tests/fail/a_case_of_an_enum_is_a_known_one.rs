use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
#[resource(rename_all = "lower")]
enum Genre {
    Novel,
    Poetry,
}

fn main() {}
