//! What a handler answers with when it does not answer with a record.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub enum Error {
    NotFound,
    Wrong(Vec<String>),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            error => Self::Database(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, details) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, vec!["no such record".to_owned()]),
            Self::Wrong(details) => (StatusCode::BAD_REQUEST, details),
            Self::Database(error)
                if error
                    .as_database_error()
                    .is_some_and(|error| error.is_unique_violation()) =>
            {
                (StatusCode::CONFLICT, vec!["already there".to_owned()])
            }
            Self::Database(error) => {
                tracing::error!(%error, "the database failed");
                (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
            }
        };
        let body = json!({ "status": status.as_u16(), "errors": details });
        (status, Json(body)).into_response()
    }
}
