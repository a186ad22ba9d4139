//! The contracts: what can be asked of a service, of a job, and of a list of either.
//!
//! They know no database: what fulfils them is made by the functions beside them.

use std::fmt::Debug;
use std::hash::Hash;
use std::time::Duration;

use chrono::{DateTime, Utc};
use topchef_runtime::{Report, Transaction};
use uuid::Uuid;

use super::stream::Models;
use crate::config::Metadata;
use crate::resources::{JobStatus, JsonObject, JsonText};

/// What has an id: a model, or the id itself.
pub trait Identified {
    /// The id.
    fn id(&self) -> Uuid;
}

impl Identified for Uuid {
    fn id(&self) -> Uuid {
        *self
    }
}

/// What tracks the changes that it intends to make, and never commits them.
pub trait Tracks {
    /// Whether there is something to save.
    fn is_changed(&self) -> bool;

    /// Writes what was changed into a transaction: it is stored when the transaction is committed, and never otherwise.
    ///
    /// What is saved counts as unchanged from then on. Where the transaction is rolled back instead, read the model anew.
    ///
    /// # Errors
    /// A [`Report`]: 404 when what was changed is gone; 409 when it changed meanwhile, does not allow the change, or belongs to
    /// what is not there; 400 with
    /// every violation of a schema.
    fn save(&mut self, tx: &mut Transaction) -> impl Future<Output = Result<(), Report>> + Send;
}

/// What all models have in common: two with one id are equal, whatever was changed in either.
pub trait Model: Identified + Tracks + Clone + Debug + Eq + Hash + Send + Sync + 'static {}

impl<M: Identified + Tracks + Clone + Debug + Eq + Hash + Send + Sync + 'static> Model for M {}

/// Something that can be done for others.
pub trait Service: Model {
    /// The list of its jobs.
    type Jobs: JobList;

    /// What it is called.
    fn name(&self) -> &str;

    /// Calls it something else.
    fn set_name(&mut self, name: impl Into<String>);

    /// What it does.
    fn description(&self) -> &str;

    /// Says in other words what it does.
    fn set_description(&mut self, description: impl Into<String>);

    /// Whether a worker says that it is there; jobs are queued all the same.
    fn is_service_available(&self) -> bool;

    /// For a worker: on when it is ready, off when it goes.
    fn set_is_service_available(&mut self, is_available: bool);

    /// What the parameters of its jobs must satisfy; does not change.
    fn job_registration_schema(&self) -> &JsonObject;

    /// What the results of its jobs must satisfy; does not change.
    fn job_result_schema(&self) -> &JsonObject;

    /// After how long without a check-in it counts as timed out; whole seconds.
    fn timeout(&self) -> Duration;

    /// Lets it be silent for another time; what is less than a second is cut off.
    fn set_timeout(&mut self, timeout: Duration);

    /// Whether its last check-in is longer ago than its timeout.
    fn has_timed_out(&self) -> bool;

    /// Notes that its worker is there now.
    fn check_in(&mut self);

    /// Its jobs.
    fn jobs(&self) -> Self::Jobs;

    /// A new job for it, which waits; it is stored when it is saved.
    ///
    /// # Errors
    /// A [`Report`] with 400 and every violation of the service's schema.
    fn new_job(
        &self,
        parameters: JsonText,
    ) -> impl Future<Output = Result<<Self::Jobs as ModelList>::Model, Report>> + Send;
}

/// Something that a service was asked to do.
pub trait Job: Model {
    /// The service that is to do it.
    fn service_id(&self) -> Uuid;

    /// Where it is.
    fn status(&self) -> JobStatus;

    /// Moves it; whether it may go there is found out when it is saved.
    fn set_status(&mut self, status: JobStatus);

    /// What is to be done; does not change.
    fn parameters(&self) -> &JsonText;

    /// What came of it; none while nothing did.
    fn results(&self) -> Option<&JsonText>;

    /// Gives it results; whether they satisfy the service's schema is found out when it is saved.
    fn set_results(&mut self, results: JsonText);

    /// When it was submitted.
    fn date_submitted(&self) -> DateTime<Utc>;

    /// What its parameters satisfy.
    fn job_registration_schema(&self) -> &JsonObject;

    /// What its results must satisfy.
    fn job_result_schema(&self) -> &JsonObject;
}

/// Some models of a list, in the order of their ids.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The models; there may be none although more follow, when they were just removed.
    pub models: Vec<M>,
    /// What the next page comes after; none when this is the last.
    pub next: Option<Uuid>,
}

/// A list of models, as it will be once it is saved.
///
/// Two lists are equal when they are the same models of one queue, with the same changes.
pub trait ModelList: Tracks + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// What is in it.
    type Model: Model;

    /// The model with that id.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is none in the list.
    fn get(&self, id: Uuid) -> impl Future<Output = Result<Self::Model, Report>> + Send;

    /// Puts a model in the place of the one with its id, or a new one into the list.
    ///
    /// # Errors
    /// A [`Report`] with 409 when it is none that belongs into the list.
    fn set(&mut self, model: Self::Model) -> Result<(), Report>;

    /// Takes the model with that id out of the list, and away; a service takes its jobs along.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is none in the list. When it is saved, 409 where it is being worked on.
    fn delete(&mut self, id: Uuid) -> impl Future<Output = Result<(), Report>> + Send;

    /// Whether a model, or one with an id, is in the list.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    fn contains(
        &self,
        what: &(impl Identified + Sync),
    ) -> impl Future<Output = Result<bool, Report>> + Send;

    /// How many there are.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    fn len(&self) -> impl Future<Output = Result<u64, Report>> + Send;

    /// Whether there is none.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    fn is_empty(&self) -> impl Future<Output = Result<bool, Report>> + Send;

    /// The models after an id, as many as are fit to be held at once; the first ones when there is none.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    fn page(
        &self,
        after: Option<Uuid>,
    ) -> impl Future<Output = Result<Page<Self::Model>, Report>> + Send;

    /// All models one after the other, in the order of their ids; no more than a page of them is held.
    ///
    /// What changes in the list afterwards does not count.
    fn stream(&self) -> Models<Self> {
        Models::of(self.clone())
    }
}

/// A list of services.
pub trait ServiceList: ModelList<Model: Service> {
    /// A new service, which is not available yet; it is stored when it is saved.
    ///
    /// # Errors
    /// A [`Report`] with 400 and everything that is wrong with the schemas.
    fn new_service(
        &self,
        name: impl Into<String> + Send,
        description: impl Into<String> + Send,
        job_registration_schema: JsonObject,
        job_result_schema: JsonObject,
    ) -> impl Future<Output = Result<Self::Model, Report>> + Send;
}

/// A list of jobs: all of them, or those of a service.
pub trait JobList: ModelList<Model: Job> {}

/// What a server says about itself; from its configuration.
pub trait ApiMetadata {
    /// Where the documentation of this installation is.
    fn documentation_url(&self) -> &str;

    /// Whom to write to.
    fn maintainer_email(&self) -> &str;

    /// Whom to ask for.
    fn maintainer_name(&self) -> &str;

    /// Where the source code is.
    fn source_code_repository_url(&self) -> &str;

    /// The version of the API.
    fn version(&self) -> &str;
}

impl ApiMetadata for Metadata {
    fn documentation_url(&self) -> &str {
        &self.documentation_url
    }

    fn maintainer_email(&self) -> &str {
        &self.maintainer_email
    }

    fn maintainer_name(&self) -> &str {
        &self.maintainer_name
    }

    fn source_code_repository_url(&self) -> &str {
        &self.source_code_repository_url
    }

    fn version(&self) -> &str {
        &self.version
    }
}
