//! Books, as a resource: the table, six methods, filters, sorting, pages and limits.

use chrono::{DateTime, Utc};
use topchef_runtime::ModelResource;
use uuid::Uuid;

/// A book.
#[derive(ModelResource)]
#[resource(collection(
    filter = [id, title, subtitle, pub_year, pages, price, available, created_at],
    sort = [id, title, subtitle, pub_year, pages, price, available, created_at],
))]
pub struct Book {
    #[resource(default = Uuid::now_v7)]
    pub id: Uuid,
    #[resource(max_length = 100)]
    pub title: String,
    #[resource(max_length = 200)]
    pub subtitle: Option<String>,
    #[resource(minimum = 1450)]
    pub pub_year: i32,
    pub pages: Option<i32>,
    pub price: f64,
    pub available: bool,
    #[resource(read_only, default = Utc::now)]
    pub created_at: DateTime<Utc>,
}
