//! What there is to set: the settings and the names each is looked up under.
//! It does not know what values they take, nor who looks them up.

/// One setting and the names it is looked up under.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The flag, with its dashes; it wins over the variables.
    pub flag: &'static str,
    /// The environment variables, the strongest first.
    pub variables: &'static [&'static str],
}

pub(super) const HOST: Setting = setting("--host", &["TOPCHEF_HOST", "HOSTNAME"]);
pub(super) const PORT: Setting = setting("--port", &["TOPCHEF_PORT", "PORT"]);
pub(super) const DATABASE: Setting = setting("--database", &["TOPCHEF_DATABASE", "DATABASE_URI"]);
pub(super) const DATABASE_CONNECTIONS: Setting =
    setting("--database-connections", &["TOPCHEF_DATABASE_CONNECTIONS"]);
pub(super) const PUBLIC_URL: Setting = setting("--public-url", &["TOPCHEF_PUBLIC_URL"]);
pub(super) const ALLOW_ANONYMOUS: Setting =
    setting("--allow-anonymous", &["TOPCHEF_ALLOW_ANONYMOUS"]);
pub(super) const MAX_BODY_BYTES: Setting = setting("--max-body-bytes", &["TOPCHEF_MAX_BODY_BYTES"]);
pub(super) const THREADS: Setting = setting("--threads", &["TOPCHEF_THREADS", "THREADS"]);
pub(super) const DEBUG: Setting = setting("--debug", &["TOPCHEF_DEBUG", "DEBUG"]);
pub(super) const LOG_FILE: Setting = setting("--log-file", &["TOPCHEF_LOG_FILE", "LOGFILE"]);
pub(super) const MAINTAINER_NAME: Setting =
    setting("--maintainer-name", &["TOPCHEF_MAINTAINER_NAME", "AUTHOR"]);
pub(super) const MAINTAINER_EMAIL: Setting = setting(
    "--maintainer-email",
    &["TOPCHEF_MAINTAINER_EMAIL", "AUTHOR_EMAIL"],
);
pub(super) const DOCUMENTATION_URL: Setting = setting(
    "--documentation-url",
    &["TOPCHEF_DOCUMENTATION_URL", "DOCUMENTATION_URL"],
);
pub(super) const SOURCE_CODE_REPOSITORY_URL: Setting = setting(
    "--source-code-repository-url",
    &["TOPCHEF_SOURCE_CODE_REPOSITORY_URL", "SOURCE_REPOSITORY"],
);
pub(super) const API_VERSION: Setting =
    setting("--api-version", &["TOPCHEF_API_VERSION", "VERSION"]);

/// All settings of `serve`.
pub const SETTINGS: [Setting; 15] = [
    HOST,
    PORT,
    DATABASE,
    DATABASE_CONNECTIONS,
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

const fn setting(flag: &'static str, variables: &'static [&'static str]) -> Setting {
    Setting { flag, variables }
}
