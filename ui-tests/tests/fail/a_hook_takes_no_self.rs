use topchef_runtime::{Context, Input, ModelResource, Report};

#[derive(ModelResource)]
#[resource(process_input(post = Self::check))]
struct Book {
    id: i64,
    title: String,
}

impl Book {
    async fn check(&self, _cx: &Context, _input: &mut Input<Self>) -> Result<(), Report> {
        Ok(())
    }
}

fn main() {}
