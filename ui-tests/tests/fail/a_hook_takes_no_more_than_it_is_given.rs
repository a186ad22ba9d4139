use topchef_runtime::{Context, Input, ModelResource, Report, Transaction};

#[derive(ModelResource)]
#[resource(process_input(post = check))]
struct Book {
    id: i64,
    title: String,
}

async fn check(
    _cx: &Context,
    _tx: &mut Transaction,
    _input: &mut Input<Book>,
) -> Result<(), Report> {
    Ok(())
}

fn main() {}
