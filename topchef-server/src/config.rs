//! What the server was told: every setting, its names, the values it takes and its default, resolved into one [`Config`].
//! It does not know how a command line is parsed, nor what is done with a value afterwards.
//!
//! A setting is looked up under its flag, then under its `TOPCHEF_*` variable, then under the name the original server
//! gave it, and the first that is set wins. An empty variable counts as unset.
//!
//! `HOSTNAME`, the original's name for the host, is exported by shells and container runtimes as the name of the
//! machine, so it counts only when it is an IP address or `localhost`.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
};

use http::Uri;

/// Everything `serve` needs to know, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The address to listen on; port 0 stands for any free port.
    pub address: SocketAddr,
    /// The SQLite file that holds everything.
    pub database: PathBuf,
    /// The address clients know the server by, without a trailing slash; without it links follow the `Host` header.
    pub public_url: Option<String>,
    /// Whether anybody may use the server on an address that is not loopback.
    pub allow_anonymous: bool,
    /// The longest request body that is read, in bytes.
    pub max_body_bytes: usize,
    /// The number of worker threads of the runtime.
    pub threads: NonZeroUsize,
    /// Where the log goes and how much it says.
    pub log: LogConfig,
    /// What the server says about itself at `/`.
    pub metadata: Metadata,
}

/// Everything `migrate` needs to know, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateConfig {
    /// The SQLite file to create or bring up to date.
    pub database: PathBuf,
    /// Where the log goes and how much it says.
    pub log: LogConfig,
}

/// Where the log goes and how much it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogConfig {
    /// Whether the log says more than usual.
    pub debug: bool,
    /// The file to write to instead of stderr.
    pub file: Option<PathBuf>,
    /// `RUST_LOG`, which wins over `debug`.
    pub filter: Option<String>,
}

/// What the server says about itself; the original's `ApiMetadata`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Where the documentation of this installation is.
    pub documentation_url: String,
    /// Whom to write to.
    pub maintainer_email: String,
    /// Whom to ask for.
    pub maintainer_name: String,
    /// Where the source code is.
    pub source_code_repository_url: String,
    /// The version of the API.
    pub version: String,
}

/// Why the settings cannot be used; says which one, under the name it was given, and what is allowed.
///
/// Addresses of databases and of the server are never repeated: they may carry a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value is none of those the setting takes.
    #[error("{name} is {value:?}, but must be {allowed}")]
    Invalid {
        /// The flag or variable.
        name: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be set to.
        allowed: &'static str,
    },
    /// A variable is not UTF-8.
    #[error("{name} is not valid UTF-8")]
    NotUnicode {
        /// The variable.
        name: &'static str,
    },
    /// A database of another kind than SQLite.
    #[error(
        "{name} names a {engine} database, which is not supported by this build yet; give the path of a SQLite file"
    )]
    UnsupportedDatabase {
        /// The flag or variable.
        name: &'static str,
        /// The kind of database.
        engine: String,
    },
    /// A database that would not outlive the process.
    #[error(
        "{name} asks for a database in memory, which would forget every job when the server stops; give the path of a SQLite file"
    )]
    InMemoryDatabase {
        /// The flag or variable.
        name: &'static str,
    },
    /// An address of a database that is none of the known forms.
    #[error(
        "{name} must be the path of a SQLite file, or sqlite://path, sqlite:///relative/path or sqlite:////absolute/path, without parameters"
    )]
    DatabaseForm {
        /// The flag or variable.
        name: &'static str,
    },
    /// A public address that no link can be built from.
    #[error(
        "{name} must be an http or https address without user name, password, query and fragment, such as https://topchef.example.org"
    )]
    PublicUrl {
        /// The flag or variable.
        name: &'static str,
    },
    /// Whoever reaches the address could do everything, and nobody has said that this is wanted.
    #[error(
        "{name} is {host}, which others can reach, and this server asks nobody who they are; listen on 127.0.0.1, or accept that with --allow-anonymous or TOPCHEF_ALLOW_ANONYMOUS=true"
    )]
    AnonymousOffLoopback {
        /// The flag or variable.
        name: &'static str,
        /// The address it was set to.
        host: IpAddr,
    },
}

/// One setting and the names it is looked up under.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The flag, with its dashes; it wins over the variables.
    pub flag: &'static str,
    /// The environment variables, the strongest first.
    pub variables: &'static [&'static str],
}

const HOST: Setting = setting("--host", &["TOPCHEF_HOST", "HOSTNAME"]);
const PORT: Setting = setting("--port", &["TOPCHEF_PORT", "PORT"]);
const DATABASE: Setting = setting("--database", &["TOPCHEF_DATABASE", "DATABASE_URI"]);
const PUBLIC_URL: Setting = setting("--public-url", &["TOPCHEF_PUBLIC_URL"]);
const ALLOW_ANONYMOUS: Setting = setting("--allow-anonymous", &["TOPCHEF_ALLOW_ANONYMOUS"]);
const MAX_BODY_BYTES: Setting = setting("--max-body-bytes", &["TOPCHEF_MAX_BODY_BYTES"]);
const THREADS: Setting = setting("--threads", &["TOPCHEF_THREADS", "THREADS"]);
const DEBUG: Setting = setting("--debug", &["TOPCHEF_DEBUG", "DEBUG"]);
const LOG_FILE: Setting = setting("--log-file", &["TOPCHEF_LOG_FILE", "LOGFILE"]);
const MAINTAINER_NAME: Setting =
    setting("--maintainer-name", &["TOPCHEF_MAINTAINER_NAME", "AUTHOR"]);
const MAINTAINER_EMAIL: Setting = setting(
    "--maintainer-email",
    &["TOPCHEF_MAINTAINER_EMAIL", "AUTHOR_EMAIL"],
);
const DOCUMENTATION_URL: Setting = setting(
    "--documentation-url",
    &["TOPCHEF_DOCUMENTATION_URL", "DOCUMENTATION_URL"],
);
const SOURCE_CODE_REPOSITORY_URL: Setting = setting(
    "--source-code-repository-url",
    &["TOPCHEF_SOURCE_CODE_REPOSITORY_URL", "SOURCE_REPOSITORY"],
);
const API_VERSION: Setting = setting("--api-version", &["TOPCHEF_API_VERSION", "VERSION"]);

/// All settings of `serve`.
pub const SETTINGS: [Setting; 14] = [
    HOST,
    PORT,
    DATABASE,
    PUBLIC_URL,
    ALLOW_ANONYMOUS,
    MAX_BODY_BYTES,
    THREADS,
    DEBUG,
    LOG_FILE,
    MAINTAINER_NAME,
    MAINTAINER_EMAIL,
    DOCUMENTATION_URL,
    SOURCE_CODE_REPOSITORY_URL,
    API_VERSION,
];

/// More threads than any machine has processors for; the runtime would try to start them all.
const MOST_THREADS: usize = 1024;

impl Default for Config {
    /// The server without any setting: only this machine reaches it, the database is in the working directory.
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5000),
            database: default_database(),
            public_url: None,
            allow_anonymous: false,
            max_body_bytes: 1024 * 1024,
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            log: LogConfig::default(),
            metadata: Metadata::default(),
        }
    }
}

impl Default for Metadata {
    /// Nothing is known of the maintainer; the version is that of this crate.
    fn default() -> Self {
        Self {
            documentation_url: String::new(),
            maintainer_email: String::new(),
            maintainer_name: String::new(),
            source_code_repository_url: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl Config {
    /// Resolves the settings of `serve`.
    ///
    /// `flag` is given a flag with its dashes, `variable` the name of an environment variable; each returns what it was
    /// set to.
    ///
    /// # Errors
    /// The first setting that cannot be used, see [`ConfigError`].
    pub fn resolve(
        flag: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        Sources {
            flag: &flag,
            variable: &variable,
        }
        .serve()
    }
}

impl MigrateConfig {
    /// Resolves the settings of `migrate`; those it does not use are not looked at, so that they cannot stop it.
    ///
    /// # Errors
    /// The first setting that cannot be used, see [`ConfigError`].
    pub fn resolve(
        flag: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let sources = Sources {
            flag: &flag,
            variable: &variable,
        };
        Ok(Self {
            database: sources.database()?,
            log: sources.log()?,
        })
    }
}

/// The lookup of variables in the environment of this process; the only place that reads it.
///
/// What is not UTF-8 comes with replacement characters, which no setting accepts.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

const fn setting(flag: &'static str, variables: &'static [&'static str]) -> Setting {
    Setting { flag, variables }
}

fn default_database() -> PathBuf {
    PathBuf::from("topchef.db")
}

/// A value and the name it was found under.
struct Given {
    name: &'static str,
    value: String,
}

impl Given {
    fn parse<T>(
        self,
        allowed: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        match parse(&self.value) {
            Some(value) => Ok(value),
            None => Err(ConfigError::Invalid {
                name: self.name,
                value: self.value,
                allowed,
            }),
        }
    }
}

/// Where settings are looked up.
struct Sources<'a> {
    flag: &'a dyn Fn(&str) -> Option<String>,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Sources<'_> {
    fn serve(&self) -> Result<Config, ConfigError> {
        let default = Config::default();
        let allow_anonymous = self.boolean(ALLOW_ANONYMOUS)?;
        let host = self.host(allow_anonymous)?.unwrap_or(default.address.ip());
        let port = self.parse(PORT, "a number from 0 to 65535", |value| value.parse().ok())?;
        let max_body_bytes =
            self.parse(MAX_BODY_BYTES, "a number of bytes, at least 1", |value| {
                value.parse().ok().map(NonZeroUsize::get)
            })?;
        let threads = self.parse(THREADS, "a number from 1 to 1024", |value| {
            value
                .parse()
                .ok()
                .filter(|threads: &NonZeroUsize| threads.get() <= MOST_THREADS)
        })?;
        Ok(Config {
            address: SocketAddr::new(host, port.unwrap_or(default.address.port())),
            database: self.database()?,
            public_url: self.public_url()?,
            allow_anonymous,
            max_body_bytes: max_body_bytes.unwrap_or(default.max_body_bytes),
            threads: threads.unwrap_or(default.threads),
            log: self.log()?,
            metadata: self.metadata()?,
        })
    }

    fn host(&self, allow_anonymous: bool) -> Result<Option<IpAddr>, ConfigError> {
        let is_machine_name =
            |given: &Given| given.name == "HOSTNAME" && host(&given.value).is_none();
        let Some(given) = self.find(HOST)?.filter(|given| !is_machine_name(given)) else {
            return Ok(None);
        };
        let name = given.name;
        let host = given.parse("an IP address or `localhost`", host)?;
        if !allow_anonymous && !host.to_canonical().is_loopback() {
            return Err(ConfigError::AnonymousOffLoopback { name, host });
        }
        Ok(Some(host))
    }

    fn database(&self) -> Result<PathBuf, ConfigError> {
        let given = self.find(DATABASE)?;
        given.map_or_else(
            || Ok(default_database()),
            |given| database(given.name, &given.value),
        )
    }

    fn public_url(&self) -> Result<Option<String>, ConfigError> {
        let Some(given) = self.find(PUBLIC_URL)? else {
            return Ok(None);
        };
        match public_url(&given.value) {
            Some(url) => Ok(Some(url)),
            None => Err(ConfigError::PublicUrl { name: given.name }),
        }
    }

    fn log(&self) -> Result<LogConfig, ConfigError> {
        Ok(LogConfig {
            debug: self.boolean(DEBUG)?,
            file: self.find(LOG_FILE)?.map(|given| given.value.into()),
            filter: self.find_variable("RUST_LOG")?.map(|given| given.value),
        })
    }

    fn metadata(&self) -> Result<Metadata, ConfigError> {
        let default = Metadata::default();
        let text = |setting, default| Ok(self.find(setting)?.map_or(default, |given| given.value));
        Ok(Metadata {
            documentation_url: text(DOCUMENTATION_URL, default.documentation_url)?,
            maintainer_email: text(MAINTAINER_EMAIL, default.maintainer_email)?,
            maintainer_name: text(MAINTAINER_NAME, default.maintainer_name)?,
            source_code_repository_url: text(
                SOURCE_CODE_REPOSITORY_URL,
                default.source_code_repository_url,
            )?,
            version: text(API_VERSION, default.version)?,
        })
    }

    fn boolean(&self, setting: Setting) -> Result<bool, ConfigError> {
        let given = self.parse(setting, "true or false", boolean)?;
        Ok(given.unwrap_or(false))
    }

    fn parse<T>(
        &self,
        setting: Setting,
        allowed: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.find(setting)?
            .map(|given| given.parse(allowed, parse))
            .transpose()
    }

    fn find(&self, setting: Setting) -> Result<Option<Given>, ConfigError> {
        if let Some(value) = (self.flag)(setting.flag) {
            return Ok(Some(Given {
                name: setting.flag,
                value,
            }));
        }
        for name in setting.variables {
            if let Some(given) = self.find_variable(name)? {
                return Ok(Some(given));
            }
        }
        Ok(None)
    }

    fn find_variable(&self, name: &'static str) -> Result<Option<Given>, ConfigError> {
        match (self.variable)(name).filter(|value| !value.is_empty()) {
            Some(value) if value.contains(char::REPLACEMENT_CHARACTER) => {
                Err(ConfigError::NotUnicode { name })
            }
            value => Ok(value.map(|value| Given { name, value })),
        }
    }
}

fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "y" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// An IP address, an IPv6 address also in the brackets that URLs put around it, or `localhost`, which is 127.0.0.1.
fn host(value: &str) -> Option<IpAddr> {
    if value.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let bracketed = value
        .strip_prefix('[')
        .and_then(|value| value.strip_suffix(']'));
    bracketed.unwrap_or(value).parse().ok()
}

/// The address without its trailing slashes, when links can be built by appending a path to it.
fn public_url(value: &str) -> Option<String> {
    if value.contains(['?', '#', '@']) {
        return None;
    }
    let address: Uri = value.parse().ok()?;
    let is_http = matches!(address.scheme_str(), Some("http" | "https"));
    let has_host = address.host().is_some_and(|host| !host.is_empty());
    (is_http && has_host).then(|| value.trim_end_matches('/').to_owned())
}

/// The file behind a path or an address in the form of SQLAlchemy, whose `sqlite:///` precedes a relative path.
fn database(name: &'static str, value: &str) -> Result<PathBuf, ConfigError> {
    let path = match value.split_once(':') {
        Some((scheme, rest)) if is_sqlite(scheme) => sqlite_path(name, rest)?,
        Some((scheme, rest)) if is_foreign(scheme, rest) => {
            return Err(ConfigError::UnsupportedDatabase {
                name,
                engine: engine(scheme),
            });
        }
        _ => value,
    };
    if path == ":memory:" {
        return Err(ConfigError::InMemoryDatabase { name });
    }
    // SQLite takes `file:` for an address of its own, with parameters that change what the file is.
    if path.is_empty() || path.ends_with('/') || path.starts_with("file:") {
        return Err(ConfigError::DatabaseForm { name });
    }
    Ok(path.into())
}

/// What follows `sqlite:`, without the slashes that are not part of the path.
fn sqlite_path<'a>(name: &'static str, rest: &'a str) -> Result<&'a str, ConfigError> {
    if rest.contains('?') {
        return Err(ConfigError::DatabaseForm { name });
    }
    let path = match rest.strip_prefix("//") {
        Some(path) => path.strip_prefix('/').unwrap_or(path),
        None => return Ok(rest),
    };
    // SQLAlchemy's address without a path stands for a database in memory.
    Ok(if path.is_empty() { ":memory:" } else { path })
}

/// SQLAlchemy names a driver after a plus: `sqlite+pysqlite`.
fn is_sqlite(scheme: &str) -> bool {
    dialect(scheme) == "sqlite"
}

fn is_foreign(scheme: &str, rest: &str) -> bool {
    let is_known = matches!(
        dialect(scheme).as_str(),
        "postgres" | "postgresql" | "mysql" | "mariadb"
    );
    let is_scheme = scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_known || (is_scheme && rest.starts_with("//"))
}

fn engine(scheme: &str) -> String {
    let dialect = dialect(scheme);
    match dialect.as_str() {
        "postgres" | "postgresql" => "PostgreSQL".to_owned(),
        "mysql" => "MySQL".to_owned(),
        "mariadb" => "MariaDB".to_owned(),
        _ => dialect,
    }
}

fn dialect(scheme: &str) -> String {
    let (dialect, _driver) = scheme.split_once('+').unwrap_or((scheme, ""));
    dialect.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn lookup(pairs: Pairs<'_>) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let (_, value) = pairs.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        }
    }

    fn resolve(flags: Pairs<'_>, variables: Pairs<'_>) -> Result<Config, ConfigError> {
        Config::resolve(lookup(flags), lookup(variables))
    }

    fn refusal(flags: Pairs<'_>, variables: Pairs<'_>) -> String {
        resolve(flags, variables).unwrap_err().to_string()
    }

    fn database_of(value: &str) -> Result<PathBuf, ConfigError> {
        resolve(&[], &[("DATABASE_URI", value)]).map(|config| config.database)
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = resolve(&[], &[]).unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(config.address.to_string(), "127.0.0.1:5000");
        assert_eq!(config.database, PathBuf::from("topchef.db"));
        assert_eq!(config.max_body_bytes, 1_048_576);
        assert_eq!(config.metadata.version, env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn flags_win_over_our_variables_and_those_over_the_originals() {
        let originals = ("PORT", "3");
        let ours = ("TOPCHEF_PORT", "2");
        let port = |flags: Pairs<'_>, variables: Pairs<'_>| {
            resolve(flags, variables).unwrap().address.port()
        };
        assert_eq!(port(&[], &[originals]), 3);
        assert_eq!(port(&[], &[originals, ours]), 2);
        assert_eq!(port(&[("--port", "1")], &[originals, ours]), 1);
    }

    #[test]
    fn a_weaker_name_is_not_looked_at() {
        let config = resolve(&[("--port", "0")], &[("TOPCHEF_PORT", "x"), ("PORT", "y")]).unwrap();
        assert_eq!(config.address.port(), 0);
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let config = resolve(
            &[],
            &[("TOPCHEF_PORT", ""), ("PORT", "7"), ("DATABASE_URI", "")],
        )
        .unwrap();
        assert_eq!(config.address.port(), 7);
        assert_eq!(config.database, PathBuf::from("topchef.db"));
    }

    #[test]
    fn the_originals_names_are_understood() {
        let config = resolve(
            &[],
            &[
                ("SOURCE_REPOSITORY", "https://example.org/code"),
                ("VERSION", "2.1"),
                ("AUTHOR", "Ada"),
                ("AUTHOR_EMAIL", "ada@example.org"),
                ("DOCUMENTATION_URL", "https://example.org/docs"),
                ("PORT", "8000"),
                ("HOSTNAME", "localhost"),
                ("THREADS", "3"),
                ("DEBUG", "TRUE"),
                ("LOGFILE", "logs/topchef.log"),
                ("DATABASE_URI", "sqlite:///lab.db"),
            ],
        )
        .unwrap();
        let metadata = Metadata {
            documentation_url: "https://example.org/docs".to_owned(),
            maintainer_email: "ada@example.org".to_owned(),
            maintainer_name: "Ada".to_owned(),
            source_code_repository_url: "https://example.org/code".to_owned(),
            version: "2.1".to_owned(),
        };
        assert_eq!(config.metadata, metadata);
        assert_eq!(config.address.to_string(), "127.0.0.1:8000");
        assert_eq!(config.threads.get(), 3);
        assert!(config.log.debug);
        assert_eq!(config.log.file, Some(PathBuf::from("logs/topchef.log")));
        assert_eq!(config.database, PathBuf::from("lab.db"));
    }

    #[test]
    fn hostname_counts_only_as_an_address() {
        let host = |value| {
            resolve(&[], &[("HOSTNAME", value)]).map(|config| config.address.ip().to_string())
        };
        assert_eq!(host("3f2a9c0d1e5b").as_deref(), Ok("127.0.0.1"));
        assert_eq!(host("lab-pc.example.org").as_deref(), Ok("127.0.0.1"));
        assert_eq!(host("127.0.0.2").as_deref(), Ok("127.0.0.2"));
        assert!(matches!(
            host("10.0.0.1"),
            Err(ConfigError::AnonymousOffLoopback {
                name: "HOSTNAME",
                ..
            })
        ));
        let message = refusal(&[], &[("TOPCHEF_HOST", "lab-pc.example.org")]);
        assert_eq!(
            message,
            "TOPCHEF_HOST is \"lab-pc.example.org\", but must be an IP address or `localhost`"
        );
    }

    #[test]
    fn only_loopback_is_open_to_anybody_without_being_told() {
        for host in [
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "[::1]",
            "localhost",
            "LOCALHOST",
            "::ffff:127.0.0.1",
        ] {
            assert!(resolve(&[("--host", host)], &[]).is_ok(), "{host}");
        }
        for host in [
            "0.0.0.0",
            "::",
            "192.168.1.4",
            "::ffff:192.168.1.4",
            "fe80::1",
        ] {
            let refused = resolve(&[("--host", host)], &[]);
            assert!(
                matches!(
                    refused,
                    Err(ConfigError::AnonymousOffLoopback { name: "--host", .. })
                ),
                "{host}"
            );
            assert!(
                resolve(&[("--host", host), ("--allow-anonymous", "true")], &[]).is_ok(),
                "{host}"
            );
            assert!(
                resolve(&[("--host", host)], &[("TOPCHEF_ALLOW_ANONYMOUS", "yes")]).is_ok(),
                "{host}"
            );
            let narrowed = resolve(
                &[("--host", host), ("--allow-anonymous", "false")],
                &[("TOPCHEF_ALLOW_ANONYMOUS", "true")],
            );
            assert!(narrowed.is_err(), "{host}");
        }
        let message = refusal(&[("--host", "0.0.0.0")], &[]);
        assert!(
            message.starts_with("--host is 0.0.0.0, which others can reach"),
            "{message}"
        );
        assert!(message.contains("--allow-anonymous"), "{message}");
    }

    #[test]
    fn wrong_values_are_named_with_what_is_allowed() {
        assert_eq!(
            refusal(&[("--port", "65536")], &[]),
            "--port is \"65536\", but must be a number from 0 to 65535"
        );
        assert_eq!(
            refusal(&[], &[("THREADS", "0")]),
            "THREADS is \"0\", but must be a number from 1 to 1024"
        );
        assert!(refusal(&[], &[("THREADS", "1000000000")]).contains("from 1 to 1024"));
        assert!(refusal(&[("--max-body-bytes", "0")], &[]).contains("--max-body-bytes is \"0\""));
        assert!(
            refusal(&[("--max-body-bytes", "1MiB")], &[]).contains("a number of bytes, at least 1")
        );
        assert_eq!(
            refusal(&[], &[("DEBUG", "app:*")]),
            "DEBUG is \"app:*\", but must be true or false"
        );
        assert_eq!(
            refusal(&[], &[("AUTHOR", "Ren\u{fffd}")]),
            "AUTHOR is not valid UTF-8"
        );
    }

    #[test]
    fn a_database_is_a_path_or_an_address_of_sqlite() {
        for (value, path) in [
            ("topchef.db", "topchef.db"),
            ("/var/lib/topchef.db", "/var/lib/topchef.db"),
            ("C:\\data\\topchef.db", "C:\\data\\topchef.db"),
            ("what?.db", "what?.db"),
            ("sqlite:lab.db", "lab.db"),
            ("sqlite://lab.db", "lab.db"),
            ("sqlite:///lab.db", "lab.db"),
            ("sqlite:////var/lib/lab.db", "/var/lib/lab.db"),
            ("SQLite+pysqlite:///lab.db", "lab.db"),
        ] {
            assert_eq!(database_of(value), Ok(PathBuf::from(path)), "{value}");
        }
    }

    #[test]
    fn a_database_in_memory_is_refused() {
        let memory = Err(ConfigError::InMemoryDatabase {
            name: "DATABASE_URI",
        });
        for value in [
            ":memory:",
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite:///:memory:",
            "sqlite://",
            "sqlite:///",
        ] {
            assert_eq!(database_of(value), memory, "{value}");
        }
    }

    #[test]
    fn other_databases_are_refused_by_name_and_their_passwords_kept() {
        for (value, engine) in [
            ("postgres://ada:secret@db/lab", "PostgreSQL"),
            ("postgresql+psycopg2://ada:secret@db/lab", "PostgreSQL"),
            ("mysql://ada:secret@db/lab", "MySQL"),
            ("mysql+pymysql://ada:secret@db/lab", "MySQL"),
            ("mariadb://ada:secret@db/lab", "MariaDB"),
            ("mssql+pyodbc://ada:secret@db/lab", "mssql"),
        ] {
            let message = refusal(&[("--database", value)], &[]);
            let start = format!(
                "--database names a {engine} database, which is not supported by this build yet"
            );
            assert!(message.starts_with(&start), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        for value in [
            "data/",
            "/",
            "sqlite:lab.db?mode=ro",
            "file:lab.db?mode=memory",
            "sqlite:///file:lab.db",
        ] {
            assert_eq!(
                database_of(value),
                Err(ConfigError::DatabaseForm {
                    name: "DATABASE_URI"
                }),
                "{value}"
            );
        }
        assert!(refusal(&[("--database", "")], &[]).starts_with("--database must be the path"));
    }

    #[test]
    fn a_public_url_loses_its_trailing_slash() {
        for (value, url) in [
            ("https://lab.example.org", "https://lab.example.org"),
            (
                "http://lab.example.org:8000/",
                "http://lab.example.org:8000",
            ),
            (
                "https://example.org/topchef//",
                "https://example.org/topchef",
            ),
        ] {
            let config = resolve(&[("--public-url", value)], &[]).unwrap();
            assert_eq!(config.public_url.as_deref(), Some(url));
        }
    }

    #[test]
    fn a_public_url_that_makes_no_links_is_refused() {
        for value in [
            "lab.example.org",
            "/topchef",
            "ftp://example.org",
            "https://",
            "https:///path",
            "https://ada:secret@example.org",
            "https://example.org/?a=b",
            "https://example.org/#top",
            "https://exam ple.org",
        ] {
            let refused = resolve(&[], &[("TOPCHEF_PUBLIC_URL", value)]);
            assert_eq!(
                refused,
                Err(ConfigError::PublicUrl {
                    name: "TOPCHEF_PUBLIC_URL"
                }),
                "{value}"
            );
        }
    }

    #[test]
    fn migrate_looks_only_at_what_it_uses() {
        let variables = [
            ("PORT", "x"),
            ("DATABASE_URI", "lab.db"),
            ("RUST_LOG", "warn"),
        ];
        let config = MigrateConfig::resolve(lookup(&[]), lookup(&variables)).unwrap();
        assert_eq!(config.database, PathBuf::from("lab.db"));
        assert_eq!(config.log.filter.as_deref(), Some("warn"));
    }
}
