use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre<const N: u8> {
    Novel,
}

fn main() {}
