use topchef_runtime::{Api, ApiError, Context, Database, ModelResource, Principal, Report};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

async fn by_token(_parts: &axum::http::request::Parts) -> Result<Option<Principal>, ApiError> {
    Ok(None)
}

async fn members(_cx: &Context) -> Result<(), Report> {
    Ok(())
}

fn try_it(database: Database) {
    let _ = Api::new(database).authenticated(by_token, members);
}

fn main() {
    let _ = try_it;
}
