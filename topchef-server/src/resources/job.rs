//! A job: something that a service was asked to do, and where it is; the row that everything which happens to it touches.
//!
//! It is narrow: what is to be done and what came of it stand beside it, in [`JobParameters`] and [`JobResults`].
//! It does not know who works on it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use topchef_runtime::ModelResource;
use topchef_runtime::query::{Comparison, Filter};
use uuid::Uuid;

use super::{JobState, JsonText, Service};

/// Where a job is, as the original's clients are shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    /// Waiting for a worker.
    Registered,
    /// A worker has it.
    Working,
    /// Done.
    Completed,
    /// Given up.
    Error,
}

impl JobStatus {
    /// All of them, in the order in which a job goes through them.
    pub const ALL: [Self; 4] = [
        Self::Registered,
        Self::Working,
        Self::Completed,
        Self::Error,
    ];

    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "REGISTERED",
            Self::Working => "WORKING",
            Self::Completed => "COMPLETED",
            Self::Error => "ERROR",
        }
    }

    /// The one of that name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str().eq_ignore_ascii_case(name))
    }

    /// The jobs that are shown so.
    ///
    /// The states are constants of the statement: the index of open jobs holds no others, and is of use only to who says so.
    pub fn jobs(self) -> Filter<Job> {
        let state = |comparison, state| Job::STATE.constant(comparison, state);
        match self {
            Self::Registered => open().and(state(Comparison::Less, JobState::Leased)),
            Self::Working => open().and(state(Comparison::Equal, JobState::Leased)),
            Self::Completed => state(Comparison::Equal, JobState::Succeeded),
            Self::Error => state(Comparison::Greater, JobState::Succeeded),
        }
    }
}

/// The jobs in a state that is not an end.
pub fn open() -> Filter<Job> {
    Job::STATE.constant(Comparison::Less, JobState::Succeeded)
}

/// The jobs that a worker can take.
pub fn ready() -> Filter<Job> {
    open().and(Job::STATE.constant(Comparison::Equal, JobState::Ready))
}

/// Something that a service was asked to do.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    serial_fields(
        get = [
            id, service_id, status(), priority, run_at, attempt, job_set_id, date_submitted, date_finished
        ],
        list = [id, status(), date_submitted],
    ),
    collection(filter = [id, service_id, job_set_id, date_submitted])
)]
pub struct Job {
    /// Made when the job is submitted; later jobs have greater ones.
    #[resource(read_only)]
    pub id: Uuid,
    /// The service that is to do it.
    #[resource(references = Service)]
    pub service_id: Uuid,
    /// Where it is.
    #[resource(read_only, default = JobState::Ready)]
    pub state: JobState,
    /// Those with a greater one are taken first.
    #[resource(default = 0)]
    pub priority: i16,
    /// From when on it may be taken, and what orders jobs of one priority.
    #[resource(read_only, default = Utc::now)]
    pub run_at: DateTime<Utc>,
    /// How often it was taken.
    #[resource(read_only, default = 0)]
    pub attempt: i32,
    /// Counts the leases of it.
    #[resource(read_only, default = 0)]
    pub lease_number: i64,
    /// Until when its worker is waited for; none while nobody has it, and where workers are waited for without end.
    #[resource(read_only)]
    pub lease_until: Option<DateTime<Utc>>,
    /// Who has it, where they have said so.
    #[resource(read_only)]
    pub worker: Option<String>,
    /// No other open job of the service has the same.
    #[resource(read_only)]
    pub unique_key: Option<String>,
    /// Jobs of the service with the same are done one after the other.
    #[resource(read_only)]
    pub ordering_key: Option<String>,
    /// The set that it belongs to.
    pub job_set_id: Option<Uuid>,
    /// Bytes of its parameters.
    #[resource(read_only, default = 0)]
    pub parameters_bytes: i32,
    /// Bytes of its results; none while there are none.
    #[resource(read_only)]
    pub results_bytes: Option<i32>,
    /// Counts what was done to it, by its workers and by who cancels it or has it tried again; not what is only noted of it,
    /// such as the set that it belongs to.
    #[resource(read_only, default = 1)]
    pub version: i64,
    /// When it was submitted.
    #[resource(read_only, default = Utc::now)]
    pub date_submitted: DateTime<Utc>,
    /// When it came to an end.
    #[resource(read_only)]
    pub date_finished: Option<DateTime<Utc>>,
}

impl Job {
    /// Where it is, as the original's clients are shown it.
    pub fn status(&self) -> JobStatus {
        self.state.status()
    }

    /// Bytes of what stands beside the row.
    pub fn documents_bytes(&self) -> usize {
        let bytes = |bytes: i32| usize::try_from(bytes).unwrap_or_default();
        bytes(self.parameters_bytes) + self.results_bytes.map_or(0, bytes)
    }
}

/// What is to be done; does not change.
#[derive(Clone, Debug, ModelResource)]
#[resource(table = "job_parameters", url_name = "job-parameters")]
pub struct JobParameters {
    /// Whose they are.
    #[resource(primary_key, references = Job)]
    pub job_id: Uuid,
    /// As they were sent.
    #[resource(json)]
    pub document: JsonText,
}

/// What came of a job.
#[derive(Clone, Debug, ModelResource)]
#[resource(table = "job_results", url_name = "job-results")]
pub struct JobResults {
    /// Whose they are.
    #[resource(primary_key, references = Job)]
    pub job_id: Uuid,
    /// As they were sent.
    #[resource(json)]
    pub document: JsonText,
}
