//! What a handler answers with when it does not answer with a record.
//!
//! It does not know which database failed.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Failure;

#[derive(Debug)]
pub(crate) enum Error {
    NotFound,
    Wrong(Vec<String>),
    Database(Failure),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            error => Self::Database(error.into()),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, details) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, vec!["no such book".to_owned()]),
            Self::Wrong(details) => (StatusCode::BAD_REQUEST, details),
            Self::Database(error) => {
                tracing::error!(%error, "the database failed");
                (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
            }
        };
        let body = json!({ "status": status.as_u16(), "errors": details });
        (status, Json(body)).into_response()
    }
}
