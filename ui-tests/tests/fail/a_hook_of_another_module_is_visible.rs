use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(after_commit(post = hooks::announce))]
struct Book {
    id: Uuid,
    title: String,
}

mod hooks {
    use topchef_runtime::{Committed, Context, Next, Report, Transaction};

    async fn announce(
        _cx: &Context,
        _tx: &mut Transaction,
        _book: &Committed<super::Book>,
    ) -> Result<Next, Report> {
        Ok(Next::Proceed)
    }
}

fn main() {}
