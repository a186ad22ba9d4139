//! `service`: the services that are registered, for an operator, and the removal of one.
//! It does not know how a service is removed.

use std::io;

use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::flags::StorageFlags;
use super::stored::{self, BATCH, StoredError, on_one_line, removal, removed, time};
use crate::config::StorageConfig;
use crate::queue::Queue;
use crate::resources::Service;

/// The flags of `service`.
#[derive(Debug, Args)]
pub(super) struct ServiceArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the services, one a line, the oldest first
    List {
        /// Print each as a JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Print a service with its schemas and with how many of its jobs are not finished
    Show {
        /// The id of the service
        id: Uuid,
        /// Print it as a JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Remove a service with all of its jobs, their parameters and their results
    Delete {
        /// The id of the service
        id: Uuid,
        /// Also when jobs of it are being worked on
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
}

/// What is done with the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceAction {
    /// Print all of them, for people or as JSON.
    List {
        /// Whether as JSON.
        json: bool,
    },
    /// Print one, for people or as JSON.
    Show {
        /// Its id.
        id: Uuid,
        /// Whether as JSON.
        json: bool,
    },
    /// Remove one with its jobs.
    Delete {
        /// Its id.
        id: Uuid,
        /// Whether also when jobs are being worked on.
        force: bool,
    },
}

impl ServiceArgs {
    /// What a flag was set to.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        let (Command::List { storage, .. }
        | Command::Show { storage, .. }
        | Command::Delete { storage, .. }) = &self.command;
        storage.flag(name)
    }

    /// What is to be done.
    pub(super) fn action(&self) -> ServiceAction {
        match self.command {
            Command::List { json, .. } => ServiceAction::List { json },
            Command::Show { id, json, .. } => ServiceAction::Show { id, json },
            Command::Delete { id, force, .. } => ServiceAction::Delete { id, force },
        }
    }
}

pub(super) async fn run(config: &StorageConfig, action: ServiceAction) -> Result<(), StoredError> {
    let queue = stored::queue(config).await?;
    match action {
        ServiceAction::List { json } => list(&queue, json).await,
        ServiceAction::Show { id, json } => show(&queue, id, json).await,
        ServiceAction::Delete { id, force } => {
            let how = removal(force);
            let done = queue.remove_service(id, how).await;
            removed(done, how, "jobs of the service are")
        }
    }
}

async fn list(queue: &Queue, json: bool) -> Result<(), StoredError> {
    let mut after = Uuid::nil();
    loop {
        let services = queue.services_after(after, BATCH).await?;
        let Some(last) = services.last() else {
            return Ok(());
        };
        after = last.id;
        let lines = services.iter().map(|service| {
            if json {
                on_one_line(&object(service).to_string())
            } else {
                line(service)
            }
        });
        stored::print(&lines.collect::<Vec<_>>())?;
    }
}

async fn show(queue: &Queue, id: Uuid, json: bool) -> Result<(), StoredError> {
    let service = queue.service(id).await?;
    let open = queue.open_counts_of(id).await?;
    if json {
        let mut object = object(&service);
        let schemas = [
            ("job_registration_schema", &service.job_registration_schema),
            ("job_result_schema", &service.job_result_schema),
        ];
        for (name, schema) in schemas {
            object[name] = serde_json::from_str(schema.as_str()).map_err(io::Error::from)?;
        }
        let counts = open.iter();
        object["open_jobs"] = counts
            .map(|(state, jobs)| (state.as_str().to_owned(), Value::from(*jobs)))
            .collect();
        return Ok(stored::print(&[on_one_line(&object.to_string())])?);
    }
    let open: Vec<_> = open
        .iter()
        .map(|(state, jobs)| format!("{jobs} {}", state.as_str()))
        .collect();
    let open = if open.is_empty() {
        "none".to_owned()
    } else {
        open.join(", ")
    };
    let lines = [
        format!("id               {}", service.id),
        format!("name             {}", service.name.escape_debug()),
        format!("description      {}", service.description.escape_debug()),
        format!(
            "available        {}",
            yes_or_no(service.is_service_available)
        ),
        format!("last check-in    {}", time(service.last_checked_in)),
        format!("timeout          {} s", service.timeout),
        format!("timed out        {}", yes_or_no(service.has_timed_out())),
        format!("open jobs        {open}"),
        format!(
            "parameter schema {}",
            on_one_line(service.job_registration_schema.as_str())
        ),
        format!(
            "result schema    {}",
            on_one_line(service.job_result_schema.as_str())
        ),
    ];
    Ok(stored::print(&lines)?)
}

/// A service for people: its id, whether it is there, its name.
fn line(service: &Service) -> String {
    let available = if service.is_service_available {
        "available"
    } else {
        "not available"
    };
    // What a stranger called it is one line here, whatever is in it.
    let name = service.name.escape_debug();
    let checked_in = time(service.last_checked_in);
    format!(
        "{}  {available}  checked in {checked_in}  {name}",
        service.id
    )
}

fn object(service: &Service) -> Value {
    let checked_in = service.last_checked_in;
    json!({
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "is_service_available": service.is_service_available,
        "has_timed_out": service.has_timed_out(),
        "timeout": service.timeout,
        "last_checked_in": checked_in.to_rfc3339_opts(SecondsFormat::Micros, false),
    })
}

const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
