//! Who sends a request.
//!
//! It does not know how that was found out.

use std::sync::Arc;

use http::Extensions;

/// Who sends a request: a name that stays the same, and what the application knows of them.
#[derive(Clone, Debug)]
pub struct Principal {
    id: Arc<str>,
    known: Extensions,
}

impl Principal {
    /// Somebody of whom only the name is known, which nobody else has.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self {
            id: id.into(),
            known: Extensions::new(),
        }
    }

    /// With something that the application knows of them: [`get`](Self::get) finds it by its type.
    #[must_use]
    pub fn with<T: Clone + Send + Sync + 'static>(mut self, known: T) -> Self {
        self.known.insert(known);
        self
    }

    /// Their name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the application knows of them, by its type; none when it was not given.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.known.get()
    }
}
