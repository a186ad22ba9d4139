//! Pages of jobs: the query string of a list in the terms of the queue, and the page in its envelope.
//!
//! It does not know which list.

use topchef_runtime::query::{self, Condition, PageSize, Paging, Query};
use topchef_runtime::transaction::{Endpoint, Page};
use topchef_runtime::{ApiError, ModelResource, Report};

use super::call::Call;
use super::envelope::Envelope;
use crate::queue::JobView;
use crate::resources::{Job, JobStatus};

/// The lists of the original were whole; here they are bounded, and whole for what its users have.
pub(crate) const PAGE: PageSize = PageSize {
    default: 1000,
    max: 1000,
};

/// Bytes of parameters and results at which a page ends, whatever its limit; one job is on it in any case.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// A page of a list, in its envelope: `base` narrowed, sorted and paged as the URL says.
pub(crate) async fn page(call: &Call, endpoint: Endpoint, base: Query) -> Result<Envelope, Report> {
    let query = query::narrow(endpoint.descriptor(), base, call.query())?;
    let paging = Paging::of(endpoint.descriptor(), &query);
    let page = endpoint.list(&call.context(), query).await?;
    Ok(linked(call, &paging, &page))
}

/// A page in its envelope, with the way to the next one.
fn linked(call: &Call, paging: &Paging, page: &Page) -> Envelope {
    let mut links = vec![("self", call.own_link())];
    // A page may end before its limit, when its records are large; after an empty one, the next would be the same.
    let (path, raw) = (call.parts.uri.path(), call.query());
    let beside = paging.links(path, raw, page.count, page.more, page.ends.as_ref());
    links.extend(beside.next.map(|next| ("next", call.link(&next))));
    Envelope::of(&page.data).links(&links)
}

/// A page of the jobs for which `base` holds, each shown as `view` says where the URL does not name `fields`.
pub(crate) async fn jobs(
    call: &Call,
    base: Vec<Condition>,
    view: JobView,
) -> Result<Envelope, Report> {
    let (asked, mut report) = Asked::read(call.query());
    let descriptor = Job::descriptor();
    let mut query = Query::first_page(descriptor).paged(PAGE);
    query.conditions = base;
    query.conditions.extend(asked.conditions);
    let query = match query::narrow(descriptor, query, &asked.rest) {
        Ok(query) => query,
        Err(others) => {
            report.append(others);
            return Err(report);
        }
    };
    report.into_result()?;
    let paging = Paging::of(descriptor, &query);
    let view = asked.view.unwrap_or(view);
    let database = call.app.database();
    let page = {
        let (view, mut bytes) = (view.clone(), 0);
        let fits = move |job: &Job| {
            bytes += view.bytes_of(job);
            bytes <= PAGE_BYTES
        };
        database.select::<Job>().query(query).page(fits).await?
    };
    let page = Page {
        data: view.array(database, &page.records).await?,
        count: page.records.len() as u64,
        more: page.more,
        ends: page.ends()?,
        total: None,
    };
    Ok(linked(call, &paging, &page))
}

/// Ends a list of jobs where their parameters and results are too many bytes for one answer; one job is left in any case.
pub(crate) fn truncate(jobs: &mut Vec<Job>) {
    let mut bytes = 0;
    let beyond = jobs.iter().position(|job| {
        bytes += job.documents_bytes();
        bytes > PAGE_BYTES
    });
    if let Some(beyond) = beyond {
        jobs.truncate(beyond.max(1));
    }
}

/// What a query string says of jobs that their rows do not tell by themselves, and the rest of it.
#[derive(Default)]
struct Asked {
    conditions: Vec<Condition>,
    view: Option<JobView>,
    rest: String,
}

impl Asked {
    /// With everything that is wrong with it.
    fn read(raw: &str) -> (Self, Report) {
        let mut asked = Self::default();
        let mut report = Report::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (query::decode(name), query::decode(value));
            let read = match name.as_ref() {
                "status" | "status[in]" => statuses(&name, &value).map(|one_of| {
                    asked.conditions.push(one_of);
                }),
                "fields" if asked.view.is_some() => {
                    let detail = "is given twice";
                    Err(ApiError::query_parameter("fields", "given_twice", detail).into())
                }
                "fields" => JobView::named(&value).map(|view| asked.view = Some(view)),
                _ => {
                    if !asked.rest.is_empty() {
                        asked.rest.push('&');
                    }
                    asked.rest.push_str(pair);
                    Ok(())
                }
            };
            if let Err(problem) = read {
                report.append(problem);
            }
        }
        (asked, report)
    }
}

/// That a job has one of these statuses.
fn statuses(name: &str, value: &str) -> Result<Condition, Report> {
    let mut one_of = Vec::new();
    for text in value.split(',') {
        let Some(status) = JobStatus::named(text) else {
            let names = JobStatus::ALL.map(JobStatus::as_str).join(", ");
            let detail = format!("must be one of {names}");
            return Err(ApiError::query_parameter(name, "enum", detail).into());
        };
        one_of.push(Condition::from(status.jobs()));
    }
    Ok(match one_of.len() {
        1 => one_of.remove(0),
        _ => Condition::Any(one_of),
    })
}
