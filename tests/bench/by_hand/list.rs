//! What a list may be asked for, and the order of it.
//!
//! It does not know which database answers.

use serde::Deserialize;

use crate::error::Error;

/// The query of a list's URL.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookQuery {
    pub(crate) title: Option<String>,
    pub(crate) pub_year: Option<i32>,
    pub(crate) pub_year_ge: Option<i32>,
    pub(crate) pub_year_le: Option<i32>,
    pub(crate) price_ge: Option<f64>,
    pub(crate) price_le: Option<f64>,
    pub(crate) available: Option<bool>,
    sort: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl BookQuery {
    /// Writes what stands after the conditions and before the page.
    pub(crate) fn order(&self, sql: &mut String) -> Result<(), Error> {
        let sort = self.sort.as_deref().unwrap_or("id");
        for (place, field) in sort.split(',').enumerate() {
            let (name, direction) = match field.strip_prefix('-') {
                Some(name) => (name, " DESC"),
                None => (field, ""),
            };
            let column = match name {
                "id" => "id",
                "title" => "title",
                "subtitle" => "subtitle",
                "pub_year" => "pub_year",
                "pages" => "pages",
                "price" => "price",
                "available" => "available",
                "created_at" => "created_at",
                other => return Err(Error::Wrong(vec![format!("no field `{other}`")])),
            };
            sql.push_str(if place == 0 { " ORDER BY " } else { ", " });
            sql.push_str(column);
            sql.push_str(direction);
        }
        Ok(())
    }

    pub(crate) fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }

    pub(crate) fn offset(&self) -> Option<i64> {
        self.offset.filter(|offset| *offset > 0)
    }
}
