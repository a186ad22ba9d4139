//! Which changes a job takes: where it may go from where it is, and what may become of its results.
//!
//! Pure: it knows no database.

use http::StatusCode;
use topchef_runtime::ApiError;

use crate::resources::{JobState, JobStatus, JsonText};

/// What a job has before a change.
pub(super) struct Before<'a> {
    pub(super) state: JobState,
    pub(super) results: Option<&'a JsonText>,
}

/// Whether a job takes a change, and the state that it is in afterwards.
///
/// While a job is COMPLETED, it may be given results if it has none, and moved to REGISTERED with those it has; a change
/// that changes nothing passes too, and every other is refused. From REGISTERED all goes on as for a new job.
/// The original let everything pass: the worker who came second overwrote the first one's results.
///
/// # Errors
/// 409 when the job is finished and the change would change that.
pub(super) fn moved(
    before: &Before<'_>,
    status: Option<JobStatus>,
    results: Option<&JsonText>,
) -> Result<JobState, ApiError> {
    let status = status.unwrap_or(before.state.status());
    if before.state == JobState::Succeeded {
        let keeps = match (before.results, results) {
            (_, None) => true,
            (None, Some(_)) => status == JobStatus::Completed,
            (Some(before), Some(results)) => before.is_same(results),
        };
        match status {
            JobStatus::Completed | JobStatus::Registered if keeps => {}
            JobStatus::Completed | JobStatus::Registered => {
                return Err(conflict("the job is completed; its results do not change"));
            }
            JobStatus::Working | JobStatus::Error => {
                return Err(conflict(
                    "the job is completed; move it to REGISTERED to have it done again",
                ));
            }
        }
    }
    if before.state == JobState::Cancelled && (results.is_some() || !stays(status)) {
        return Err(conflict(
            "the job is cancelled; move it to REGISTERED to have it done after all",
        ));
    }
    // Who says what is already so says nothing of how it came to be so.
    if status == before.state.status() {
        return Ok(before.state);
    }
    Ok(match status {
        JobStatus::Registered => JobState::Ready,
        JobStatus::Working => JobState::Leased,
        JobStatus::Completed => JobState::Succeeded,
        JobStatus::Error => JobState::Failed,
    })
}

/// Whether a cancelled job may be told this: that it is given up, or that it is to be done after all.
const fn stays(status: JobStatus) -> bool {
    matches!(status, JobStatus::Error | JobStatus::Registered)
}

/// The state of a job that is not wanted any more.
///
/// # Errors
/// 409 when it is finished.
pub(super) fn cancelled(state: JobState) -> Result<JobState, ApiError> {
    match state {
        JobState::Cancelled => Ok(state),
        state if state.is_end() => Err(conflict("the job is finished, and cannot be cancelled")),
        _ => Ok(JobState::Cancelled),
    }
}

/// The state of a job that is to be tried once more.
///
/// # Errors
/// 409 unless it failed or was cancelled.
pub(super) fn retried(state: JobState) -> Result<JobState, ApiError> {
    match state.status() {
        JobStatus::Error => Ok(JobState::Ready),
        JobStatus::Completed => Err(conflict(
            "the job is completed; move it to REGISTERED to have it done again",
        )),
        JobStatus::Registered | JobStatus::Working => Err(refused(
            "job_open",
            "the job is not finished; only one that failed or was cancelled can be tried again",
        )),
    }
}

fn conflict(detail: &'static str) -> ApiError {
    refused("job_finished", detail)
}

fn refused(code: &'static str, detail: &'static str) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "Conflict", detail).with_code(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> JsonText {
        serde_json::from_str(text).unwrap()
    }

    fn after(
        state: JobState,
        had: Option<&str>,
        status: Option<JobStatus>,
        given: Option<&str>,
    ) -> Option<JobState> {
        let (had, given) = (had.map(json), given.map(json));
        let before = Before {
            state,
            results: had.as_ref(),
        };
        moved(&before, status, given.as_ref()).ok()
    }

    #[test]
    fn an_open_job_and_one_that_was_given_up_go_wherever_they_are_told() {
        let froms = JobState::ALL
            .into_iter()
            .filter(|state| ![JobState::Succeeded, JobState::Cancelled].contains(state));
        for from in froms {
            for to in JobStatus::ALL {
                for (had, given) in [(None, None), (Some("1"), Some("2"))] {
                    let after = after(from, had, Some(to), given);
                    assert_eq!(after.map(JobState::status), Some(to), "{from:?} {to:?}");
                }
            }
            assert_eq!(after(from, None, None, Some("1")), Some(from));
        }
    }

    #[test]
    fn a_cancelled_job_is_only_taken_up_again() {
        use JobState::{Cancelled, Ready};
        use JobStatus::{Completed, Error, Registered, Working};
        for (status, given, expected) in [
            (Some(Registered), None, Some(Ready)),
            (Some(Error), None, Some(Cancelled)),
            (None, None, Some(Cancelled)),
            (Some(Working), None, None),
            (Some(Completed), Some("1"), None),
            (None, Some("1"), None),
            (Some(Registered), Some("1"), None),
        ] {
            assert_eq!(
                after(Cancelled, None, status, given),
                expected,
                "{status:?}"
            );
        }
    }

    #[test]
    fn what_is_open_is_cancelled_and_what_failed_is_tried_again() {
        for state in JobState::ALL {
            let wanted = !state.is_end() || state == JobState::Cancelled;
            assert_eq!(cancelled(state).is_ok(), wanted, "{state:?}");
            let failed = state > JobState::Succeeded;
            assert_eq!(retried(state).ok(), failed.then_some(JobState::Ready));
        }
    }

    #[test]
    fn a_completed_job_keeps_its_results_and_only_goes_back() {
        use JobState::{Ready, Succeeded};
        use JobStatus::{Completed, Error, Registered, Working};
        for (had, status, given, expected) in [
            (None, Some(Completed), Some("1"), Some(Succeeded)),
            (None, None, Some("1"), Some(Succeeded)),
            (None, Some(Registered), Some("1"), None),
            (None, Some(Registered), None, Some(Ready)),
            (Some("1"), Some(Completed), Some("1.0"), None),
            (Some("1"), Some(Completed), Some(" 1"), Some(Succeeded)),
            (Some("1"), None, Some("2"), None),
            (Some("1"), Some(Registered), Some("1"), Some(Ready)),
            (Some("1"), Some(Registered), None, Some(Ready)),
            (Some("1"), Some(Registered), Some("2"), None),
            (Some("1"), Some(Working), None, None),
            (Some("1"), Some(Error), Some("1"), None),
            (Some("1"), None, None, Some(Succeeded)),
        ] {
            let case = format!("{had:?} {status:?} {given:?}");
            assert_eq!(after(Succeeded, had, status, given), expected, "{case}");
        }
    }
}
