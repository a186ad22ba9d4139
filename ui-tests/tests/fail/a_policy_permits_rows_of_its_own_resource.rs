use topchef_runtime::{Context, Method, ModelResource, Permit, Report};

#[derive(ModelResource)]
struct Author {
    id: i64,
    name: String,
}

#[derive(ModelResource)]
#[resource(authorize = members)]
struct Book {
    id: i64,
    title: String,
}

async fn members(_cx: &Context, _method: Method) -> Result<Permit<Author>, Report> {
    Ok(Permit::all())
}

fn main() {}
