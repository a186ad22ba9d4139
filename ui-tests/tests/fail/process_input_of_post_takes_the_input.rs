use topchef_runtime::{Context, ModelResource, Report};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(process_input(post = check_title))]
struct Book {
    id: Uuid,
    title: String,
}

async fn check_title(_cx: &Context, _book: &mut Book) -> Result<(), Report> {
    Ok(())
}

fn main() {}
