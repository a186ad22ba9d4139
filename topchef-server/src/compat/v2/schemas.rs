//! The schemas that this form shows in `meta`: its clients read their titles and descriptions.
//!
//! They describe the wire, they validate nothing.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

const DRAFT_4: &str = "http://json-schema.org/draft-04/schema#";

/// What a property may be, beside its type.
#[derive(Clone, Copy)]
enum Show {
    Text,
    Object,
    Boolean,
    Id,
    Date,
}

fn property(name: &str, show: Show) -> Value {
    match show {
        Show::Text => json!({"title": name, "type": "string"}),
        Show::Object => json!({"title": name, "type": "object"}),
        Show::Boolean => json!({"title": name, "type": "boolean"}),
        Show::Id => json!({"title": name, "type": "string", "format": "uuid"}),
        Show::Date => json!({"title": name, "type": "string", "format": "date-time"}),
    }
}

fn properties(fields: &[(&str, Show)]) -> Map<String, Value> {
    fields
        .iter()
        .map(|(name, show)| ((*name).to_owned(), property(name, *show)))
        .collect()
}

fn read_only(mut properties: Map<String, Value>) -> Map<String, Value> {
    for property in properties.values_mut() {
        property["readonly"] = json!(true);
    }
    properties
}

fn object(
    title: &str,
    description: &str,
    properties: Map<String, Value>,
    required: &[&str],
) -> Value {
    json!({
        "$schema": DRAFT_4,
        "title": title,
        "description": description,
        "type": "object",
        "properties": Value::Object(properties),
        "required": required,
    })
}

fn status() -> Value {
    json!({"enum": ["REGISTERED", "WORKING", "COMPLETED", "ERROR"], "type": "string"})
}

fn job_properties() -> Map<String, Value> {
    let mut fields = properties(&[
        ("date_submitted", Show::Date),
        ("id", Show::Id),
        ("parameters", Show::Object),
        ("results", Show::Object),
    ]);
    fields.insert("status".into(), status());
    fields
}

const JOB_REQUIRED: [&str; 4] = ["id", "parameters", "results", "status"];

/// A job in a list: id, status, date.
fn job_overview() -> Value {
    let mut fields = read_only(properties(&[
        ("date_submitted", Show::Date),
        ("id", Show::Id),
    ]));
    fields.insert("status".into(), status());
    json!({"type": "object", "properties": fields, "required": ["date_submitted", "id", "status"]})
}

/// `meta` of `/`.
pub(super) static ROOT: LazyLock<String> = LazyLock::new(|| {
    let names = [
        "documentation_url",
        "maintainer_email",
        "maintainer_name",
        "source_code_repository_url",
        "version",
    ];
    let fields = read_only(properties(&names.map(|name| (name, Show::Text))));
    let description = "Describes the JSON schema for describing API metadata";
    json!({"schema": object("API Metadata", description, fields, &names)}).to_string()
});

/// `meta` of `/services`.
pub(super) static SERVICES: LazyLock<String> = LazyLock::new(|| {
    let shown = read_only(properties(&[
        ("description", Show::Text),
        ("id", Show::Id),
        ("name", Show::Text),
    ]));
    let given = properties(&[
        ("description", Show::Text),
        ("job_registration_schema", Show::Object),
        ("job_result_schema", Show::Object),
        ("name", Show::Text),
    ]);
    json!({
        "service_schema": object(
            "Service overview schema",
            "The schema for each entry in the services list",
            shown,
            &["description", "id", "name"],
        ),
        "new_service_schema": object(
            "New Service Schema",
            "The schema that must be satisfied in order to post a new service",
            given,
            &["description", "job_registration_schema", "job_result_schema", "name"],
        ),
    })
    .to_string()
});

/// `meta` of `/services/{id}`.
pub(super) static SERVICE: LazyLock<String> = LazyLock::new(|| {
    let mut fields = read_only(properties(&[
        ("description", Show::Text),
        ("has_timed_out", Show::Boolean),
        ("id", Show::Id),
        ("is_service_available", Show::Boolean),
        ("job_registration_schema", Show::Object),
        ("job_result_schema", Show::Object),
        ("name", Show::Text),
        // The original says so, and sends a number.
        ("timeout", Show::Text),
    ]));
    fields.insert(
        "jobs".into(),
        json!({"items": job_overview(), "type": ["array", "null"]}),
    );
    let required = [
        "description",
        "has_timed_out",
        "id",
        "is_service_available",
        "job_registration_schema",
        "job_result_schema",
        "name",
        "timeout",
    ];
    let description = "A comprehensive schema for displaying services";
    json!({"service_schema": object("Detailed Service Schema", description, fields, &required)})
        .to_string()
});

/// `meta` of `/jobs`.
pub(super) static JOBS: LazyLock<String> = LazyLock::new(|| {
    let mut items = job_overview();
    items["$schema"] = json!(DRAFT_4);
    json!({"data_schema": {
        "$schema": DRAFT_4,
        "title": "Job Endpoint Schema",
        "description": "Describes how jobs are presented in the \"data\" endpoint",
        "type": "array",
        "items": items,
    }})
    .to_string()
});

/// `meta` of `/jobs/{id}`.
pub(super) static JOB: LazyLock<String> = LazyLock::new(|| {
    let description = "The schema for all displayable data for a job";
    let mut patched = properties(&[("results", Show::Object)]);
    patched.insert("status".into(), status());
    json!({
        "job_info_schema": object("Detailed Job Schema", description, job_properties(), &JOB_REQUIRED),
        "patch_request_schema": object("Detailed Job Schema", description, patched, &[]),
    }).to_string()
});

/// `meta` of `/services/{id}/jobs/next`.
pub(super) static NEXT: LazyLock<String> = LazyLock::new(|| {
    let description = "The schema representing the job";
    json!({"job_schema": object("Job Schema", description, job_properties(), &JOB_REQUIRED)})
        .to_string()
});

/// `meta` of `/services/{id}/queue`.
pub(super) static QUEUE: LazyLock<String> = LazyLock::new(|| {
    json!({"data_schema": {
        "$schema": DRAFT_4,
        "title": "Job List Schema",
        "description": "The schema for the data in the \"data\" key",
        "type": "array",
        "items": {
            "$schema": DRAFT_4,
            "type": "object",
            "properties": job_properties(),
            "required": JOB_REQUIRED,
        },
    }})
    .to_string()
});

/// `meta` of `/services/{id}/jobs`, around the schema of the service's parameters, which stays as it was sent.
pub(super) fn service_jobs(parameters: &str) -> String {
    let description = "The schema for reading data contained in the data key of this response";
    let data = json!({
        "$schema": DRAFT_4,
        "title": "Data Schema",
        "description": description,
        "type": "array",
        "items": object("Data Schema", description, job_properties(), &JOB_REQUIRED),
    });
    let description = "The schema that a POST request must satisfy in order to create a new job";
    format!(
        r#"{{"new_job_schema":{{"$schema":{schema},"title":"New Job Schema","description":{description},"type":"object","properties":{{"parameters":{parameters}}}}},"data_schema":{data}}}"#,
        schema = json!(DRAFT_4),
        description = json!(description),
    )
}

/// `meta` of `/validator`.
pub(super) static VALIDATOR: LazyLock<String> = LazyLock::new(|| {
    let fields = properties(&[("object", Show::Object), ("schema", Show::Object)]);
    let description =
        "The schema that must be satisfied in order to validate an instance against a schema";
    json!({"validator_schema": object("JSON Schema Validator", description, fields, &["object", "schema"])}).to_string()
});
