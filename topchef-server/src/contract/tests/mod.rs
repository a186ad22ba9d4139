//! Owns the tests of the contract as a whole.
//! Does not know its parts; their tests stand beside them.

mod features;
mod hostile_documents;
mod hostile_schemas;
mod in_passing;
mod metering;

use std::time::{Duration, Instant};

use super::{Limits, Reason, Schema, SchemaProblem, ValidateError, Violation};

/// What takes longer than this hangs; how fast things are is measured, not tested.
const HANGS: Duration = Duration::from_mins(1);

fn compiled(schema: &str) -> Schema {
    Schema::compile(schema, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The same within limits for the build: what they bound takes some twenty times longer in a debug build.
fn compiled_for_build(schema: &str) -> Schema {
    let default = Limits::default();
    let evaluations = default.evaluations / if cfg!(debug_assertions) { 10 } else { 1 };
    let limits = Limits {
        evaluations,
        ..default
    };
    Schema::compile(schema, &limits).unwrap_or_else(|problem| panic!("{problem}"))
}

fn problem(schema: &str) -> SchemaProblem {
    match Schema::compile(schema, &Limits::default()) {
        Ok(_) => panic!("compiled: {}", &schema[..schema.len().min(200)]),
        Err(problem) => problem,
    }
}

fn violations(schema: &Schema, document: &str) -> Vec<Violation> {
    match schema.validate(document) {
        Ok(()) => Vec::new(),
        Err(ValidateError::Violations(violations)) => violations,
        Err(error) => panic!("{error}"),
    }
}

fn is_valid(schema: &str, document: &str) -> bool {
    violations(&compiled(schema), document).is_empty()
}

/// Run `work` on a thread with the stack of a tokio worker, soon.
fn soon<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        let run = move || {
            let start = Instant::now();
            let result = work();
            (result, start.elapsed())
        };
        let (result, elapsed) = thread.spawn_scoped(scope, run).unwrap().join().unwrap();
        println!("{name}: {elapsed:?}");
        assert!(elapsed < HANGS, "{name} took {elapsed:?}");
        result
    })
}
