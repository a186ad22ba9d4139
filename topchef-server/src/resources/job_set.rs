//! A set of jobs that belong together, such as the points of a scan.
//!
//! It does not know which jobs are in it: each job names its set.

use chrono::{DateTime, Utc};
use topchef_runtime::ModelResource;
use uuid::Uuid;

/// Jobs that belong together.
#[derive(Clone, Debug, ModelResource)]
#[resource(url_name = "job-sets", collection(filter = [id, date_created]))]
pub struct JobSet {
    /// Made when the set is.
    #[resource(read_only)]
    pub id: Uuid,
    /// What they are for.
    #[resource(max_length = 140)]
    pub description: String,
    /// When it was made.
    #[resource(read_only, default = Utc::now)]
    pub date_created: DateTime<Utc>,
}
