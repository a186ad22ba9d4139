//! How the settings become one configuration: each is found, checked, or left at its default.
//! It does not know under which of its names a value was found, nor how addresses and databases are written.

use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
};

use super::{
    database::{DatabaseAddress, database},
    error::ConfigError,
    host::{any_host, given_host, loopback_host},
    limits::limits,
    log::log,
    metadata::metadata,
    public_url::public_url,
    settings::{
        ALLOW_ANONYMOUS, DATABASE, DATABASE_CONNECTIONS, PORT, PUBLIC_URL, THREADS, TOKENS_FILE,
    },
    source::Sources,
    token_table::tokens,
    values::{Config, StorageConfig, default_database},
};

/// More threads than any machine has processors for; the runtime would try to start them all.
const MOST_THREADS: usize = 1024;

/// More connections than a PostgreSQL server takes well: each is a process there.
const MOST_CONNECTIONS: u32 = 1000;

impl Config {
    /// Resolves the settings of `serve`.
    ///
    /// `flag` is given a flag with its dashes, `variable` the name of an environment variable; each returns what it was
    /// set to.
    ///
    /// # Errors
    /// The first setting that cannot be used, or what is wrong with the configuration file; see [`ConfigError`].
    pub fn resolve(
        flag: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        serve(&Sources::open(&flag, &variable)?)
    }
}

impl StorageConfig {
    /// Resolves the settings of `migrate` and `outbox`; the values of those they do not use are not looked at, so that they
    /// cannot stop them. A key of the file that is no setting does: it may be a misspelt `database`.
    ///
    /// # Errors
    /// The first setting that cannot be used, see [`ConfigError`].
    pub fn resolve(
        flag: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let sources = Sources::open(&flag, &variable)?;
        Ok(Self {
            database: database_address(&sources)?,
            log: log(&sources)?,
        })
    }
}

pub(super) fn serve(sources: &Sources<'_>) -> Result<Config, ConfigError> {
    let default = Config::default();
    let allow_anonymous = sources.boolean(ALLOW_ANONYMOUS)?;
    let tokens = tokens(sources)?;
    let check_host = if allow_anonymous || !tokens.is_empty() {
        any_host
    } else {
        loopback_host
    };
    let host = given_host(sources)?.map(check_host).transpose()?;
    let port = sources.parse(PORT, "a number from 0 to 65535", |value| value.parse().ok())?;
    let threads = sources.parse(THREADS, "a number from 1 to 1024", |value| {
        value
            .parse()
            .ok()
            .filter(|threads: &NonZeroUsize| threads.get() <= MOST_THREADS)
    })?;
    let database_connections =
        sources.parse(DATABASE_CONNECTIONS, "a number from 1 to 1000", |value| {
            value
                .parse()
                .ok()
                .filter(|connections: &NonZeroU32| connections.get() <= MOST_CONNECTIONS)
        })?;
    Ok(Config {
        address: SocketAddr::new(
            host.unwrap_or(default.address.ip()),
            port.unwrap_or(default.address.port()),
        ),
        database: database_address(sources)?,
        database_connections,
        public_url: sources
            .find(PUBLIC_URL)?
            .as_ref()
            .map(public_url)
            .transpose()?,
        allow_anonymous,
        tokens,
        tokens_file: sources.find(TOKENS_FILE)?.map(|given| given.value.into()),
        limits: limits(sources)?,
        threads: threads.unwrap_or(default.threads),
        log: log(sources)?,
        metadata: metadata(sources)?,
    })
}

fn database_address(sources: &Sources<'_>) -> Result<DatabaseAddress, ConfigError> {
    let given = sources.find(DATABASE)?;
    given
        .as_ref()
        .map_or_else(|| Ok(default_database()), database)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::source::tests::{Pairs, lookup};

    fn resolve(flags: Pairs<'_>, variables: Pairs<'_>) -> Result<Config, ConfigError> {
        Config::resolve(lookup(flags), lookup(variables))
    }

    fn file(path: &str) -> DatabaseAddress {
        DatabaseAddress::Sqlite(PathBuf::from(path))
    }

    fn refusal(flags: Pairs<'_>, variables: Pairs<'_>) -> String {
        resolve(flags, variables).unwrap_err().to_string()
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = resolve(&[], &[]).unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(config.address.to_string(), "127.0.0.1:5000");
        assert_eq!(config.database, file("topchef.db"));
        assert_eq!(config.limits.body_bytes, 1_048_576);
        assert_eq!(config.metadata.version, env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn the_originals_names_are_understood() {
        let config = resolve(
            &[],
            &[
                ("AUTHOR", "Ada"),
                ("PORT", "8000"),
                ("HOSTNAME", "localhost"),
                ("THREADS", "3"),
                ("LOGFILE", "logs/topchef.log"),
                ("DATABASE_URI", "sqlite:///lab.db"),
            ],
        )
        .unwrap();
        assert_eq!(config.metadata.maintainer_name, "Ada");
        assert_eq!(config.address.to_string(), "127.0.0.1:8000");
        assert_eq!(config.threads.get(), 3);
        assert_eq!(config.log.file, Some(PathBuf::from("logs/topchef.log")));
        assert_eq!(config.database, file("lab.db"));
    }

    #[test]
    fn what_counts_as_unset_gives_the_default() {
        let variables = [("DATABASE_URI", ""), ("HOSTNAME", "3f2a9c0d1e5b")];
        assert_eq!(resolve(&[], &variables), Ok(Config::default()));
    }

    #[test]
    fn others_reach_the_server_only_when_that_is_said() {
        let host = ("--host", "0.0.0.0");
        let ours = |value| [("TOPCHEF_ALLOW_ANONYMOUS", value)];
        assert!(resolve(&[host], &[]).is_err());
        assert!(resolve(&[host, ("--allow-anonymous", "true")], &[]).is_ok());
        assert!(resolve(&[host], &ours("yes")).is_ok());
        let narrowed = resolve(&[host, ("--allow-anonymous", "false")], &ours("true"));
        assert!(narrowed.is_err());
    }

    #[test]
    fn others_reach_a_server_that_asks_for_tokens() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.toml");
        std::fs::write(&path, crate::tokens::line("ada", "abc")).unwrap();
        let file = ("--tokens-file", path.to_str().unwrap());
        let config = resolve(&[("--host", "0.0.0.0"), file], &[]).unwrap();
        assert_eq!(config.tokens.owner(b"abc").as_deref(), Some("ada"));
        assert!(!config.allow_anonymous);
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
        assert!(refusal(&[("--database-connections", "1001")], &[]).contains("from 1 to 1000"));
        assert!(refusal(&[("--max-body-bytes", "0")], &[]).contains("--max-body-bytes is \"0\""));
        assert!(refusal(&[("--max-body-bytes", "1MiB")], &[]).contains("a number of bytes from 1"));
    }

    #[test]
    fn what_has_no_original_is_set_under_our_names() {
        let url = "https://lab.example.org";
        let variables = [
            ("TOPCHEF_PUBLIC_URL", url),
            ("TOPCHEF_MAX_BODY_BYTES", "1"),
            ("TOPCHEF_DATABASE_CONNECTIONS", "40"),
        ];
        let config = resolve(&[], &variables).unwrap();
        assert_eq!(config.public_url.as_deref(), Some(url));
        assert_eq!(config.limits.body_bytes, 1);
        assert_eq!(config.database_connections.map(NonZeroU32::get), Some(40));
        let config = resolve(&[("--public-url", "http://localhost/")], &variables).unwrap();
        assert_eq!(config.public_url.as_deref(), Some("http://localhost"));
    }

    #[test]
    fn migrate_looks_only_at_what_it_uses() {
        let variables = [
            ("PORT", "x"),
            ("DATABASE_URI", "lab.db"),
            ("RUST_LOG", "warn"),
        ];
        let config = StorageConfig::resolve(lookup(&[]), lookup(&variables)).unwrap();
        assert_eq!(config.database, file("lab.db"));
        assert_eq!(config.log.filter.as_deref(), Some("warn"));
    }

    #[test]
    fn the_file_is_weaker_than_variables_and_those_than_flags() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("topchef.toml");
        let text = "port = 1\nthreads = 1\nhost = \"127.0.0.1\"\ndatabase = \"file.db\"\n[metadata]\nmaintainer_name = \"Ada\"\n";
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let variables = [("TOPCHEF_CONFIG", path), ("PORT", "2"), ("THREADS", "2")];
        let config = resolve(&[("--port", "3")], &variables).unwrap();
        assert_eq!(config.address.port(), 3);
        assert_eq!(config.threads.get(), 2);
        assert_eq!(config.database, file("file.db"));
        assert_eq!(config.metadata.maintainer_name, "Ada");

        let missing = refusal(&[("--config", "no/such.toml")], &variables);
        assert!(
            missing.starts_with("the configuration file no/such.toml cannot be read: "),
            "{missing}"
        );
    }

    #[test]
    fn migrate_looks_only_at_what_it_uses_of_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("topchef.toml");
        let storage = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let flags = [("--config", path.to_str().unwrap())];
            StorageConfig::resolve(lookup(&flags), lookup(&[]))
        };
        let config = storage("port = \"x\"\ndatabase = \"lab.db\"\n").unwrap();
        assert_eq!(config.database, file("lab.db"));
        let refused = storage("databse = \"lab.db\"\n").unwrap_err().to_string();
        assert!(refused.contains("did you mean `database`?"), "{refused}");
    }
}
