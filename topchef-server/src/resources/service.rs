//! A service: something a lab can do, with the schemas of what it takes and of what it gives back.
//!
//! It does not know how jobs are done.

use chrono::{DateTime, TimeDelta, Utc};
use topchef_runtime::{Context, Input, ModelResource, Report};
use uuid::Uuid;

use super::JsonObject;
use super::contracts::{Contracts, contracts};

/// Something that can be done for others, on conditions that two JSON Schemas state.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    serial_fields(
        get = [
            id, name, description, job_registration_schema, job_result_schema,
            is_service_available, has_timed_out(), timeout
        ],
        list = [id, name, description],
        patch = [
            id, name, description, job_registration_schema, job_result_schema,
            is_service_available, has_timed_out(), timeout
        ],
    ),
    process_input(post = schemas_are_schemas),
    collection(filter = [name, is_service_available])
)]
pub struct Service {
    /// Made by the server when the service is registered.
    #[resource(read_only)]
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What the parameters of its jobs must satisfy; does not change.
    #[resource(json)]
    pub job_registration_schema: JsonObject,
    /// What the results of its jobs must satisfy; does not change.
    #[resource(json)]
    pub job_result_schema: JsonObject,
    /// Whether a worker says that it is there; jobs are queued all the same.
    #[resource(default = false)]
    pub is_service_available: bool,
    /// After how many seconds without a check-in it counts as timed out.
    #[resource(default = 30)]
    pub timeout: i64,
    /// When a worker last said that it is there.
    #[resource(read_only, default = Utc::now)]
    pub last_checked_in: DateTime<Utc>,
}

impl Service {
    /// Whether its last check-in is longer ago than its timeout.
    pub fn has_timed_out(&self) -> bool {
        let silent = Utc::now().signed_duration_since(self.last_checked_in);
        TimeDelta::try_seconds(self.timeout).is_some_and(|timeout| silent > timeout)
    }
}

/// A schema that is not one is refused when it is registered, not when the first job comes.
async fn schemas_are_schemas(cx: &Context, input: &mut Input<Service>) -> Result<(), Report> {
    let contracts: &Contracts = contracts(cx)?;
    let mut report = Report::new();
    for (column, name) in [
        (Service::JOB_REGISTRATION_SCHEMA, "job_registration_schema"),
        (Service::JOB_RESULT_SCHEMA, "job_result_schema"),
    ] {
        if let Some(schema) = input.get(column)?
            && let Err(error) = contracts
                .check_schema(name, schema.as_str().to_owned())
                .await
        {
            report.append(error);
        }
    }
    report.into_result()
}
