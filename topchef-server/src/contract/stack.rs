//! Owns the stack that recursion over strangers' JSON needs, and the shape of a document that decides it.
//! Does not know what recurses.

use std::panic::resume_unwind;
use std::thread;

use serde_json::Value;

/// Bytes of stack for compiling a schema; ten times what the worst one found takes in a debug build.
///
/// The rewritten schema is flat, so that what compiling takes is bounded whatever the stranger wrote.
pub(super) const COMPILING: u64 = 16 * 1024 * 1024;
/// Bytes of stack for one subschema on one level of a document; eight times what was measured in a debug build.
pub(super) const STEP: u64 = 4 * 1024;
/// Such steps that fit on an ordinary stack of 2 MiB, together with whoever calls.
pub(super) const ORDINARY_STEPS: u64 = 200;
/// Bytes of stack beside those steps.
const SPARE: usize = 256 * 1024;

/// Run `work` on a thread with a stack of `bytes`, of which only what is used becomes memory; nothing when there is no thread.
pub(super) fn with_stack<T: Send>(bytes: u64, work: impl FnOnce() -> T + Send) -> Option<T> {
    let bytes = usize::try_from(bytes).ok()?.checked_add(SPARE)?;
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("contract".to_owned())
            .stack_size(bytes)
            .spawn_scoped(scope, work);
        // A panic goes on as it would have without the thread.
        Some(
            thread
                .ok()?
                .join()
                .unwrap_or_else(|panic| resume_unwind(panic)),
        )
    })
}

/// How deep a document is and how long its names are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    /// Levels of values, the root included.
    pub(super) depth: u64,
    /// Bytes of the longest JSON pointer.
    pub(super) pointer: u64,
}

impl Shape {
    /// The scan bounds how deep a document is, so recursion is safe.
    pub(super) fn of(value: &Value) -> Self {
        let mut shape = Self::default();
        match value {
            Value::Array(items) => items.iter().for_each(|item| shape.take(Self::of(item), 8)),
            Value::Object(members) => members
                .iter()
                .for_each(|(name, member)| shape.take(Self::of(member), name.len() as u64 + 1)),
            _ => {}
        }
        shape.depth += 1;
        shape
    }

    fn take(&mut self, member: Self, step: u64) {
        self.depth = self.depth.max(member.depth);
        self.pointer = self.pointer.max(member.pointer + step);
    }
}
