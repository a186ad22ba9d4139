use topchef_runtime::{Api, Database, ModelResource};
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    title: String,
}

fn router(database: Database) {
    let _ = Api::new(database).resource::<Book>().into_router();
}

fn main() {
    let _ = router;
}
