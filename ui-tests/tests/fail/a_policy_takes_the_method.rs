use topchef_runtime::{Context, ModelResource, Permit, Report};

async fn members(_: &Context) -> Result<Permit<Book>, Report> {
    Ok(Permit::all())
}

#[derive(ModelResource)]
#[resource(authorize = members)]
struct Book {
    id: i64,
    title: String,
    author_id: i64,
}

fn main() {}
