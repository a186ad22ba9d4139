use topchef_runtime::{Context, Method, ModelResource, Permit, Report};

#[derive(ModelResource)]
#[resource(authorize = members)]
struct Book {
    id: i64,
    title: String,
}

fn members(_cx: &Context, _method: Method) -> Result<Permit<Book>, Report> {
    Ok(Permit::all())
}

fn main() {}
