//! What is to be measured, and for how long: the arguments.
//!
//! It does not know what the names mean.

use std::fmt::Display;
use std::str::FromStr;

use crate::Failure;

pub(crate) struct Options {
    /// Names of databases, operations and opponents: of each kind those that are named, or else all.
    names: Vec<String>,
    /// How many pairs are measured; the middle one counts.
    pub(crate) pairs: usize,
    /// How long each measurement takes.
    pub(crate) seconds: u64,
    pub(crate) connections: usize,
}

impl Options {
    /// Of this run, where the names are of `known`.
    pub(crate) fn read(known: &[&str]) -> Result<Self, Failure> {
        let mut options = Self {
            names: Vec::new(),
            pairs: 5,
            seconds: 2,
            connections: 32,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--pairs" => options.pairs = number(&argument, 1, arguments.next())?,
                "--seconds" => options.seconds = number(&argument, 1, arguments.next())?,
                // wrk has two threads, each with one at least.
                "--connections" => options.connections = number(&argument, 2, arguments.next())?,
                name if known.contains(&name) => options.names.push(argument),
                other => {
                    let known = known.join(", ");
                    return Err(format!(
                        "{other}: give --pairs, --seconds, --connections, or names of {known}"
                    )
                    .into());
                }
            }
        }
        Ok(options)
    }

    /// Whether `name`, of names of one kind, is to be measured.
    pub(crate) fn want(&self, name: &str, kind: &[&str]) -> bool {
        let named = |name: &str| self.names.iter().any(|named| named == name);
        named(name) || !kind.iter().any(|name| named(name))
    }
}

fn number<N: Copy + FromStr + PartialOrd + Display>(
    name: &str,
    least: N,
    value: Option<String>,
) -> Result<N, Failure> {
    let number = value.and_then(|value| value.parse().ok());
    let number = number.filter(|number| *number >= least);
    number.ok_or_else(|| format!("{name} needs a number from {least} on").into())
}
