//! What a runtime in the test's own process logs: the SQL statements that it runs, and its errors.
//!
//! It knows the log and not what should stand in it.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// Where the runtime logs statements.
const TARGET: &str = "topchef_runtime::sql";

/// What this thread logs, for as long as this lives.
///
/// A `#[tokio::test]` serves on its own thread, so that no other test is heard.
#[derive(Debug)]
pub struct Log {
    heard: Arc<Mutex<Vec<String>>>,
    _listening: DefaultGuard,
}

impl Log {
    /// Listens to the texts of statements from now on.
    pub fn of_statements() -> Self {
        Self::of(
            |metadata| metadata.target() == TARGET,
            |field| field == "text",
        )
    }

    /// Listens to errors from now on, all that is said of each.
    pub fn of_errors() -> Self {
        Self::of(|metadata| *metadata.level() == Level::ERROR, |_| true)
    }

    /// Listens to warnings from now on, all that is said of each.
    pub fn of_warnings() -> Self {
        Self::of(|metadata| *metadata.level() == Level::WARN, |_| true)
    }

    fn of(is_wanted: fn(&Metadata<'_>) -> bool, is_shown: fn(&str) -> bool) -> Self {
        let heard = Arc::default();
        let listener = Listener {
            heard: Arc::clone(&heard),
            is_wanted,
            is_shown,
        };
        Self {
            heard,
            _listening: tracing::subscriber::set_default(listener),
        }
    }

    /// What was heard since it was last asked, without what the sweeper does in the background.
    pub fn take(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.retain(|text| !is_of_the_sweeper(text));
        heard
    }
}

/// Whether a statement is one of those with which the outbox is looked at in the background, at its own times.
pub fn is_of_the_sweeper(text: &str) -> bool {
    [
        r#"SELECT "fingerprint" FROM "topchef_idempotency_keys" LIMIT"#,
        r#"SELECT "sequence" FROM "topchef_outbox""#,
        r#"SELECT COUNT("sequence") FROM "topchef_outbox""#,
        r#"SELECT "sequence", "resource", "record", "attempts" FROM "topchef_outbox""#,
    ]
    .iter()
    .any(|beginning| text.starts_with(beginning))
}

struct Listener {
    heard: Arc<Mutex<Vec<String>>>,
    is_wanted: fn(&Metadata<'_>) -> bool,
    is_shown: fn(&str) -> bool,
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        (self.is_wanted)(metadata)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text {
            text: String::new(),
            is_shown: self.is_shown,
        };
        event.record(&mut text);
        self.heard.lock().unwrap().push(text.text);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The values of the fields of an event that are shown.
struct Text {
    text: String,
    is_shown: fn(&str) -> bool,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if (self.is_shown)(field.name()) {
            if !self.text.is_empty() {
                self.text.push_str("; ");
            }
            // Into a string, which cannot fail.
            let _ = write!(self.text, "{value:?}");
        }
    }
}
