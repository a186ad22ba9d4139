//! A book, as crudcrate makes a resource of a Sea-ORM entity.

use chrono::{DateTime, Utc};
use crudcrate::EntityToModels;
use crudcrate::validation::{Validatable, ValidationError};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, EntityToModels)]
#[sea_orm(table_name = "books")]
#[crudcrate(api_struct = "Book", generate_router)]
pub struct Model {
    #[sea_orm(primary_key)]
    #[crudcrate(primary_key, sortable, exclude(create, update))]
    pub id: i64,
    pub title: String,
    pub subtitle: Option<String>,
    #[crudcrate(filterable, sortable)]
    pub pub_year: i32,
    pub pages: Option<i32>,
    pub price: f64,
    pub available: bool,
    #[crudcrate(exclude(create, update), on_create = Utc::now())]
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Validatable for BookCreate {
    fn validate(&self) -> Result<(), ValidationError> {
        title(&self.title)?;
        self.subtitle.as_deref().map_or(Ok(()), subtitle)?;
        pub_year(self.pub_year)
    }
}

impl Validatable for BookUpdate {
    fn validate(&self) -> Result<(), ValidationError> {
        if let Some(Some(given)) = &self.title {
            title(given)?;
        }
        if let Some(Some(given)) = &self.subtitle {
            subtitle(given)?;
        }
        self.pub_year.flatten().map_or(Ok(()), pub_year)
    }
}

fn title(title: &str) -> Result<(), ValidationError> {
    limit(title.chars().count() <= 100, "title")
}

fn subtitle(subtitle: &str) -> Result<(), ValidationError> {
    limit(subtitle.chars().count() <= 200, "subtitle")
}

fn pub_year(year: i32) -> Result<(), ValidationError> {
    limit(year >= 1450, "pub_year")
}

fn limit(is_kept: bool, field: &str) -> Result<(), ValidationError> {
    if is_kept {
        Ok(())
    } else {
        Err(ValidationError::new(field, "out of its limits"))
    }
}
