//! What a setting is: the names it is looked up under, the sort of value it takes, and what people are told of it.
//! It does not know which settings there are, nor who looks them up.

/// One setting: everything that is said of it stands in its row of [`SETTINGS`](super::SETTINGS).
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key in a configuration file, with its table before a dot: `log.file`.
    pub key: &'static str,
    /// The environment variables, the strongest first; they win over the file.
    pub variables: &'static [&'static str],
    /// The flag, with its dashes; it wins over the variables.
    pub flag: &'static str,
    /// The sort of value.
    pub takes: Takes,
    /// What it is when nobody sets it, in words where it is not a value; empty when it is not set then.
    pub default: &'static str,
    /// What it does, in one sentence without a final stop.
    pub help: &'static str,
    /// Who takes it.
    pub taken_by: TakenBy,
}

/// The sort of value that a setting takes, and what the help calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Number(&'static str),
    /// True or false; the flag alone stands for true.
    Switch,
}

/// Which commands take a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBy {
    /// The server alone.
    Serve,
    /// Every command that works on the database.
    Every,
}

impl Takes {
    /// What stands for the value in the help.
    pub fn value_name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Number(name) => name,
            Self::Switch => "BOOL",
        }
    }
}
