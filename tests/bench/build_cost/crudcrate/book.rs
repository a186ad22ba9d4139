//! Books, as crudcrate makes them of a Sea-ORM entity: the table, its methods, filters, sorting and pages.

use chrono::{DateTime, Utc};
use crudcrate::EntityToModels;
use sea_orm::entity::prelude::*;

/// A book.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, EntityToModels)]
#[sea_orm(table_name = "books")]
#[crudcrate(api_struct = "Book", generate_router)]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    #[crudcrate(primary_key, filterable, sortable, exclude(create, update), on_create = Uuid::now_v7())]
    pub id: Uuid,
    #[crudcrate(filterable, sortable)]
    pub title: String,
    #[crudcrate(filterable, sortable)]
    pub subtitle: Option<String>,
    #[crudcrate(filterable, sortable)]
    pub pub_year: i32,
    #[crudcrate(filterable, sortable)]
    pub pages: Option<i32>,
    #[crudcrate(filterable, sortable)]
    pub price: f64,
    #[crudcrate(filterable, sortable)]
    pub available: bool,
    #[crudcrate(filterable, sortable, exclude(create, update), on_create = Utc::now())]
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
