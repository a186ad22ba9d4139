//! The flags that every command takes: where the database is and where the log goes.
//! It does not know what their values mean.

use clap::Args;

/// Where the database is and where the log goes.
#[derive(Debug, Args)]
#[expect(
    clippy::doc_markdown,
    reason = "the comments on the fields are the text of --help"
)]
pub(super) struct StorageArgs {
    /// SQLite file, or its address in the form sqlite:///relative.db or sqlite:////absolute.db; or the address of a
    /// PostgreSQL database, postgresql://user:password@host:port/database (better in a variable than in a flag: flags
    /// are seen by everybody on the machine) [env: TOPCHEF_DATABASE, DATABASE_URI] [default: topchef.db]
    #[arg(long, value_name = "PATH|URL")]
    database: Option<String>,
    /// Say more in the log [env: TOPCHEF_DEBUG, DEBUG]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    debug: Option<String>,
    /// File to log to instead of stderr; one a day, this is a link to the newest
    /// [env: TOPCHEF_LOG_FILE, LOGFILE]
    #[arg(long, value_name = "PATH")]
    log_file: Option<String>,
}

impl StorageArgs {
    /// What a flag was set to.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        let value = match name {
            "--database" => &self.database,
            "--debug" => &self.debug,
            "--log-file" => &self.log_file,
            _ => return None,
        };
        value.clone()
    }
}
