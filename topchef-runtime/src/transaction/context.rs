//! What a hook may know of the request: its method, path and headers, the application's state, the database.
//!
//! It does not know how the request was read.

use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri};

use crate::column::{ColumnType, Value};
use crate::database::Database;

/// The request's context.
#[derive(Clone, Debug)]
pub struct Context {
    database: Database,
    state: Extensions,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    key: Option<Value>,
}

impl Context {
    /// The context of a request, with the application's state by type.
    pub fn new(database: Database, state: Extensions, parts: &Parts) -> Self {
        Self {
            database,
            state,
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
            key: None,
        }
    }

    /// With the key of the record that the path names.
    #[must_use]
    pub fn with_key(mut self, key: Value) -> Self {
        self.key = Some(key);
        self
    }

    /// The database, for reads outside the request's transaction.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The application's state of type `T`, as given to [`Api::state`](crate::Api::state).
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.state.get()
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path and query as they came.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The key of the record that the path names; none for collections, or when it is of another type.
    pub fn key<K: ColumnType>(&self) -> Option<K> {
        let key = self.key.as_ref()?;
        crate::column::from_value(key).ok()
    }
}
