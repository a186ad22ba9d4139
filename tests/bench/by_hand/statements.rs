//! The statements of sqlx that depend on what is asked: a list and a change.
//!
//! They are the same on both databases.

use sqlx::{Database, Encode, QueryBuilder, Type};

use crate::book::{BookPatch, COLUMNS};
use crate::error::Error;
use crate::list::BookQuery;

/// The books that a list is asked for.
pub(crate) fn list<DB>(query: BookQuery) -> Result<QueryBuilder<DB>, Error>
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i32: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> f64: Encode<'q, DB> + Type<DB>,
    for<'q> bool: Encode<'q, DB> + Type<DB>,
{
    let mut order = String::new();
    query.order(&mut order)?;
    let (limit, offset) = (query.limit(), query.offset());
    let mut statement = QueryBuilder::new(format!("SELECT {COLUMNS} FROM books WHERE true"));
    if let Some(title) = query.title {
        statement.push(" AND title = ").push_bind(title);
    }
    if let Some(pub_year) = query.pub_year {
        statement.push(" AND pub_year = ").push_bind(pub_year);
    }
    if let Some(pub_year) = query.pub_year_ge {
        statement.push(" AND pub_year >= ").push_bind(pub_year);
    }
    if let Some(pub_year) = query.pub_year_le {
        statement.push(" AND pub_year <= ").push_bind(pub_year);
    }
    if let Some(price) = query.price_ge {
        statement.push(" AND price >= ").push_bind(price);
    }
    if let Some(price) = query.price_le {
        statement.push(" AND price <= ").push_bind(price);
    }
    if let Some(available) = query.available {
        statement.push(" AND available = ").push_bind(available);
    }
    statement.push(order).push(" LIMIT ").push_bind(limit);
    if let Some(offset) = offset {
        statement.push(" OFFSET ").push_bind(offset);
    }
    Ok(statement)
}

/// The change of a book, of which something changes.
pub(crate) fn change<DB>(id: i64, patch: BookPatch) -> QueryBuilder<DB>
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> Option<String>: Encode<'q, DB> + Type<DB>,
    for<'q> i32: Encode<'q, DB> + Type<DB>,
    for<'q> Option<i32>: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> f64: Encode<'q, DB> + Type<DB>,
    for<'q> bool: Encode<'q, DB> + Type<DB>,
{
    let mut statement = QueryBuilder::new("UPDATE books SET ");
    let mut fields = statement.separated(", ");
    if let Some(title) = patch.title {
        fields.push("title = ").push_bind_unseparated(title);
    }
    if let Some(subtitle) = patch.subtitle {
        fields.push("subtitle = ").push_bind_unseparated(subtitle);
    }
    if let Some(pub_year) = patch.pub_year {
        fields.push("pub_year = ").push_bind_unseparated(pub_year);
    }
    if let Some(pages) = patch.pages {
        fields.push("pages = ").push_bind_unseparated(pages);
    }
    if let Some(price) = patch.price {
        fields.push("price = ").push_bind_unseparated(price);
    }
    if let Some(available) = patch.available {
        fields.push("available = ").push_bind_unseparated(available);
    }
    statement.push(" WHERE id = ").push_bind(id);
    statement.push(" RETURNING ").push(COLUMNS);
    statement
}
