use chrono::{DateTime, Local};
use topchef_runtime::ModelResource;

#[derive(ModelResource)]
struct Book {
    id: i64,
    added_at: DateTime<Local>,
}

fn main() {}
