use topchef_runtime::{Context, Method, ModelResource, Report};

async fn members(_: &Context, _: Method) -> Result<bool, Report> {
    Ok(true)
}

#[derive(ModelResource)]
#[resource(authorize = members)]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
