//! Jobs as JSON: which fields there are, and their form, one for all that show jobs.
//!
//! It does not know what stands around them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use topchef_runtime::{ApiError, Database, Report};

use super::Documents;
use crate::resources::{Job, JsonText};

/// What can be shown of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobField {
    /// Its id.
    Id,
    /// Where it is.
    Status,
    /// What is to be done.
    Parameters,
    /// What came of it; null while nothing did.
    Results,
    /// When it was submitted.
    DateSubmitted,
    /// The service that is to do it.
    ServiceId,
    /// Where it is, in the words of the queue: `ready`, `scheduled`, `blocked`, …
    State,
    /// Those with a greater one are taken first.
    Priority,
    /// From when on it may be taken.
    RunAt,
    /// How often it was taken.
    Attempt,
    /// The set that it belongs to; null for one that belongs to none.
    JobSetId,
    /// When it came to an end; null while it did not.
    DateFinished,
}

impl JobField {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Id,
        Self::Status,
        Self::Parameters,
        Self::Results,
        Self::DateSubmitted,
        Self::ServiceId,
        Self::State,
        Self::Priority,
        Self::RunAt,
        Self::Attempt,
        Self::JobSetId,
        Self::DateFinished,
    ];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Status => "status",
            Self::Parameters => "parameters",
            Self::Results => "results",
            Self::DateSubmitted => "date_submitted",
            Self::ServiceId => "service_id",
            Self::State => "state",
            Self::Priority => "priority",
            Self::RunAt => "run_at",
            Self::Attempt => "attempt",
            Self::JobSetId => "job_set_id",
            Self::DateFinished => "date_finished",
        }
    }

    const fn is_document(self) -> bool {
        matches!(self, Self::Parameters | Self::Results)
    }
}

/// The fields of jobs that are shown, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView(Vec<JobField>);

impl JobView {
    /// What the original shows of a job in a list.
    pub fn summary() -> Self {
        Self(vec![
            JobField::Id,
            JobField::Status,
            JobField::DateSubmitted,
        ])
    }

    /// What the original shows of one job.
    pub fn detail() -> Self {
        Self(vec![
            JobField::Id,
            JobField::Status,
            JobField::Parameters,
            JobField::Results,
            JobField::DateSubmitted,
        ])
    }

    /// These fields.
    pub fn of(fields: &[JobField]) -> Self {
        Self(fields.to_vec())
    }

    /// The fields of these names, with commas between them.
    ///
    /// # Errors
    /// A [`Report`] with 400 and each name that is none, or was given twice.
    pub fn named(names: &str) -> Result<Self, Report> {
        let mut fields: Vec<JobField> = Vec::new();
        let mut report = Report::new();
        for name in names.split(',') {
            match JobField::ALL.into_iter().find(|field| field.name() == name) {
                Some(field) if fields.contains(&field) => {
                    let detail = format!("`{name}` is given twice");
                    report.push(ApiError::query_parameter("fields", "given_twice", detail));
                }
                Some(field) => fields.push(field),
                None => {
                    let all = JobField::ALL.map(JobField::name).join(", ");
                    let detail = format!("a job has no field `{name}`; it has {all}");
                    report.push(ApiError::query_parameter("fields", "unknown_field", detail));
                }
            }
        }
        report.into_result()?;
        Ok(Self(fields))
    }

    /// Bytes of what stands beside a job's row and would be shown of it.
    pub fn bytes_of(&self, job: &Job) -> usize {
        let fields = self.0.iter();
        let bytes = fields.map(|field| match field {
            JobField::Parameters => job.parameters_bytes,
            JobField::Results => job.results_bytes.unwrap_or_default(),
            _ => 0,
        });
        bytes
            .map(|bytes| usize::try_from(bytes).unwrap_or_default())
            .sum()
    }

    /// Whether something is shown that stands beside the rows.
    pub fn shows_documents(&self) -> bool {
        self.0.iter().any(|field| field.is_document())
    }

    /// The jobs as a JSON array, with what of them stands beside their rows.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn array(&self, database: &Database, jobs: &[Job]) -> Result<Vec<u8>, Report> {
        let documents = self.documents(database, jobs).await?;
        let mut out = vec![b'['];
        for (place, job) in jobs.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            self.write(job, &documents, &mut out);
        }
        out.push(b']');
        Ok(out)
    }

    /// A job as a JSON object.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub async fn object(&self, database: &Database, job: &Job) -> Result<Vec<u8>, Report> {
        let documents = self.documents(database, std::slice::from_ref(job)).await?;
        Ok(self.object_with(job, &documents))
    }

    /// A job as a JSON object, with what is known of what stands beside its row.
    pub fn object_with(&self, job: &Job, documents: &Documents) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes_of(job) + 256);
        self.write(job, documents, &mut out);
        out
    }

    async fn documents(&self, database: &Database, jobs: &[Job]) -> Result<Documents, Report> {
        if self.shows_documents() {
            Documents::of(database, jobs).await
        } else {
            Ok(Documents::default())
        }
    }

    fn write(&self, job: &Job, documents: &Documents, out: &mut Vec<u8>) {
        out.push(b'{');
        for (place, field) in self.0.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.push(b'"');
            out.extend_from_slice(field.name().as_bytes());
            out.extend_from_slice(b"\":");
            match field {
                JobField::Id => json(out, &job.id),
                JobField::Status => json(out, job.status().as_str()),
                JobField::Parameters => document(out, documents.parameters(job.id)),
                JobField::Results => document(out, documents.results(job.id)),
                JobField::DateSubmitted => json(out, &date(job.date_submitted)),
                JobField::ServiceId => json(out, &job.service_id),
                JobField::State => json(out, job.state.as_str()),
                JobField::Priority => json(out, &job.priority),
                JobField::RunAt => json(out, &date(job.run_at)),
                JobField::Attempt => json(out, &job.attempt),
                JobField::JobSetId => json(out, &job.job_set_id),
                JobField::DateFinished => json(out, &job.date_finished.map(date)),
            }
        }
        out.push(b'}');
    }
}

/// Something plain, into memory: neither can fail.
fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let _ = serde_json::to_writer(out, value);
}

/// What stands beside a row, as it was sent; null where there is nothing.
fn document(out: &mut Vec<u8>, text: Option<&JsonText>) {
    out.extend_from_slice(text.map_or("null", JsonText::as_str).as_bytes());
}

/// A time as the original writes it.
fn date(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_once_each() {
        let view = JobView::named("status,id").unwrap();
        assert_eq!(view, JobView(vec![JobField::Status, JobField::Id]));
        let report = JobView::named("id,colour,id,").unwrap_err();
        let details: Vec<_> = report.errors().iter().map(ApiError::detail).collect();
        assert_eq!(details.len(), 3, "{details:?}");
    }
}
