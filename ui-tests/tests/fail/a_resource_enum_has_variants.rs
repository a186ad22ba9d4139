use topchef_runtime::ResourceEnum;

#[derive(ResourceEnum)]
enum Genre {}

fn main() {}
