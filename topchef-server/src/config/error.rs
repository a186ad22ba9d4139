//! What is refused and how it is said: every reason why the settings cannot be used, and its words.
//! It does not know when a value is refused, nor where it came from beyond the name it was given under.

use std::net::IpAddr;
use std::path::PathBuf;

use super::origin::Origin;

/// Why the settings cannot be used; says which one, under the name it was given, and what is allowed.
///
/// Addresses of databases and of the server are never repeated: they may carry a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The configuration file is not there, or cannot be read.
    #[error("the configuration file {} cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// The configuration file is not TOML.
    #[error("the configuration file {} is not TOML: line {line}: {reason}", .path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where it stops being TOML, counted from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// A key of the configuration file is none of the settings.
    #[error("{name} is not a setting{}", did_you_mean(*.suggestion))]
    UnknownKey {
        /// Where it stands.
        name: Origin,
        /// What may have been meant.
        suggestion: Option<&'static str>,
    },
    /// A value of the configuration file is of another sort than the setting's.
    #[error("{name} is {sort}, but must be {wanted}")]
    WrongSort {
        /// Where it stands.
        name: Origin,
        /// What it is.
        sort: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
    /// A value is none of those the setting takes.
    #[error("{name} is {value:?}, but must be {allowed}")]
    Invalid {
        /// Where it was given.
        name: Origin,
        /// What it was set to.
        value: String,
        /// What it may be set to.
        allowed: &'static str,
    },
    /// A variable is not UTF-8.
    #[error("{name} is not valid UTF-8")]
    NotUnicode {
        /// The variable.
        name: Origin,
    },
    /// A database of another kind than SQLite and PostgreSQL.
    #[error(
        "{name} names a {engine} database, which is not supported by this build yet; give the path of a SQLite file or the address of a PostgreSQL database"
    )]
    UnsupportedDatabase {
        /// Where it was given.
        name: Origin,
        /// The kind of database.
        engine: String,
    },
    /// A database that would not outlive the process.
    #[error(
        "{name} asks for a database in memory, which would forget every job when the server stops; give the path of a SQLite file"
    )]
    InMemoryDatabase {
        /// Where it was given.
        name: Origin,
    },
    /// An address of a database that is none of the known forms.
    #[error(
        "{name} must be the path of a SQLite file, or sqlite://path, sqlite:///relative/path or sqlite:////absolute/path, without parameters"
    )]
    DatabaseForm {
        /// Where it was given.
        name: Origin,
    },
    /// An address of PostgreSQL that the driver cannot use, or of which it is not clear what is secret.
    #[error(
        "{name} must be postgresql://user:password@host:port/database, where whatever is special in a part is written as %XX, with no parameters but those that libpq knows too, such as sslmode"
    )]
    PostgresForm {
        /// Where it was given.
        name: Origin,
    },
    /// A public address that no link can be built from.
    #[error(
        "{name} must be an http or https address without user name, password, query and fragment, such as https://topchef.example.org"
    )]
    PublicUrl {
        /// Where it was given.
        name: Origin,
    },
    /// What should be the hash of a token is something else; perhaps the token, so it is not repeated.
    #[error(
        "{name} must be sha256: and 64 hexadecimal digits, as `topchef-server token` prints them; the token itself stays with its owner"
    )]
    TokenForm {
        /// Where it stands.
        name: Origin,
    },
    /// A token has a name that cannot be logged as it is.
    #[error(
        "a name in {name} is none for a token, which has 1 to 64 letters, digits and any of - _ . @, and is not one itself"
    )]
    TokenName {
        /// Where it stands; the name is not repeated.
        name: Origin,
    },
    /// Two names stand for one token, or two tokens have one name: nobody could say who sends a request.
    #[error("{name} is the token of `{other}`, or has its name")]
    SameToken {
        /// Where the later one stands.
        name: Origin,
        /// The name of the earlier one.
        other: String,
    },
    /// Tokens are to be asked for, and there is none: nobody could use the server.
    #[error("{name} holds no token; `topchef-server token` makes one")]
    NoToken {
        /// Where there is none.
        name: Origin,
    },
    /// The same of a file of its own.
    #[error("the file {} holds no token; `topchef-server token` makes one", .path.display())]
    NoTokenInFile {
        /// The file.
        path: PathBuf,
    },
    /// Whoever reaches the address could do everything, and nobody has said that this is wanted.
    #[error(
        "{name} is {host}, which others can reach, and this server asks nobody who they are; listen on 127.0.0.1, configure tokens (see `topchef-server token`), or accept that with --allow-anonymous or TOPCHEF_ALLOW_ANONYMOUS=true"
    )]
    AnonymousOffLoopback {
        /// Where it was given.
        name: Origin,
        /// The address it was set to.
        host: IpAddr,
    },
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |key| format!("; did you mean `{key}`?"))
}
