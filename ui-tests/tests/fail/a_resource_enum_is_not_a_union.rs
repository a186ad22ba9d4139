use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
union Genre {
    number: u32,
    text: [u8; 4],
}

fn main() {}
