//! Prometheus' text format (version 0.0.4), for what is read only when somebody asks.
//!
//! It does not know what is read. The recorder that counts requests keeps what it was once told: of a database that went
//! away it would show the last numbers for ever, where nothing is the truth.

use std::fmt::{Display, Write};

/// A text of families.
#[derive(Debug, Default)]
pub struct Text(String);

/// What a family is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What only grows.
    Counter,
    /// What goes up and down.
    Gauge,
    /// How many were at most so great.
    Histogram,
}

impl Text {
    /// After what is written already.
    pub fn after(text: String) -> Self {
        Self(text)
    }

    /// Begins a family; its samples follow.
    pub fn family(&mut self, name: &str, kind: Kind, help: &str) -> &mut Self {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
        self
    }

    /// One sample of the family that was begun last.
    pub fn sample(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) -> &mut Self {
        let labels: Vec<_> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
            .collect();
        if labels.is_empty() {
            self.line(format_args!("{name} {value}"));
        } else {
            self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
        }
        self
    }

    /// All of it.
    pub fn into_string(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Into a string, which cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// What would end a label's value before its end.
fn escaped(value: &str) -> String {
    value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_its_help_its_kind_and_its_samples() {
        let mut text = Text::after("before 1\n".to_owned());
        text.family("up", Kind::Gauge, "Whether it is up.")
            .sample("up", &[], 1)
            .sample("up", &[("name", "a\"b\\c\nd"), ("other", "x")], 0.5);
        assert_eq!(
            text.into_string(),
            "before 1\n# HELP up Whether it is up.\n# TYPE up gauge\nup 1\nup{name=\"a\\\"b\\\\c\\nd\",other=\"x\"} 0.5\n"
        );
    }
}
