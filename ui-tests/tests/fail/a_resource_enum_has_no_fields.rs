use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    Poetry { rhymes: bool },
}

fn main() {}
