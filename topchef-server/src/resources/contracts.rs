//! The contracts of services: each one's two schemas, compiled once and kept.
//!
//! Schemas do not change after a service is registered, so nothing kept here can be out of date.

use std::sync::Arc;

use http::StatusCode;
use moka::sync::Cache;
use topchef_runtime::{ApiError, Context, Database, Report};
use uuid::Uuid;

use super::Service;
use super::turns::Turns;
use crate::contract::{
    Limits, Reason, Schema, SchemaProblem, Schemas, ValidateError, Violation, weight,
};

/// The contracts of all services; cheap to clone.
#[derive(Clone)]
pub struct Contracts {
    schemas: Arc<Schemas>,
    by_service: Cache<Uuid, Arc<Contract>>,
    turns: Turns,
}

/// What the parameters and the results of a service's jobs must satisfy.
#[derive(Clone)]
pub struct Contract {
    parameters: Arc<Schema>,
    results: Arc<Schema>,
    /// Bytes that both schemas hold, roughly.
    weight: u64,
    turns: Turns,
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
            by_service: by_service(&limits),
            schemas: Arc::new(Schemas::new(limits)),
            turns: Turns::one_per_processor(),
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
        let contract = self.compiled(&stored).await?;
        self.by_service.insert(service, Arc::clone(&contract));
        Ok(contract)
    }

    /// The contract of a service whose record is at hand, whether it is stored yet or not; its schemas were accepted.
    pub(crate) async fn of_record(&self, service: &Service) -> Result<Arc<Contract>, Report> {
        match self.by_service.get(&service.id) {
            Some(contract) => Ok(contract),
            None => self.compiled(service).await,
        }
    }

    async fn compiled(&self, service: &Service) -> Result<Arc<Contract>, Report> {
        let (parameters, results) = (
            service.job_registration_schema.as_str(),
            service.job_result_schema.as_str(),
        );
        Ok(Arc::new(Contract {
            parameters: self.stored_schema(parameters).await?,
            results: self.stored_schema(results).await?,
            weight: weight(parameters) + weight(results),
            turns: self.turns.clone(),
        }))
    }

    /// Forgets the contract of a service that is gone.
    pub fn forget(&self, service: Uuid) {
        self.by_service.invalidate(&service);
    }

    /// Whether a text is a JSON Schema; `name` is the key of the body that it came under.
    ///
    /// # Errors
    /// A [`Report`] with 400 and every reason when it is not.
    pub async fn check_schema(&self, name: &str, text: String) -> Result<Arc<Schema>, Report> {
        let compiled = self.compile(move |schemas| schemas.get(&text)).await?;
        compiled.map_err(|problem| {
            let reasons = problem.reasons.iter();
            reasons
                .map(|reason| ApiError::deserialization(name, code(reason), reason))
                .collect()
        })
    }

    /// A schema that was accepted when its service was registered.
    async fn stored_schema(&self, text: &str) -> Result<Arc<Schema>, ApiError> {
        let text = text.to_owned();
        let compiled = self.compile(move |schemas| schemas.get_accepted(&text));
        compiled.await?.map_err(ApiError::internal)
    }

    /// Compiling is bounded, but not free: it does not hold up the requests beside it.
    async fn compile(
        &self,
        get: impl FnOnce(&Schemas) -> Result<Arc<Schema>, SchemaProblem> + Send + 'static,
    ) -> Result<Result<Arc<Schema>, SchemaProblem>, ApiError> {
        let schemas = Arc::clone(&self.schemas);
        self.turns.take(move || get(&schemas)).await
    }

    /// Whether a JSON text satisfies a schema; `name` is the key of the body that it came under.
    ///
    /// # Errors
    /// A [`Report`] with every violation.
    pub async fn check(
        &self,
        schema: &Arc<Schema>,
        text: &str,
        name: &'static str,
    ) -> Result<(), Report> {
        check(&self.turns, schema, text, name).await
    }
}

/// Contracts by their service, together within the bounds of the schemas that are kept by their text:
/// what is dropped there may still be held here.
fn by_service(limits: &Limits) -> Cache<Uuid, Arc<Contract>> {
    let smallest = limits.cached_bytes / limits.cached_schemas.max(1);
    Cache::builder()
        .max_capacity(limits.cached_bytes)
        // Small ones weigh as much as their place, so that they are bounded in number too.
        .weigher(move |_, contract: &Arc<Contract>| {
            u32::try_from(smallest.max(contract.weight)).unwrap_or(u32::MAX)
        })
        .build()
}

impl Contract {
    /// Whether the parameters of a job satisfy the contract.
    ///
    /// # Errors
    /// A [`Report`] with every violation.
    pub async fn check_parameters(&self, text: &str) -> Result<(), Report> {
        check(&self.turns, &self.parameters, text, "parameters").await
    }

    /// Whether the results of a job satisfy the contract.
    ///
    /// # Errors
    /// A [`Report`] with every violation.
    pub async fn check_results(&self, text: &str) -> Result<(), Report> {
        check(&self.turns, &self.results, text, "results").await
    }
}

async fn check(
    turns: &Turns,
    schema: &Arc<Schema>,
    text: &str,
    name: &'static str,
) -> Result<(), Report> {
    if schema.is_valid_in_passing(text) {
        return Ok(());
    }
    let (schema, text) = (Arc::clone(schema), text.to_owned());
    let checked = turns.take(move || schema.validate(&text)).await?;
    match checked {
        Ok(()) => Ok(()),
        Err(ValidateError::Violations(violations)) => Err(violations
            .iter()
            .map(|violation| violated(name, violation))
            .collect()),
        Err(other) => {
            let error = validation(other.to_string()).at(format!("/{name}"));
            Err(match other {
                ValidateError::TooDeep(_) => error.with_code("too_deep"),
                ValidateError::TooDear(_) => error.with_code("too_expensive"),
                _ => error,
            }
            .into())
        }
    }
}

/// What a program can tell from a refused schema: whether it is none, or one beyond the limits of this server.
fn code(reason: &Reason) -> &'static str {
    match reason {
        Reason::TooDeep(_) => "too_deep",
        Reason::TooDear(_) => "too_expensive",
        _ => "not_a_schema",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(weight: u64) -> Arc<Contract> {
        let schema = Arc::new(Schema::compile("{}", &Limits::default()).unwrap());
        Arc::new(Contract {
            parameters: Arc::clone(&schema),
            results: schema,
            weight,
            turns: Turns::one_per_processor(),
        })
    }

    fn kept(limits: Limits, weight: u64) -> u64 {
        let contracts = Contracts::new(limits);
        for _ in 0..50 {
            contracts
                .by_service
                .insert(Uuid::now_v7(), contract(weight));
            contracts.by_service.run_pending_tasks();
        }
        contracts.by_service.entry_count()
    }

    #[test]
    fn contracts_are_kept_within_the_bytes_of_their_schemas() {
        let limits = Limits {
            cached_bytes: 10_000,
            ..Limits::default()
        };
        assert_eq!(kept(limits.clone(), 2_000), 5);
        assert_eq!(kept(limits, 100), 50);
    }

    #[test]
    fn small_contracts_are_bounded_in_number() {
        let limits = Limits {
            cached_schemas: 3,
            ..Limits::default()
        };
        assert!(kept(limits, 4) <= 3);
    }
}
