//! The report that gathers everything that is wrong with one request, and its rule for the status of several errors.
//!
//! It does not know how an answer is written.

use std::time::Duration;

use http::StatusCode;

use super::{ApiError, TRANSACTION_CONFLICT};

/// How many errors a report keeps: an answer stays readable, and a hostile body cannot make it large.
const KEPT: usize = 100;

/// Everything that is wrong with one request.
///
/// Functions that can go on after an error [`push`](Self::push) it (the original's non-destructive report) and end with
/// [`into_result`](Self::into_result); those that cannot return `Err` at once.
#[derive(Clone, Debug, Default, thiserror::Error)]
#[error("{}", self.detail())]
pub struct Report {
    errors: Vec<ApiError>,
    left_out: usize,
}

impl Report {
    /// A report with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one error; after a hundred they are only counted, but for the first of a status that none before it has.
    pub fn push(&mut self, error: ApiError) {
        if self.errors.len() < KEPT {
            self.errors.push(error);
            return;
        }
        self.left_out += 1;
        if let Some(place) = self.place_of_new_status(error.status()) {
            self.errors[place] = error;
        }
    }

    /// Where an error of this status belongs although no more are kept; nowhere when one of its status is kept already.
    ///
    /// The status of all of it is then that of all errors, and a failure of the server is logged however many come before.
    fn place_of_new_status(&self, status: StatusCode) -> Option<usize> {
        let has = |status| {
            let errors = self.errors.iter();
            errors.filter(|error| error.status() == status).count()
        };
        if has(status) > 0 {
            return None;
        }
        // Its status stays told by another one.
        self.errors
            .iter()
            .rposition(|error| has(error.status()) > 1)
    }

    /// Adds one error that is only made when it is kept.
    pub(crate) fn push_with(&mut self, error: impl FnOnce() -> ApiError) {
        if self.errors.len() < KEPT {
            self.errors.push(error());
        } else {
            self.left_out += 1;
        }
    }

    /// Adds all errors of another report.
    pub fn append(&mut self, other: Self) {
        self.left_out += other.left_out;
        for error in other.errors {
            self.push(error);
        }
    }

    /// The same errors in a body in which what they are about stands at `place`, a JSON pointer.
    #[must_use]
    pub(crate) fn below(mut self, place: &str) -> Self {
        let errors = self.errors.into_iter();
        self.errors = errors.map(|error| error.below(place)).collect();
        self
    }

    /// Whether it is only this: that some reference does not hold.
    pub(crate) fn is_broken_reference(&self) -> bool {
        matches!(self.errors.as_slice(), [only] if only.code() == "foreign_key" && only.pointer().is_none())
    }

    /// Whether it says that a transaction was undone because of another one, and is worth doing again.
    pub(crate) fn is_transaction_conflict(&self) -> bool {
        let mut errors = self.errors.iter();
        errors.any(|error| error.code() == TRANSACTION_CONFLICT)
    }

    /// Takes out the errors that `keep` refuses.
    pub(crate) fn retain(&mut self, keep: impl Fn(&ApiError) -> bool) {
        self.errors.retain(keep);
    }

    /// Whether one of the errors points at this very place of the body.
    pub(crate) fn tells_of(&self, pointer: Option<&str>) -> bool {
        let mut errors = self.errors.iter();
        pointer.is_some() && errors.any(|error| error.pointer() == pointer)
    }

    /// Whether no more errors are kept.
    pub(crate) fn is_full(&self) -> bool {
        self.errors.len() >= KEPT
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors that were kept, in the order they were found.
    pub fn errors(&self) -> &[ApiError] {
        &self.errors
    }

    /// `Ok(())` when nothing is wrong.
    ///
    /// # Errors
    /// The report itself, when something is.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The status of all of it: the one they share; 400 for different client errors; 500 when they differ and one is the server's, or there is none.
    ///
    /// The rule is the original `TopChef`'s.
    pub fn status(&self) -> StatusCode {
        let Some(first) = self.errors.first().map(ApiError::status) else {
            return StatusCode::INTERNAL_SERVER_ERROR;
        };
        if self.errors.iter().all(|error| error.status() == first) {
            first
        } else if self
            .errors
            .iter()
            .all(|error| error.status().is_client_error())
        {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }

    /// One sentence on all of it: the error's own detail, or how many there are.
    pub fn detail(&self) -> String {
        match (self.errors.as_slice(), self.left_out) {
            ([], _) => "no error was recorded".to_owned(),
            ([only], 0) => only.detail().to_owned(),
            (several, 0) => format!("{} errors", several.len()),
            (several, more) => format!(
                "{} errors, of which the first {} are listed",
                several.len() + more,
                several.len()
            ),
        }
    }

    /// The longest wait that one of the errors asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.errors
            .iter()
            .filter_map(|error| error.0.retry_after)
            .max()
    }

    /// The methods to name in `Allow`.
    pub(crate) fn allow(&self) -> Option<&str> {
        self.errors
            .iter()
            .find_map(|error| error.0.allow.as_deref())
    }

    /// How to say who sends a request, for `WWW-Authenticate`.
    pub(crate) fn challenge(&self) -> Option<&str> {
        self.errors
            .iter()
            .find_map(|error| error.0.challenge.as_deref())
    }

    /// Logs what clients must not see: the causes. An answer that is made of it does so by itself; this is for who answers
    /// nobody.
    pub fn log(&self) {
        for error in &self.errors {
            if let Some(cause) = &error.0.cause {
                let causes = chain(cause.as_ref());
                if error.status().is_server_error() {
                    tracing::error!(title = error.title(), causes, "request failed");
                } else {
                    tracing::debug!(title = error.title(), causes, "request refused");
                }
            }
        }
    }
}

impl From<ApiError> for Report {
    fn from(error: ApiError) -> Self {
        Self {
            errors: vec![error],
            left_out: 0,
        }
    }
}

impl Extend<ApiError> for Report {
    fn extend<I: IntoIterator<Item = ApiError>>(&mut self, errors: I) {
        for error in errors {
            self.push(error);
        }
    }
}

impl FromIterator<ApiError> for Report {
    fn from_iter<I: IntoIterator<Item = ApiError>>(errors: I) -> Self {
        let mut report = Self::new();
        report.extend(errors);
        report
    }
}

/// A cause and what caused it, in one line.
fn chain(cause: &dyn std::error::Error) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(statuses: &[u16]) -> Report {
        statuses
            .iter()
            .map(|status| ApiError::new(StatusCode::from_u16(*status).unwrap(), "t", "d"))
            .collect()
    }

    #[test]
    fn the_status_of_several_errors() {
        for (statuses, expected) in [
            (&[][..], 500),
            (&[404], 404),
            (&[503, 503], 503),
            (&[400, 404], 400),
            (&[404, 403], 400),
            (&[404, 500], 500),
            (&[503, 500], 500),
            (&[400, 503], 500),
        ] {
            assert_eq!(report(statuses).status().as_u16(), expected, "{statuses:?}");
        }
    }

    #[test]
    fn a_report_stays_small_and_counts_the_rest() {
        let many = report(&[400; 250]);
        assert_eq!(many.errors().len(), KEPT);
        assert_eq!(
            many.detail(),
            "250 errors, of which the first 100 are listed"
        );
    }

    #[test]
    fn a_failure_after_many_refusals_is_kept() {
        let mut statuses = vec![400; 150];
        statuses.extend([404, 500, 403, 404, 500]);
        let many = report(&statuses);
        assert_eq!((many.errors().len(), many.status().as_u16()), (KEPT, 500));
        let mut last: Vec<_> = many.errors()[96..].iter().map(ApiError::status).collect();
        last.sort_unstable();
        assert_eq!(last, [400, 403, 404, 500]);
        assert_eq!(
            many.detail(),
            "155 errors, of which the first 100 are listed"
        );
    }

    #[test]
    fn a_cause_is_in_neither_detail_nor_display() {
        let error = ApiError::internal(std::io::Error::other("disk of the maintainer"));
        assert!(!error.to_string().contains("disk"));
        assert!(!Report::from(error).to_string().contains("disk"));
    }
}
