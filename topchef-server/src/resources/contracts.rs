//! The contracts of services: each one's two schemas, compiled once and kept.
//!
//! Schemas do not change after a service is registered, so nothing kept here can be out of date.

use std::sync::Arc;

use http::StatusCode;
use moka::sync::Cache;
use tokio::task::spawn_blocking;
use topchef_runtime::{ApiError, Context, Database, Report};
use uuid::Uuid;

use super::Service;
use crate::contract::{Limits, Schema, SchemaProblem, Schemas, ValidateError, Violation};

/// How many services' contracts are kept compiled.
const KEPT: u64 = 1_000;

/// The contracts of all services; cheap to clone.
#[derive(Clone)]
pub struct Contracts {
    schemas: Arc<Schemas>,
    by_service: Cache<Uuid, Arc<Contract>>,
}

/// What the parameters and the results of a service's jobs must satisfy.
#[derive(Clone)]
pub struct Contract {
    parameters: Arc<Schema>,
    results: Arc<Schema>,
}

/// The contracts in the application's state.
pub(super) fn contracts(cx: &Context) -> Result<&Contracts, ApiError> {
    cx.state()
        .ok_or_else(|| ApiError::internal(std::io::Error::other("the state has no contracts")))
}

impl Contracts {
    /// No contract yet; schemas and documents are handled within `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            schemas: Arc::new(Schemas::new(limits)),
            by_service: Cache::new(KEPT),
        }
    }

    /// The contract of a service.
    ///
    /// # Errors
    /// A [`Report`] with 404 when there is no such service.
    pub async fn of(&self, database: &Database, service: Uuid) -> Result<Arc<Contract>, Report> {
        if let Some(contract) = self.by_service.get(&service) {
            return Ok(contract);
        }
        let stored = database
            .find(Service::ID.eq(service))
            .await?
            .ok_or_else(|| ApiError::record_not_found("Service", service))?;
        let contract = Arc::new(Contract {
            parameters: self
                .stored_schema(stored.job_registration_schema.as_str())
                .await?,
            results: self
                .stored_schema(stored.job_result_schema.as_str())
                .await?,
        });
        self.by_service.insert(service, Arc::clone(&contract));
        Ok(contract)
    }

    /// Whether a text is a JSON Schema; `name` is the key of the body that it came under.
    ///
    /// # Errors
    /// A [`Report`] with 400 and every reason when it is not.
    pub async fn check_schema(&self, name: &str, text: String) -> Result<Arc<Schema>, Report> {
        self.compile(text).await?.map_err(|problem| {
            let reasons = problem.reasons.iter();
            reasons
                .map(|reason| ApiError::deserialization(name, "not_a_schema", reason))
                .collect()
        })
    }

    /// A schema that was accepted when its service was registered.
    async fn stored_schema(&self, text: &str) -> Result<Arc<Schema>, ApiError> {
        self.compile(text.to_owned())
            .await?
            .map_err(ApiError::internal)
    }

    /// Compiling is bounded, but not free: it does not hold up the requests beside it.
    async fn compile(&self, text: String) -> Result<Result<Arc<Schema>, SchemaProblem>, ApiError> {
        let schemas = Arc::clone(&self.schemas);
        spawn_blocking(move || schemas.get(&text))
            .await
            .map_err(ApiError::internal)
    }
}

impl Contract {
    /// Whether the parameters of a job satisfy the contract.
    ///
    /// # Errors
    /// A [`Report`] with every violation.
    pub async fn check_parameters(&self, text: String) -> Result<(), Report> {
        check(Arc::clone(&self.parameters), text, "parameters").await
    }

    /// Whether the results of a job satisfy the contract.
    ///
    /// # Errors
    /// A [`Report`] with every violation.
    pub async fn check_results(&self, text: String) -> Result<(), Report> {
        check(Arc::clone(&self.results), text, "results").await
    }
}

/// Whether a JSON text satisfies a schema; `name` is the key of the body that it came under.
///
/// # Errors
/// A [`Report`] with every violation.
pub async fn check(schema: Arc<Schema>, text: String, name: &'static str) -> Result<(), Report> {
    let checked = spawn_blocking(move || schema.validate(&text))
        .await
        .map_err(ApiError::internal)?;
    match checked {
        Ok(()) => Ok(()),
        Err(ValidateError::Violations(violations)) => Err(violations
            .iter()
            .map(|violation| violated(name, violation))
            .collect()),
        Err(other) => Err(validation(other.to_string()).at(format!("/{name}")).into()),
    }
}

fn violated(name: &str, violation: &Violation) -> ApiError {
    let mut detail = violation.message.clone();
    if !violation.context.is_empty() {
        detail = format!("{detail} ({})", violation.context.join("; "));
    }
    validation(detail)
        .with_code(violation.keyword.clone())
        .at(format!("/{name}{}", violation.pointer))
}

fn validation(detail: String) -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        "JSONSchema Validation Error",
        detail,
    )
}
