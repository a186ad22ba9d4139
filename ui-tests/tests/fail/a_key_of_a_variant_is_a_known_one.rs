use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre {
    #[resource(renam = "novel")]
    Novel,
    Poetry,
}

fn main() {}
