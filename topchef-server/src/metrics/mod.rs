//! What the server counts of itself, for Prometheus: names, units and what they mean.
//!
//! It does not know who asks. What the database and its driver count is read when somebody does.

mod jobs;
mod requests;
mod stored;
mod text;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

pub use jobs::OpenJobs;
pub use requests::count;
pub use stored::{LastStored, Stored};
pub use text::{Kind, Text};

const REQUESTS: &str = "topchef_http_requests_total";
const ABANDONED: &str = "topchef_http_requests_abandoned_total";
const DURATION: &str = "topchef_http_request_duration_seconds";
const IN_FLIGHT: &str = "topchef_http_requests_in_flight";

/// From a read out of memory to the longest that a request may take.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// After how many requests what was recorded of them is summed up, when nobody asks for it: until then each takes a few
/// bytes.
const SUM_UP_AFTER: u64 = 4096;

/// The counters, gauges and histograms of one server; cheap to clone.
///
/// Not those of the process: two servers in one process, as in a test, count for themselves.
#[derive(Clone)]
pub struct Metrics(Arc<Recorded>);

struct Recorded {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    in_flight: metrics::Gauge,
    answers: requests::AllSeries,
    requests: AtomicU64,
    started: SystemTime,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let seconds = Matcher::Full(DURATION.to_owned());
        // Without a time after which idle series go: the handles of answers are kept for as long as this is.
        let builder = PrometheusBuilder::new();
        // Refused are no buckets at all.
        let builder = builder
            .set_buckets_for_metric(seconds, &SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        let in_flight = metrics::with_local_recorder(&recorder, || {
            describe();
            let in_flight = metrics::gauge!(IN_FLIGHT);
            in_flight.set(0.0);
            in_flight
        });
        Self(Arc::new(Recorded {
            recorder,
            handle,
            in_flight,
            answers: requests::AllSeries::default(),
            requests: AtomicU64::new(0),
            started: SystemTime::now(),
        }))
    }

    /// Everything counted so far, in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.handle.render()
    }

    /// When this began to count, in seconds since 1970.
    pub fn started_seconds(&self) -> f64 {
        let since = self.0.started.duration_since(SystemTime::UNIX_EPOCH);
        since.unwrap_or_default().as_secs_f64()
    }

    /// Records something by the macros of `metrics`.
    fn record(&self, what: impl FnOnce()) {
        metrics::with_local_recorder(&self.0.recorder, what);
    }

    /// Sums up what was recorded of single requests, now and then.
    fn sum_up(&self) {
        let requests = self.0.requests.fetch_add(1, Ordering::Relaxed);
        if requests % SUM_UP_AFTER == SUM_UP_AFTER - 1 {
            self.0.handle.run_upkeep();
        }
    }
}

fn describe() {
    metrics::describe_counter!(REQUESTS, "Requests that were answered.");
    metrics::describe_counter!(
        ABANDONED,
        "Requests whose client went away before the answer."
    );
    metrics::describe_histogram!(
        DURATION,
        "Time from the head of a request to the head of its answer."
    );
    metrics::describe_gauge!(IN_FLIGHT, "Requests that are not answered yet.");
}
