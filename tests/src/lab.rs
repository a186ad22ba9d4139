//! The example lab that the contract suites share: a centrifuge that takes a speed and gives back a mass.

use crate::Api;
use serde_json::{Value, json};

/// The titles of the original's errors.
pub mod title {
    /// The id in the URL is not one.
    pub const NOT_UUID: &str = "Not UUID Error";
    /// No service has that id.
    pub const NO_SERVICE: &str = "Service Not Found";
    /// No job has that id.
    pub const NO_JOB: &str = "Job Not Found";
    /// Not JSON, or not said to be.
    pub const NOT_JSON: &str = "Request Not JSON";
    /// A key is wrong or missing.
    pub const DESERIALIZATION: &str = "Deserialization Error From Client Data";
    /// The service's schema is not satisfied.
    pub const SCHEMA: &str = "JSONSchema Validation Error";
    /// The path exists, the method there does not.
    pub const METHOD: &str = "Method Not Implemented";
}

/// Every key of a job wherever one is shown whole.
pub const JOB_KEYS: &[&str] = &["id", "status", "parameters", "results", "date_submitted"];
/// Every key of a job in a list that shows it short.
pub const JOB_SUMMARY_KEYS: &[&str] = &["id", "status", "date_submitted"];
/// An id that is one, and nobody's.
pub const NOBODY: &str = "7b0f5a4e-93c1-4d52-8a66-0c1d2e3f4a5b";
/// What says which dialect of JSON Schema the original spoke.
pub const DRAFT_4: &str = "http://json-schema.org/draft-04/schema#";

/// What a service of the centrifuge takes: `rpm` from 100 to 6000, perhaps a `sample`.
pub fn spin_schema() -> Value {
    json!({
        "$schema": DRAFT_4,
        "type": "object",
        "properties": {
            "rpm": {"type": "integer", "minimum": 100, "maximum": 6000},
            "sample": {"type": "string"},
        },
        "required": ["rpm"],
    })
}

/// What it gives back: `mass_mg`, perhaps a `remark`.
pub fn mass_schema() -> Value {
    json!({
        "$schema": DRAFT_4,
        "type": "object",
        "properties": {"mass_mg": {"type": "number", "minimum": 0}, "remark": {"type": "string"}},
        "required": ["mass_mg"],
    })
}

/// What registers a service with these two schemas.
pub fn registration(takes: &Value, gives: &Value) -> Value {
    json!({
        "name": "Centrifuge",
        "description": "spins a sample and weighs what settles",
        "job_registration_schema": takes,
        "job_result_schema": gives,
    })
}

/// What registers the centrifuge.
pub fn centrifuge() -> Value {
    registration(&spin_schema(), &mass_schema())
}

/// Registers a service and gives its id.
pub async fn register(api: &Api, service: &Value) -> String {
    api.post("/services", service).await.expect(201).made()
}

/// Submits a job and gives its id.
pub async fn submit(api: &Api, service: &str, parameters: &Value) -> String {
    let body = json!({"parameters": parameters});
    api.post(&format!("/services/{service}/jobs"), &body)
        .await
        .expect(201)
        .made()
}

/// A centrifuge with one job, which spins at 500.
pub async fn service_and_job(api: &Api) -> (String, String) {
    let service = register(api, &centrifuge()).await;
    let job = submit(api, &service, &json!({"rpm": 500})).await;
    (service, job)
}

/// The job as `GET /jobs/<id>` shows it.
pub async fn job(api: &Api, id: &str) -> Value {
    api.get(&format!("/jobs/{id}")).await.expect(200).json()["data"].clone()
}

/// The service as `GET /services/<id>` shows it.
pub async fn service(api: &Api, id: &str) -> Value {
    api.get(&format!("/services/{id}")).await.expect(200).json()["data"].clone()
}

/// The ids of a list, in its order.
pub fn ids(list: &Value) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap_or_default().to_owned())
        .collect()
}
