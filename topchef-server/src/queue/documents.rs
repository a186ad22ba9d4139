//! What stands beside the rows of jobs: their parameters and their results, read for some jobs at once.
//!
//! It does not know what is done with them.

use std::collections::HashMap;

use topchef_runtime::{Database, Report};
use uuid::Uuid;

use crate::resources::{Job, JobParameters, JobResults, JsonText};

/// The parameters and the results of some jobs.
#[derive(Debug, Default)]
pub struct Documents {
    parameters: HashMap<Uuid, JsonText>,
    results: HashMap<Uuid, JsonText>,
}

impl Documents {
    /// Those of the jobs; results are only looked for where there are some.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn of(database: &Database, jobs: &[Job]) -> Result<Self, Report> {
        let mut documents = Self::default();
        let with_results = jobs.iter().filter(|job| job.results_bytes.is_some());
        let with_results: Vec<_> = with_results.map(|job| job.id).collect();
        match jobs {
            [] => {}
            // The one that is asked for most: the same two statements each time.
            [job] => {
                let parameters = database.find(JobParameters::JOB_ID.eq(job.id)).await?;
                documents.add_parameters(parameters);
            }
            jobs => {
                let ids = jobs.iter().map(|job| job.id);
                let parameters = database.select().filter(JobParameters::JOB_ID.is_in(ids));
                documents.add_parameters(parameters.all().await?);
            }
        }
        match with_results.as_slice() {
            [] => {}
            [id] => documents.add_results(database.find(JobResults::JOB_ID.eq(*id)).await?),
            _ => {
                let results = database.select();
                let results = results.filter(JobResults::JOB_ID.is_in(with_results));
                documents.add_results(results.all().await?);
            }
        }
        Ok(documents)
    }

    /// What is to be done in a job.
    pub fn parameters(&self, job: Uuid) -> Option<&JsonText> {
        self.parameters.get(&job)
    }

    /// What came of a job; none while nothing did.
    pub fn results(&self, job: Uuid) -> Option<&JsonText> {
        self.results.get(&job)
    }

    /// With the parameters of a job that are known already.
    #[must_use]
    pub fn with_parameters(mut self, job: Uuid, parameters: JsonText) -> Self {
        self.parameters.insert(job, parameters);
        self
    }

    fn add_parameters(&mut self, found: impl IntoIterator<Item = JobParameters>) {
        let found = found.into_iter();
        self.parameters
            .extend(found.map(|found| (found.job_id, found.document)));
    }

    fn add_results(&mut self, found: impl IntoIterator<Item = JobResults>) {
        let found = found.into_iter();
        self.results
            .extend(found.map(|found| (found.job_id, found.document)));
    }
}
