//! A book, as a user of the runtime writes it down.

use chrono::{DateTime, Utc};
use topchef_runtime::ModelResource;

/// A book.
#[derive(ModelResource)]
pub(crate) struct Book {
    pub(crate) id: i64,
    #[resource(max_length = 100)]
    pub(crate) title: String,
    #[resource(max_length = 200)]
    pub(crate) subtitle: Option<String>,
    #[resource(minimum = 1450, index)]
    pub(crate) pub_year: i32,
    pub(crate) pages: Option<i32>,
    pub(crate) price: f64,
    pub(crate) available: bool,
    #[resource(read_only, default = Utc::now)]
    pub(crate) created_at: DateTime<Utc>,
}
