//! `job`: the jobs, for an operator, who cancels one, has it tried again, or removes it.
//! It does not know what any of that means for a job.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::flags::StorageFlags;
use super::stored::{self, BATCH, StoredError, on_one_line, removal, removed, time};
use crate::config::StorageConfig;
use crate::queue::{Documents, JobField, JobView, Queue, Sought};
use crate::resources::{Job, JobStatus};

/// The flags of `job`.
#[derive(Debug, Args)]
pub(super) struct JobArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the jobs, one a line, the oldest first
    List {
        /// Those of the service with this id
        #[arg(long, value_name = "ID")]
        service: Option<Uuid>,
        /// Those in this status
        #[arg(long, ignore_case = true, value_parser = statuses())]
        status: Option<JobStatus>,
        /// At most so many
        #[arg(long, value_name = "NUMBER")]
        limit: Option<u64>,
        /// Print each as a JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Print a job with its parameters and its results
    Show {
        /// The id of the job
        id: Uuid,
        /// Print it as a JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Take a job out of the queue that is not finished
    Cancel {
        /// The id of the job
        id: Uuid,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Put a job back into the queue that failed or was cancelled
    Retry {
        /// The id of the job
        id: Uuid,
        #[command(flatten)]
        storage: StorageFlags,
    },
    /// Remove a job, its parameters and its results
    Delete {
        /// The id of the job
        id: Uuid,
        /// Also when it is being worked on
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        storage: StorageFlags,
    },
}

/// What is done with the jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobAction {
    /// Print those that are looked for, for people or as JSON.
    List {
        /// Which ones.
        sought: Sought,
        /// How many at most.
        limit: Option<u64>,
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
    /// Take one out of the queue.
    Cancel(Uuid),
    /// Put one back into the queue.
    Retry(Uuid),
    /// Remove one.
    Delete {
        /// Its id.
        id: Uuid,
        /// Whether also when it is being worked on.
        force: bool,
    },
}

/// The statuses by their names.
fn statuses() -> impl TypedValueParser<Value = JobStatus> {
    let names = PossibleValuesParser::new(JobStatus::ALL.map(JobStatus::as_str));
    names.try_map(|name| JobStatus::named(&name).ok_or("no such status"))
}

impl JobArgs {
    /// What a flag was set to.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        let (Command::List { storage, .. }
        | Command::Show { storage, .. }
        | Command::Cancel { storage, .. }
        | Command::Retry { storage, .. }
        | Command::Delete { storage, .. }) = &self.command;
        storage.flag(name)
    }

    /// What is to be done.
    pub(super) fn action(&self) -> JobAction {
        match self.command {
            Command::List {
                service,
                status,
                limit,
                json,
                ..
            } => JobAction::List {
                sought: Sought { service, status },
                limit,
                json,
            },
            Command::Show { id, json, .. } => JobAction::Show { id, json },
            Command::Cancel { id, .. } => JobAction::Cancel(id),
            Command::Retry { id, .. } => JobAction::Retry(id),
            Command::Delete { id, force, .. } => JobAction::Delete { id, force },
        }
    }
}

pub(super) async fn run(config: &StorageConfig, action: JobAction) -> Result<(), StoredError> {
    let queue = stored::queue(config).await?;
    match action {
        JobAction::List {
            sought,
            limit,
            json,
        } => list(&queue, sought, limit.unwrap_or(u64::MAX), json).await,
        JobAction::Show { id, json } => show(&queue, id, json).await,
        JobAction::Cancel(id) => Ok(queue.cancel(id).await.map(drop)?),
        JobAction::Retry(id) => Ok(queue.retry(id).await.map(drop)?),
        JobAction::Delete { id, force } => {
            let how = removal(force);
            removed(queue.remove_job(id, how).await, how, "the job is")
        }
    }
}

async fn list(queue: &Queue, sought: Sought, most: u64, json: bool) -> Result<(), StoredError> {
    if let Some(service) = sought.service {
        queue.service(service).await?;
    }
    let view = JobView::of(&[
        JobField::Id,
        JobField::ServiceId,
        JobField::Status,
        JobField::State,
        JobField::DateSubmitted,
        JobField::DateFinished,
        JobField::Attempt,
        JobField::JobSetId,
    ]);
    let (mut after, mut left) = (Uuid::nil(), most);
    loop {
        let jobs = queue.jobs_after(sought, after, left.min(BATCH)).await?;
        let Some(last) = jobs.last() else {
            return Ok(());
        };
        after = last.id;
        left -= jobs.len() as u64;
        let lines = jobs.iter().map(|job| {
            if json {
                let object = view.object_with(job, &Documents::default());
                on_one_line(&String::from_utf8_lossy(&object))
            } else {
                line(job)
            }
        });
        stored::print(&lines.collect::<Vec<_>>())?;
    }
}

async fn show(queue: &Queue, id: Uuid, json: bool) -> Result<(), StoredError> {
    let job = queue.job(id).await?;
    if json {
        let object = JobView::of(&JobField::ALL)
            .object(queue.database(), &job)
            .await?;
        let object = String::from_utf8_lossy(&object);
        return Ok(stored::print(&[on_one_line(&object)])?);
    }
    let documents = Documents::of(queue.database(), std::slice::from_ref(&job)).await?;
    let document = |found: Option<&crate::resources::JsonText>| {
        found.map_or_else(|| "-".to_owned(), |text| on_one_line(text.as_str()))
    };
    let lines = [
        format!("id         {}", job.id),
        format!("service    {}", job.service_id),
        format!(
            "status     {} ({})",
            job.status().as_str(),
            job.state.as_str()
        ),
        format!("submitted  {}", time(job.date_submitted)),
        format!(
            "finished   {}",
            job.date_finished.map_or_else(|| "-".to_owned(), time)
        ),
        format!("attempts   {}", job.attempt),
        format!(
            "job set    {}",
            job.job_set_id
                .map_or_else(|| "-".to_owned(), |id| id.to_string())
        ),
        format!("parameters {}", document(documents.parameters(id))),
        format!("results    {}", document(documents.results(id))),
    ];
    Ok(stored::print(&lines)?)
}

/// A job for people: its id, where it is, its service, when it was submitted.
fn line(job: &Job) -> String {
    format!(
        "{}  {} ({})  service {}  submitted {}",
        job.id,
        job.status().as_str(),
        job.state.as_str(),
        job.service_id,
        time(job.date_submitted)
    )
}
