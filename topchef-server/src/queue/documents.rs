//! What stands beside the rows of jobs: their parameters and their results, read for some jobs at once.
//!
//! It does not know what is done with them.

use std::collections::HashMap;

use topchef_runtime::transaction::Find;
use topchef_runtime::{Database, Report};
use uuid::Uuid;

use super::Queue;
use crate::resources::{Job, JobParameters, JobResults, JsonText};

impl Queue {
    /// What is to be done in a job; nothing where there is no such job. One that this program saw lately may be gone.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn parameters_of(&self, job: Uuid) -> Result<Documents, Report> {
        match self.0.seen.parameters(job) {
            Some(parameters) => Ok(Documents::default().with_parameters(job, parameters)),
            None => Documents::parameters_of(self.database(), job).await,
        }
    }
}

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
        if let [job] = jobs {
            let documents = Self::parameters_of(database, job.id).await?;
            return documents.and_results_of(database, job).await;
        }
        let mut documents = Self::default();
        if !jobs.is_empty() {
            let ids = jobs.iter().map(|job| job.id);
            let parameters = database.select().filter(JobParameters::JOB_ID.is_in(ids));
            documents.add_parameters(parameters.all().await?);
        }
        let with_results = jobs.iter().filter(|job| job.results_bytes.is_some());
        let with_results: Vec<_> = with_results.map(|job| job.id).collect();
        if !with_results.is_empty() {
            let results = database.select();
            let results = results.filter(JobResults::JOB_ID.is_in(with_results));
            documents.add_results(results.all().await?);
        }
        Ok(documents)
    }

    /// The first of some jobs, with its own.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn of_first(
        database: &Database,
        jobs: Find<'_, Job>,
    ) -> Result<Option<(Job, Self)>, Report> {
        let Some((job, parameters)) = jobs.first_with(JobParameters::JOB_ID).await? else {
            return Ok(None);
        };
        let mut documents = Self::default();
        documents.add_parameters(parameters);
        let documents = documents.and_results_of(database, &job).await?;
        Ok(Some((job, documents)))
    }

    /// The parameters of a job; nothing where there is no such job.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    async fn parameters_of(database: &Database, job: Uuid) -> Result<Self, Report> {
        let mut documents = Self::default();
        documents.add_parameters(database.find(JobParameters::JOB_ID.eq(job)).await?);
        Ok(documents)
    }

    /// With the results of a job, where it has some that are not known already.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn and_results_of(mut self, database: &Database, job: &Job) -> Result<Self, Report> {
        if job.results_bytes.is_some() && self.results(job.id).is_none() {
            self.add_results(database.find(JobResults::JOB_ID.eq(job.id)).await?);
        }
        Ok(self)
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

    /// With the results of a job, where they are known already.
    #[must_use]
    pub fn with_results(mut self, job: Uuid, results: Option<JsonText>) -> Self {
        self.results.extend(results.map(|results| (job, results)));
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
