//! Services as models: the row, and what is meant to change of it.
//!
//! It does not know how jobs are done.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use topchef_runtime::column::Column;
use topchef_runtime::query::Filter;
use topchef_runtime::{ApiError, Report, Transaction};
use uuid::Uuid;

use super::contract::{Identified, Service, ServiceList, Tracks};
use super::job::JobModel;
use super::list::{Base, Kept, List};
use crate::queue::{Queue, Removal, Submission, now, submitted};
use crate::resources::{self, JsonObject, JsonText};

/// What a service waits for when nobody says otherwise, in seconds.
const TIMEOUT: i64 = 30;

/// A service with what is meant to change of it.
#[derive(Clone, Debug)]
pub(super) struct ServiceModel {
    queue: Queue,
    /// As it will be.
    row: resources::Service,
    is_new: bool,
    changed: Changed,
}

/// What was changed; no more than that is written.
#[derive(Clone, Debug, Default)]
struct Changed {
    name: Option<String>,
    description: Option<String>,
    is_available: Option<bool>,
    timeout: Option<i64>,
    checked_in: Option<DateTime<Utc>>,
}

impl Changed {
    fn is_something(&self) -> bool {
        self.name.is_some()
            || self.description.is_some()
            || self.is_available.is_some()
            || self.timeout.is_some()
            || self.checked_in.is_some()
    }
}

impl ServiceModel {
    /// Writes what was changed, and nothing else: two that change different things are not in each other's way.
    async fn change(&mut self, tx: &mut Transaction) -> Result<(), Report> {
        use resources::Service;
        let id = self.row.id;
        let stored = tx.get::<Service>(id).await?;
        let mut stored = stored.ok_or_else(|| ApiError::record_not_found("Service", id))?;
        let changed = self.changed.clone();
        if let Some(name) = changed.name {
            stored.set(Service::NAME, name);
        }
        if let Some(description) = changed.description {
            stored.set(Service::DESCRIPTION, description);
        }
        if let Some(is_available) = changed.is_available {
            stored.set(Service::IS_SERVICE_AVAILABLE, is_available);
        }
        if let Some(timeout) = changed.timeout {
            stored.set(Service::TIMEOUT, timeout);
        }
        if let Some(checked_in) = changed.checked_in {
            stored.set(Service::LAST_CHECKED_IN, checked_in);
        }
        tx.save(&mut stored).await?;
        self.row = Service::clone(&stored);
        Ok(())
    }
}

impl Identified for ServiceModel {
    fn id(&self) -> Uuid {
        self.row.id
    }
}

impl PartialEq for ServiceModel {
    fn eq(&self, other: &Self) -> bool {
        self.row.id == other.row.id
    }
}

impl Eq for ServiceModel {}

impl Hash for ServiceModel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.row.id.hash(state);
    }
}

impl Tracks for ServiceModel {
    fn is_changed(&self) -> bool {
        self.is_new || self.changed.is_something()
    }

    async fn save(&mut self, tx: &mut Transaction) -> Result<(), Report> {
        if self.is_new {
            tx.insert(&self.row).await?;
            self.is_new = false;
        } else if self.changed.is_something() {
            self.change(tx).await?;
        }
        self.changed = Changed::default();
        Ok(())
    }
}

impl Service for ServiceModel {
    type Jobs = List<JobModel>;

    fn name(&self) -> &str {
        &self.row.name
    }

    fn set_name(&mut self, name: impl Into<String>) {
        self.row.name = name.into();
        self.changed.name = Some(self.row.name.clone());
    }

    fn description(&self) -> &str {
        &self.row.description
    }

    fn set_description(&mut self, description: impl Into<String>) {
        self.row.description = description.into();
        self.changed.description = Some(self.row.description.clone());
    }

    fn is_service_available(&self) -> bool {
        self.row.is_service_available
    }

    fn set_is_service_available(&mut self, is_available: bool) {
        self.row.is_service_available = is_available;
        self.changed.is_available = Some(is_available);
    }

    fn job_registration_schema(&self) -> &JsonObject {
        &self.row.job_registration_schema
    }

    fn job_result_schema(&self) -> &JsonObject {
        &self.row.job_result_schema
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.row.timeout).unwrap_or_default())
    }

    fn set_timeout(&mut self, timeout: Duration) {
        self.row.timeout = i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX);
        self.changed.timeout = Some(self.row.timeout);
    }

    fn has_timed_out(&self) -> bool {
        self.row.has_timed_out()
    }

    fn check_in(&mut self) {
        self.row.last_checked_in = now();
        self.changed.checked_in = Some(self.row.last_checked_in);
    }

    fn jobs(&self) -> List<JobModel> {
        List::over(self.queue.clone(), Base::OfService(self.row.id))
    }

    async fn new_job(&self, parameters: JsonText) -> Result<JobModel, Report> {
        let contract = self.queue.contracts().of_record(&self.row).await?;
        contract.check_parameters(parameters.as_str()).await?;
        let submitted = submitted(Submission::new(self.row.id, parameters));
        let service = Arc::new(self.row.clone());
        Ok(JobModel::new(self.queue.clone(), service, submitted))
    }
}

impl Kept for ServiceModel {
    type Row = resources::Service;

    const ID: Column<resources::Service, Uuid> = resources::Service::ID;

    fn rows(base: Base) -> Option<Filter<resources::Service>> {
        match base {
            Base::All => None,
            Base::OfService(service) => Some(resources::Service::ID.eq(service)),
        }
    }

    fn id_of(row: &resources::Service) -> Uuid {
        row.id
    }

    fn bytes_of(row: &resources::Service) -> usize {
        row.job_registration_schema.as_str().len() + row.job_result_schema.as_str().len()
    }

    async fn of_rows(queue: &Queue, rows: Vec<resources::Service>) -> Result<Vec<Self>, Report> {
        let models = rows.into_iter().map(|row| Self {
            queue: queue.clone(),
            row,
            is_new: false,
            changed: Changed::default(),
        });
        Ok(models.collect())
    }

    fn is_new(&self) -> bool {
        self.is_new
    }

    fn is_of(&self, base: Base) -> bool {
        match base {
            Base::All => true,
            Base::OfService(service) => self.row.id == service,
        }
    }

    async fn remove(queue: &Queue, tx: &mut Transaction, id: Uuid) -> Result<(), Report> {
        queue.remove_service_in(tx, id, Removal::Careful).await
    }
}

impl ServiceList for List<ServiceModel> {
    async fn new_service(
        &self,
        name: impl Into<String> + Send,
        description: impl Into<String> + Send,
        job_registration_schema: JsonObject,
        job_result_schema: JsonObject,
    ) -> Result<ServiceModel, Report> {
        let (name, description) = (name.into(), description.into());
        let contracts = self.queue.contracts();
        let mut report = Report::new();
        for (key, schema) in [
            ("job_registration_schema", &job_registration_schema),
            ("job_result_schema", &job_result_schema),
        ] {
            let text = schema.as_str().to_owned();
            if let Err(wrong) = contracts.check_schema(key, text).await {
                report.append(wrong);
            }
        }
        report.into_result()?;
        Ok(ServiceModel {
            queue: self.queue.clone(),
            row: resources::Service {
                // Of version 7, later services have greater ones.
                id: Uuid::now_v7(),
                name,
                description,
                job_registration_schema,
                job_result_schema,
                is_service_available: false,
                timeout: TIMEOUT,
                last_checked_in: now(),
            },
            is_new: true,
            changed: Changed::default(),
        })
    }
}
