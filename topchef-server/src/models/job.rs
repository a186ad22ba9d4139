//! Jobs as models: the row, what stands beside it, and what is meant to change.
//!
//! It does not know which changes a job takes; the queue does.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use topchef_runtime::column::Column;
use topchef_runtime::query::Filter;
use topchef_runtime::{ApiError, Report, Transaction};
use uuid::Uuid;

use super::contract::{Identified, Job, JobList, Tracks};
use super::list::{Base, Kept, List};
use crate::queue::{Documents, JobChange, Queue, Removal, Submitted};
use crate::resources::{self, JobStatus, JsonObject, JsonText, Service};

/// A job with what is meant to change of it.
#[derive(Clone, Debug)]
pub(super) struct JobModel {
    queue: Queue,
    service: Arc<Service>,
    row: resources::Job,
    parameters: JsonText,
    results: Option<JsonText>,
    is_new: bool,
    intended: JobChange,
}

impl JobModel {
    /// A job that is not stored yet, and whose parameters were checked.
    pub(super) fn new(queue: Queue, service: Arc<Service>, submitted: Submitted) -> Self {
        Self {
            queue,
            service,
            row: submitted.job,
            parameters: submitted.parameters,
            results: None,
            is_new: true,
            intended: JobChange::default(),
        }
    }

    fn is_moved(&self) -> bool {
        self.intended.status.is_some() || self.intended.results.is_some()
    }

    /// Moves the job and stores its results, unless it changed since it was read.
    async fn change(&mut self, tx: &mut Transaction) -> Result<(), Report> {
        if let Some(results) = &self.intended.results {
            // The service may be stored in this very transaction: it is not asked for.
            let contract = self.queue.contracts().of_record(&self.service).await?;
            contract.check_results(results.as_str()).await?;
        }
        let id = self.row.id;
        // Held from here on.
        let stored = tx.get::<resources::Job>(id).await?;
        let stored = stored.ok_or_else(|| ApiError::record_not_found("Job", id))?;
        if stored.version != self.row.version {
            return Err(ApiError::changed_meanwhile().into());
        }
        let changed = self.queue.change_checked(tx, id, &self.intended).await?;
        self.row = resources::Job::clone(&changed.0);
        let intended = std::mem::take(&mut self.intended);
        self.results = intended.results.or(self.results.take());
        Ok(())
    }
}

impl Identified for JobModel {
    fn id(&self) -> Uuid {
        self.row.id
    }
}

impl PartialEq for JobModel {
    fn eq(&self, other: &Self) -> bool {
        self.row.id == other.row.id
    }
}

impl Eq for JobModel {}

impl Hash for JobModel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.row.id.hash(state);
    }
}

impl Tracks for JobModel {
    fn is_changed(&self) -> bool {
        self.is_new || self.is_moved()
    }

    async fn save(&mut self, tx: &mut Transaction) -> Result<(), Report> {
        if self.is_new {
            let submitted = Submitted {
                job: self.row.clone(),
                parameters: self.parameters.clone(),
            };
            Queue::insert(tx, &submitted).await?;
            self.is_new = false;
        }
        if self.is_moved() {
            self.change(tx).await?;
        }
        Ok(())
    }
}

impl Job for JobModel {
    fn service_id(&self) -> Uuid {
        self.row.service_id
    }

    fn status(&self) -> JobStatus {
        self.intended.status.unwrap_or(self.row.status())
    }

    fn set_status(&mut self, status: JobStatus) {
        self.intended.status = Some(status);
    }

    fn parameters(&self) -> &JsonText {
        &self.parameters
    }

    fn results(&self) -> Option<&JsonText> {
        self.intended.results.as_ref().or(self.results.as_ref())
    }

    fn set_results(&mut self, results: JsonText) {
        self.intended.results = Some(results);
    }

    fn date_submitted(&self) -> DateTime<Utc> {
        self.row.date_submitted
    }

    fn job_registration_schema(&self) -> &JsonObject {
        &self.service.job_registration_schema
    }

    fn job_result_schema(&self) -> &JsonObject {
        &self.service.job_result_schema
    }
}

impl Kept for JobModel {
    type Row = resources::Job;

    const ID: Column<resources::Job, Uuid> = resources::Job::ID;

    fn rows(base: Base) -> Option<Filter<resources::Job>> {
        match base {
            Base::All => None,
            Base::OfService(service) => Some(resources::Job::SERVICE_ID.eq(service)),
        }
    }

    fn id_of(row: &resources::Job) -> Uuid {
        row.id
    }

    fn bytes_of(row: &resources::Job) -> usize {
        row.documents_bytes()
    }

    async fn of_rows(queue: &Queue, rows: Vec<resources::Job>) -> Result<Vec<Self>, Report> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let database = queue.database();
        let documents = Documents::of(database, &rows).await?;
        let mut ids: Vec<_> = rows.iter().map(|row| row.service_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let services = database.select::<Service>().filter(Service::ID.is_in(ids));
        let services = services.all().await?.into_iter();
        let services: HashMap<_, _> = services
            .map(|service| (service.id, Arc::new(service)))
            .collect();
        let models = rows.into_iter().filter_map(|row| {
            Some(Self {
                queue: queue.clone(),
                service: services.get(&row.service_id).cloned()?,
                parameters: documents.parameters(row.id)?.clone(),
                results: documents.results(row.id).cloned(),
                row,
                is_new: false,
                intended: JobChange::default(),
            })
        });
        Ok(models.collect())
    }

    fn is_new(&self) -> bool {
        self.is_new
    }

    fn is_of(&self, base: Base) -> bool {
        match base {
            Base::All => true,
            Base::OfService(service) => self.row.service_id == service,
        }
    }

    async fn remove(_: &Queue, tx: &mut Transaction, id: Uuid) -> Result<(), Report> {
        Queue::remove_job_in(tx, id, Removal::Careful).await
    }
}

impl JobList for List<JobModel> {}
