use topchef_runtime::{Api, ApiError, Database, ModelResource, Principal, policies};

#[derive(ModelResource)]
struct Book {
    id: i64,
    title: String,
    pub_year: i32,
}

async fn by_token(_token: &str) -> Result<Option<Principal>, ApiError> {
    Ok(None)
}

fn try_it(database: Database) {
    let _ = Api::new(database).authenticated(by_token, policies::signed_in);
}

fn main() {
    let _ = try_it;
}
