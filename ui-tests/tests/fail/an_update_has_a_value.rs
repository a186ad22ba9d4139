use chrono::{DateTime, Utc};
use topchef_runtime::ModelResource;
use uuid::Uuid;

#[derive(ModelResource)]
struct Book {
    id: Uuid,
    #[resource(on_update)]
    changed_at: DateTime<Utc>,
}

fn main() {}
