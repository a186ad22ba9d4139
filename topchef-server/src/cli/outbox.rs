//! `outbox`: what waits to follow a commit and what was given up, for an operator, and another try for it.
//! It does not know what the messages are for.

use std::io::{self, Write};

use clap::{Args, Subcommand};
use topchef_runtime::Report;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::transaction::{Outbox, OutboxMessage};

use super::flags::StorageFlags;
use crate::app;
use crate::config::{DatabaseAddress, StorageConfig};

/// How many messages are read at once.
const BATCH: u32 = 500;

/// The flags of `outbox`.
#[derive(Debug, Args)]
pub(super) struct OutboxArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the messages that wait, or that were given up, one a line, the oldest first
    List {
        /// Those that were given up, instead of those that wait
        #[arg(long)]
        dead: bool,
        /// Print each as a JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Have a message tried again at once, as if it was new
    Retry {
        /// The number of the message, as `list` prints it
        #[arg(required_unless_present = "all_dead")]
        number: Option<i64>,
        /// All that were given up
        #[arg(long, conflicts_with = "number")]
        all_dead: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Remove a message that was given up: its hook is never run
    Discard {
        /// The number of the message, as `list --dead` prints it
        number: i64,
        #[command(flatten)]
        storage: StorageFlags,
    },
}

/// What is done with the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxAction {
    /// Print the messages that wait, or that were given up, for people or as JSON.
    List {
        /// Whether those that were given up.
        dead: bool,
        /// Whether as JSON.
        json: bool,
    },
    /// Have a message tried again; all that were given up where there is no number.
    Retry(Option<i64>),
    /// Remove a message that was given up.
    Discard(i64),
}

impl OutboxArgs {
    /// What a flag was set to.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        let (Command::List { storage, .. }
        | Command::Retry { storage, .. }
        | Command::Discard { storage, .. }) = &self.command;
        storage.flag(name)
    }

    /// What is to be done.
    pub(super) fn action(&self) -> OutboxAction {
        match self.command {
            Command::List { dead, json, .. } => OutboxAction::List { dead, json },
            Command::Retry { number, .. } => OutboxAction::Retry(number),
            Command::Discard { number, .. } => OutboxAction::Discard(number),
        }
    }
}

/// Why the outbox could not be looked at or changed.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// There is no such file; one is not made for a look.
    #[error("there is no database {0}")]
    Missing(String),
    /// The database cannot be opened.
    #[error("cannot open the database {database}")]
    Open {
        /// Where the database is.
        database: String,
        /// What went wrong.
        source: DatabaseError,
    },
    /// The database fails; the log says why.
    #[error(transparent)]
    Failed(#[from] Report),
    /// There is no message with that number.
    #[error("there is no message {0} that this can be done with")]
    NoSuchMessage(i64),
    /// What was found cannot be printed.
    #[error("cannot write to stdout")]
    Print(#[from] io::Error),
}

pub(super) async fn run(config: &StorageConfig, action: OutboxAction) -> Result<(), OutboxError> {
    let database = config.database.to_string();
    if let DatabaseAddress::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Err(OutboxError::Missing(database));
    }
    let opened = app::open(&config.database, None).await;
    let outbox = opened
        .map_err(|source| OutboxError::Open { database, source })?
        .outbox();
    match action {
        OutboxAction::List { dead, json } => list(&outbox, dead, json).await,
        OutboxAction::Retry(Some(number)) => found(outbox.retry(number).await?, number),
        OutboxAction::Retry(None) => Ok(outbox.retry_dead().await?),
        OutboxAction::Discard(number) => found(outbox.discard(number).await?, number),
    }
}

fn found(found: bool, number: i64) -> Result<(), OutboxError> {
    if found {
        Ok(())
    } else {
        Err(OutboxError::NoSuchMessage(number))
    }
}

async fn list(outbox: &Outbox, dead: bool, json: bool) -> Result<(), OutboxError> {
    let mut after = 0;
    loop {
        let messages = if dead {
            outbox.dead(after, BATCH).await?
        } else {
            outbox.waiting(after, BATCH).await?
        };
        let Some(last) = messages.last() else {
            return Ok(());
        };
        after = last.sequence;
        let mut stdout = io::stdout().lock();
        for message in &messages {
            let line = if json {
                serde_json::to_string(message).map_err(io::Error::from)?
            } else {
                line(message)
            };
            writeln!(stdout, "{line}")?;
        }
        stdout.flush()?;
    }
}

/// A message for people: its number, what it follows, how often it was tried, when it is tried next or was given up.
fn line(message: &OutboxMessage) -> String {
    let when = match message.dead_at {
        Some(dead_at) => format!("given up {}", dead_at.format("%F %TZ")),
        None => format!("due {}", message.due_at.format("%F %TZ")),
    };
    let error = message.error.as_deref().unwrap_or("-");
    // What a hook failed with is one line here, whatever is in it.
    let error = error.escape_debug();
    format!(
        "{}  {} {}/{}  attempts {}  {when}  {error}",
        message.sequence,
        message.method,
        message.resource,
        message.record.escape_debug(),
        message.attempts
    )
}
