//! Books, by hand: the table, six methods, filters, sorting, pages and limits.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{Sqlite, SqlitePool};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::error::Error;
use crate::{Many, One, present};

pub const TABLE: &str = "CREATE TABLE IF NOT EXISTS books (
    id BLOB PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT,
    pub_year INTEGER NOT NULL,
    pages INTEGER,
    price REAL NOT NULL,
    available BOOLEAN NOT NULL,
    created_at TEXT NOT NULL
)";

/// A book.
#[derive(Serialize, FromRow)]
pub struct Book {
    pub id: Uuid,
    pub title: String,
    pub subtitle: Option<String>,
    pub pub_year: i32,
    pub pages: Option<i32>,
    pub price: f64,
    pub available: bool,
    pub created_at: DateTime<Utc>,
}

/// A whole book, as `POST` and `PUT` take it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeBook {
    id: Option<Uuid>,
    title: String,
    subtitle: Option<String>,
    pub_year: i32,
    pages: Option<i32>,
    price: f64,
    available: bool,
}

impl WholeBook {
    fn check(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        check_title(&self.title, &mut wrong);
        if let Some(subtitle) = &self.subtitle {
            check_subtitle(subtitle, &mut wrong);
        }
        check_pub_year(self.pub_year, &mut wrong);
        all_right(wrong)
    }
}

/// What `PATCH` changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookPatch {
    title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    subtitle: Option<Option<String>>,
    pub_year: Option<i32>,
    #[serde(default, deserialize_with = "present")]
    pages: Option<Option<i32>>,
    price: Option<f64>,
    available: Option<bool>,
}

impl BookPatch {
    fn check(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        if let Some(title) = &self.title {
            check_title(title, &mut wrong);
        }
        if let Some(Some(subtitle)) = &self.subtitle {
            check_subtitle(subtitle, &mut wrong);
        }
        if let Some(pub_year) = self.pub_year {
            check_pub_year(pub_year, &mut wrong);
        }
        all_right(wrong)
    }
}

/// What a list may be asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookQuery {
    id: Option<Uuid>,
    title: Option<String>,
    subtitle: Option<String>,
    pub_year: Option<i32>,
    pages: Option<i32>,
    price: Option<f64>,
    available: Option<bool>,
    created_at: Option<DateTime<Utc>>,
    sort: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
}

pub fn routes() -> Router<SqlitePool> {
    Router::new()
        .route("/books", get(list_books).post(post_book))
        .route(
            "/books/{id}",
            get(get_book)
                .put(put_book)
                .patch(patch_book)
                .delete(delete_book),
        )
}

async fn get_book(
    State(pool): State<SqlitePool>,
    Path(id): Path<Uuid>,
) -> Result<Json<One<Book>>, Error> {
    let data = sqlx::query_as("SELECT * FROM books WHERE id = ?")
        .bind(id)
        .fetch_one(&pool)
        .await?;
    Ok(Json(One { data }))
}

async fn list_books(
    State(pool): State<SqlitePool>,
    Query(query): Query<BookQuery>,
) -> Result<Json<Many<Book>>, Error> {
    let mut statement = QueryBuilder::<Sqlite>::new("SELECT * FROM books WHERE 1 = 1");
    if let Some(id) = query.id {
        statement.push(" AND id = ").push_bind(id);
    }
    if let Some(title) = query.title {
        statement.push(" AND title = ").push_bind(title);
    }
    if let Some(subtitle) = query.subtitle {
        statement.push(" AND subtitle = ").push_bind(subtitle);
    }
    if let Some(pub_year) = query.pub_year {
        statement.push(" AND pub_year = ").push_bind(pub_year);
    }
    if let Some(pages) = query.pages {
        statement.push(" AND pages = ").push_bind(pages);
    }
    if let Some(price) = query.price {
        statement.push(" AND price = ").push_bind(price);
    }
    if let Some(available) = query.available {
        statement.push(" AND available = ").push_bind(available);
    }
    if let Some(created_at) = query.created_at {
        statement.push(" AND created_at = ").push_bind(created_at);
    }
    let sort = query.sort.as_deref().unwrap_or("id");
    let (name, direction) = match sort.strip_prefix('-') {
        Some(name) => (name, " DESC"),
        None => (sort, " ASC"),
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
    statement.push(" ORDER BY ").push(column).push(direction);
    statement
        .push(" LIMIT ")
        .push_bind(query.limit.unwrap_or(50).clamp(1, 200))
        .push(" OFFSET ")
        .push_bind(query.offset.unwrap_or(0).max(0));
    let data = statement.build_query_as().fetch_all(&pool).await?;
    Ok(Json(Many { data }))
}

async fn post_book(
    State(pool): State<SqlitePool>,
    Json(book): Json<WholeBook>,
) -> Result<Response, Error> {
    book.check()?;
    let data: Book = sqlx::query_as(
        "INSERT INTO books (id, title, subtitle, pub_year, pages, price, available, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(book.id.unwrap_or_else(Uuid::now_v7))
    .bind(book.title)
    .bind(book.subtitle)
    .bind(book.pub_year)
    .bind(book.pages)
    .bind(book.price)
    .bind(book.available)
    .bind(Utc::now())
    .fetch_one(&pool)
    .await?;
    let location = [(header::LOCATION, format!("/books/{}", data.id))];
    Ok((StatusCode::CREATED, location, Json(One { data })).into_response())
}

async fn put_book(
    State(pool): State<SqlitePool>,
    Path(id): Path<Uuid>,
    Json(book): Json<WholeBook>,
) -> Result<Json<One<Book>>, Error> {
    book.check()?;
    if book.id.is_some_and(|given| given != id) {
        return Err(Error::Wrong(vec!["another `id` than the URL's".to_owned()]));
    }
    let data = sqlx::query_as(
        "INSERT INTO books (id, title, subtitle, pub_year, pages, price, available, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, subtitle = excluded.subtitle,
             pub_year = excluded.pub_year, pages = excluded.pages, price = excluded.price,
             available = excluded.available
         RETURNING *",
    )
    .bind(id)
    .bind(book.title)
    .bind(book.subtitle)
    .bind(book.pub_year)
    .bind(book.pages)
    .bind(book.price)
    .bind(book.available)
    .bind(Utc::now())
    .fetch_one(&pool)
    .await?;
    Ok(Json(One { data }))
}

async fn patch_book(
    State(pool): State<SqlitePool>,
    Path(id): Path<Uuid>,
    Json(patch): Json<BookPatch>,
) -> Result<Json<One<Book>>, Error> {
    patch.check()?;
    let mut statement = QueryBuilder::<Sqlite>::new("UPDATE books SET id = id");
    if let Some(title) = patch.title {
        statement.push(", title = ").push_bind(title);
    }
    if let Some(subtitle) = patch.subtitle {
        statement.push(", subtitle = ").push_bind(subtitle);
    }
    if let Some(pub_year) = patch.pub_year {
        statement.push(", pub_year = ").push_bind(pub_year);
    }
    if let Some(pages) = patch.pages {
        statement.push(", pages = ").push_bind(pages);
    }
    if let Some(price) = patch.price {
        statement.push(", price = ").push_bind(price);
    }
    if let Some(available) = patch.available {
        statement.push(", available = ").push_bind(available);
    }
    statement
        .push(" WHERE id = ")
        .push_bind(id)
        .push(" RETURNING *");
    let data = statement.build_query_as().fetch_one(&pool).await?;
    Ok(Json(One { data }))
}

async fn delete_book(
    State(pool): State<SqlitePool>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let deleted = sqlx::query("DELETE FROM books WHERE id = ?")
        .bind(id)
        .execute(&pool)
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    Ok(StatusCode::NO_CONTENT)
}

fn check_title(title: &str, wrong: &mut Vec<String>) {
    if title.chars().count() > 100 {
        wrong.push("`title` has more than 100 characters".to_owned());
    }
}

fn check_subtitle(subtitle: &str, wrong: &mut Vec<String>) {
    if subtitle.chars().count() > 200 {
        wrong.push("`subtitle` has more than 200 characters".to_owned());
    }
}

fn check_pub_year(pub_year: i32, wrong: &mut Vec<String>) {
    if pub_year < 1450 {
        wrong.push("`pub_year` is less than 1450".to_owned());
    }
}

fn all_right(wrong: Vec<String>) -> Result<(), Error> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::Wrong(wrong))
    }
}
