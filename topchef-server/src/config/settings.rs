//! Which settings there are: the one table that the lookup, the command line, its help and `config` are made from.
//! It does not know what values are allowed, nor what is done with them.

use super::setting::{Setting, TakenBy, Takes};

/// The configuration file itself; it is named beside it, not in it.
pub const CONFIG_FILE: Setting = Setting {
    key: "config",
    variables: &["TOPCHEF_CONFIG"],
    flag: "--config",
    takes: Takes::Text("PATH"),
    default: "",
    help: "Configuration file in TOML; flags and variables win over it",
    taken_by: TakenBy::Every,
};

pub(super) const HOST: Setting = Setting {
    key: "host",
    variables: &["TOPCHEF_HOST", "HOSTNAME"],
    flag: "--host",
    takes: Takes::Text("ADDRESS"),
    default: "127.0.0.1",
    help: "Address to listen on, an IP address or `localhost`",
    taken_by: TakenBy::Serve,
};

pub(super) const PORT: Setting = Setting {
    key: "port",
    variables: &["TOPCHEF_PORT", "PORT"],
    flag: "--port",
    takes: Takes::Number("PORT"),
    default: "5000",
    help: "Port to listen on, 0 for any free one",
    taken_by: TakenBy::Serve,
};

pub(super) const PUBLIC_URL: Setting = Setting {
    key: "public_url",
    variables: &["TOPCHEF_PUBLIC_URL"],
    flag: "--public-url",
    takes: Takes::Text("URL"),
    default: "",
    help: "Address clients know the server by, for links; without it the Host header of the request is taken",
    taken_by: TakenBy::Serve,
};

pub(super) const ALLOW_ANONYMOUS: Setting = Setting {
    key: "allow_anonymous",
    variables: &["TOPCHEF_ALLOW_ANONYMOUS"],
    flag: "--allow-anonymous",
    takes: Takes::Switch,
    default: "false",
    help: "Let anybody use the server on an address that others can reach, when there are no tokens",
    taken_by: TakenBy::Serve,
};

pub(super) const TOKENS_FILE: Setting = Setting {
    key: "tokens_file",
    variables: &["TOPCHEF_TOKENS_FILE"],
    flag: "--tokens-file",
    takes: Takes::Text("PATH"),
    default: "",
    help: "File with the tokens of those who may use the server, a line of `topchef-server token` for each; \
           they count beside the table [tokens] of the configuration file",
    taken_by: TakenBy::Serve,
};

pub(super) const WORKER_TIMEOUT: Setting = Setting {
    key: "worker_timeout",
    variables: &["TOPCHEF_WORKER_TIMEOUT"],
    flag: "--worker-timeout",
    takes: Takes::Number("SECONDS"),
    default: "86400",
    help: "After how many seconds a job waits again whose worker does not change it; 0 for never",
    taken_by: TakenBy::Serve,
};

pub(super) const THREADS: Setting = Setting {
    key: "threads",
    variables: &["TOPCHEF_THREADS", "THREADS"],
    flag: "--threads",
    takes: Takes::Number("NUMBER"),
    default: "one for each processor",
    help: "Worker threads",
    taken_by: TakenBy::Serve,
};

pub(super) const DATABASE: Setting = Setting {
    key: "database",
    variables: &["TOPCHEF_DATABASE", "DATABASE_URI"],
    flag: "--database",
    takes: Takes::Text("PATH|URL"),
    default: "topchef.db",
    help: "SQLite file, or its address in the form sqlite:///relative.db or sqlite:////absolute.db; or the address of a PostgreSQL database, postgresql://user:password@host:port/database (better in a variable or a file than in a flag: flags are seen by everybody on the machine)",
    taken_by: TakenBy::Every,
};

pub(super) const DATABASE_CONNECTIONS: Setting = Setting {
    key: "database_connections",
    variables: &["TOPCHEF_DATABASE_CONNECTIONS"],
    flag: "--database-connections",
    takes: Takes::Number("NUMBER"),
    default: "",
    help: "Most connections to a PostgreSQL server; those of all servers together must be fewer than its max_connections",
    taken_by: TakenBy::Serve,
};

pub(super) const DEBUG: Setting = Setting {
    key: "log.debug",
    variables: &["TOPCHEF_DEBUG", "DEBUG"],
    flag: "--debug",
    takes: Takes::Switch,
    default: "false",
    help: "Say more in the log",
    taken_by: TakenBy::Every,
};

pub(super) const LOG_FILTER: Setting = Setting {
    key: "log.filter",
    variables: &["TOPCHEF_LOG_FILTER", "RUST_LOG"],
    flag: "--log-filter",
    takes: Takes::Text("DIRECTIVES"),
    default: "",
    help: "What the log says, such as info,topchef_server=debug; wins over --debug",
    taken_by: TakenBy::Every,
};

pub(super) const LOG_FILE: Setting = Setting {
    key: "log.file",
    variables: &["TOPCHEF_LOG_FILE", "LOGFILE"],
    flag: "--log-file",
    takes: Takes::Text("PATH"),
    default: "",
    help: "File to log to instead of stderr; a new one is begun every day, and this is a link to it",
    taken_by: TakenBy::Every,
};

pub(super) const LOG_FORMAT: Setting = Setting {
    key: "log.format",
    variables: &["TOPCHEF_LOG_FORMAT"],
    flag: "--log-format",
    takes: Takes::Text("FORMAT"),
    default: "human",
    help: "Form of a line of the log, human or json",
    taken_by: TakenBy::Every,
};

pub(super) const LOG_KEEP: Setting = Setting {
    key: "log.keep",
    variables: &["TOPCHEF_LOG_KEEP"],
    flag: "--log-keep",
    takes: Takes::Number("NUMBER"),
    default: "30",
    help: "How many log files of earlier days are kept; older ones are removed",
    taken_by: TakenBy::Every,
};

pub(super) const MAX_BODY_BYTES: Setting = Setting {
    key: "limits.max_body_bytes",
    variables: &["TOPCHEF_MAX_BODY_BYTES"],
    flag: "--max-body-bytes",
    takes: Takes::Number("BYTES"),
    default: "1048576",
    help: "Longest request body that is read",
    taken_by: TakenBy::Serve,
};

pub(super) const MAX_SCHEMA_BYTES: Setting = Setting {
    key: "limits.max_schema_bytes",
    variables: &["TOPCHEF_MAX_SCHEMA_BYTES"],
    flag: "--max-schema-bytes",
    takes: Takes::Number("BYTES"),
    default: "262144",
    help: "Longest JSON Schema that is accepted; those of registered services stay",
    taken_by: TakenBy::Serve,
};

pub(super) const MAX_DOCUMENT_BYTES: Setting = Setting {
    key: "limits.max_document_bytes",
    variables: &["TOPCHEF_MAX_DOCUMENT_BYTES"],
    flag: "--max-document-bytes",
    takes: Takes::Number("BYTES"),
    default: "that of a body",
    help: "Longest parameters, results or object that are validated",
    taken_by: TakenBy::Serve,
};

pub(super) const MAX_DEPTH: Setting = Setting {
    key: "limits.max_depth",
    variables: &["TOPCHEF_MAX_DEPTH"],
    flag: "--max-depth",
    takes: Takes::Number("NUMBER"),
    default: "127",
    help: "Deepest nesting of schemas and of what they validate, in arrays and objects",
    taken_by: TakenBy::Serve,
};

pub(super) const MAX_VALIDATION_MILLISECONDS: Setting = Setting {
    key: "limits.max_validation_milliseconds",
    variables: &["TOPCHEF_MAX_VALIDATION_MILLISECONDS"],
    flag: "--max-validation-milliseconds",
    takes: Takes::Number("MILLISECONDS"),
    default: "250",
    help: "Most work for one validation, counted in milliseconds of an ordinary machine",
    taken_by: TakenBy::Serve,
};

pub(super) const MAINTAINER_NAME: Setting = Setting {
    key: "metadata.maintainer_name",
    variables: &["TOPCHEF_MAINTAINER_NAME", "AUTHOR"],
    flag: "--maintainer-name",
    takes: Takes::Text("NAME"),
    default: "",
    help: "Whom to ask, shown at /",
    taken_by: TakenBy::Serve,
};

pub(super) const MAINTAINER_EMAIL: Setting = Setting {
    key: "metadata.maintainer_email",
    variables: &["TOPCHEF_MAINTAINER_EMAIL", "AUTHOR_EMAIL"],
    flag: "--maintainer-email",
    takes: Takes::Text("EMAIL"),
    default: "",
    help: "Whom to write to, shown at /",
    taken_by: TakenBy::Serve,
};

pub(super) const DOCUMENTATION_URL: Setting = Setting {
    key: "metadata.documentation_url",
    variables: &["TOPCHEF_DOCUMENTATION_URL", "DOCUMENTATION_URL"],
    flag: "--documentation-url",
    takes: Takes::Text("URL"),
    default: "",
    help: "Where the documentation is, shown at /",
    taken_by: TakenBy::Serve,
};

pub(super) const SOURCE_CODE_REPOSITORY_URL: Setting = Setting {
    key: "metadata.source_code_repository_url",
    variables: &["TOPCHEF_SOURCE_CODE_REPOSITORY_URL", "SOURCE_REPOSITORY"],
    flag: "--source-code-repository-url",
    takes: Takes::Text("URL"),
    default: "",
    help: "Where the source code is, shown at /",
    taken_by: TakenBy::Serve,
};

pub(super) const API_VERSION: Setting = Setting {
    key: "metadata.api_version",
    variables: &["TOPCHEF_API_VERSION", "VERSION"],
    flag: "--api-version",
    takes: Takes::Text("VERSION"),
    default: "that of this server",
    help: "Version of the API, shown at /",
    taken_by: TakenBy::Serve,
};

/// All settings, in the order in which they are shown.
pub const SETTINGS: [Setting; 24] = [
    HOST,
    PORT,
    PUBLIC_URL,
    ALLOW_ANONYMOUS,
    TOKENS_FILE,
    WORKER_TIMEOUT,
    THREADS,
    DATABASE,
    DATABASE_CONNECTIONS,
    DEBUG,
    LOG_FILTER,
    LOG_FILE,
    LOG_FORMAT,
    LOG_KEEP,
    MAX_BODY_BYTES,
    MAX_SCHEMA_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_DEPTH,
    MAX_VALIDATION_MILLISECONDS,
    MAINTAINER_NAME,
    MAINTAINER_EMAIL,
    DOCUMENTATION_URL,
    SOURCE_CODE_REPOSITORY_URL,
    API_VERSION,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_setting_has_one_name_in_three_spellings() {
        for setting in SETTINGS {
            let flag = setting.flag.strip_prefix("--").unwrap().replace('-', "_");
            let variable = format!("TOPCHEF_{}", flag.to_uppercase());
            assert_eq!(setting.variables[0], variable, "{}", setting.key);
            let names = match setting.key.split_once('.') {
                None => vec![setting.key.to_owned()],
                Some((table, key)) => vec![key.to_owned(), format!("{table}_{key}")],
            };
            assert!(names.contains(&flag), "{}", setting.key);
        }
    }

    #[test]
    fn no_name_stands_for_two_settings() {
        let all = SETTINGS.into_iter().chain([CONFIG_FILE]);
        let names: Vec<_> = all
            .flat_map(|setting| [setting.variables, &[setting.flag, setting.key]].concat())
            .collect();
        let different: BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
