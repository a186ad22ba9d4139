//! Where a value was given: under which name, and in which file.
//! It does not know the value.

use std::fmt;
use std::path::PathBuf;

/// Where a value was given, as an operator finds it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: it is what the server takes when nobody says anything.
    Default,
    /// In a configuration file.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// The key, with its table before a dot.
        key: String,
        /// Its line, counted from 1.
        line: usize,
    },
    /// In an environment variable.
    Variable(&'static str),
    /// In a flag.
    Flag(&'static str),
    /// By the program itself.
    Program,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { path, key, line } => {
                write!(formatter, "`{key}` on line {line} of {}", path.display())
            }
            Self::Program => formatter.write_str("the address"),
            Self::Variable(name) | Self::Flag(name) => formatter.write_str(name),
        }
    }
}
