//! Owns the compiled schemas that are kept, so that a service's schema is not compiled for every job.
//! Does not know where schemas come from.

use std::sync::Arc;

use moka::sync::Cache;

use super::limits::Limits;
use super::problem::SchemaProblem;
use super::schema::Schema;

/// What a schema holds when it is compiled, in bytes, roughly: a compiled pattern alone is some ten kilobytes.
pub fn weight(text: &str) -> u64 {
    const OF_A_PATTERN: u64 = 12 * 1024;
    const OF_A_BYTE: u64 = 8;
    let patterns = text.matches("\"pattern").count() as u64;
    text.len() as u64 * OF_A_BYTE + patterns * OF_A_PATTERN
}

/// A bounded cache of compiled schemas by their text, shared by all threads.
///
/// Refused schemas are not kept: they come at registration, once.
#[derive(Clone)]
pub struct Schemas {
    limits: Limits,
    // By the text itself rather than by a hash of it: two texts must never share a schema.
    cache: Cache<Arc<str>, Arc<Schema>>,
}

type Compile = fn(&str, &Limits) -> Result<Schema, SchemaProblem>;

impl Schemas {
    /// An empty cache, within [`Limits::cached_schemas`] and [`Limits::cached_bytes`].
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let smallest = limits.cached_bytes / limits.cached_schemas.max(1);
        let cache = Cache::builder()
            .max_capacity(limits.cached_bytes)
            // A small schema weighs as much as its place, so that both bounds hold.
            .weigher(move |text: &Arc<str>, _| {
                u32::try_from(smallest.max(weight(text))).unwrap_or(u32::MAX)
            })
            .build();
        Self { limits, cache }
    }

    /// The schema of a text from a stranger, compiled unless it is here; several threads that ask for the same text
    /// compile it once.
    ///
    /// # Errors
    ///
    /// As [`Schema::compile`].
    pub fn get(&self, text: &str) -> Result<Arc<Schema>, SchemaProblem> {
        // What is here may have been accepted under other limits.
        Schema::check_bounds(text, &self.limits)?;
        self.get_or(text, Schema::compile)
    }

    /// As [`Schemas::get`], of a text that was accepted before.
    ///
    /// # Errors
    ///
    /// As [`Schema::compile_accepted`].
    pub fn get_accepted(&self, text: &str) -> Result<Arc<Schema>, SchemaProblem> {
        self.get_or(text, Schema::compile_accepted)
    }

    fn get_or(&self, text: &str, compile: Compile) -> Result<Arc<Schema>, SchemaProblem> {
        if let Some(known) = self.cache.get(text) {
            return Ok(known);
        }
        self.cache
            .try_get_with(Arc::from(text), || {
                compile(text, &self.limits).map(Arc::new)
            })
            .map_err(|problem| SchemaProblem::clone(&problem))
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_compiled_once() {
        let schemas = Schemas::default();
        let first = schemas.get(r#"{"type":"object"}"#).unwrap();
        let second = schemas.get(r#"{"type":"object"}"#).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert!(schemas.get("[]").is_err());
    }

    #[test]
    fn a_schema_that_was_accepted_outlives_lower_limits_and_lets_no_new_one_in() {
        let schemas = Schemas::new(Limits {
            schema_bytes: 30,
            depth: 2,
            evaluations: 10,
            ..Limits::default()
        });
        for text in [
            r#"{"type":"object","minProperties":0}"#,
            r#"{"not":{"not":{}}}"#,
            r#"{"enum":[1,2,3,4,5,6,7,8]}"#,
        ] {
            assert!(schemas.get(text).is_err(), "{text}");
            assert!(schemas.get_accepted(text).is_ok(), "{text}");
        }
        assert!(schemas.get(r#"{"not":{"not":{}}}"#).is_err());
        let schema = schemas.get_accepted("{}").unwrap();
        assert!(
            schema.validate("[[[]]]").is_err(),
            "documents are held to the limits"
        );
    }

    #[test]
    fn the_cache_is_bounded() {
        let schemas = Schemas::new(Limits {
            cached_schemas: 3,
            ..Limits::default()
        });
        for index in 0..50 {
            schemas.get(&format!(r#"{{"minimum":{index}}}"#)).unwrap();
        }
        schemas.cache.run_pending_tasks();
        assert!(schemas.cache.entry_count() <= 3);
    }
}
