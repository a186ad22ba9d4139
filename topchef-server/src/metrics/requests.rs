//! What is counted of each request: by its method, by the template of its route, and by how it was answered.
//!
//! It does not know the routes. Nothing that a stranger may choose becomes a label: neither a path nor a method.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{Method, StatusCode};

use super::{ABANDONED, DURATION, Metrics, REQUESTS};

/// The route of what is served nowhere.
const UNMATCHED: &str = "unmatched";

/// Counts a request around its handling.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let under_way = UnderWay::new(metrics, &request);
    let response = next.run(request).await;
    under_way.answered(response.status());
    response
}

/// The series of all answers so far, by route: labels are put together for the first answer of each series alone.
#[derive(Default)]
pub(super) struct AllSeries(RwLock<HashMap<Box<str>, Vec<Series>>>);

/// Where the answers with one status to one method on one route are recorded.
struct Series {
    method: &'static str,
    status: StatusCode,
    seconds: metrics::Histogram,
    requests: metrics::Counter,
}

impl Series {
    fn is_of(&self, method: &str, status: StatusCode) -> bool {
        self.status == status && self.method == method
    }

    fn record(&self, began: Instant) {
        self.seconds.record(began.elapsed());
        self.requests.increment(1);
    }
}

impl AllSeries {
    /// Records an answer if its series is known; returns whether it was.
    fn record(&self, request: &UnderWay, status: StatusCode) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let of_route = known.get(request.route()).map_or(&[][..], Vec::as_slice);
        let mut of_route = of_route.iter();
        let series = of_route.find(|series| series.is_of(request.method, status));
        if let Some(series) = series {
            series.record(request.began);
        }
        series.is_some()
    }

    /// Keeps a series, unless somebody else did meanwhile.
    fn keep(&self, route: &str, series: Series) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let of_route = known.entry(route.into()).or_default();
        let mut kept = of_route.iter();
        if !kept.any(|kept| kept.is_of(series.method, series.status)) {
            of_route.push(series);
        }
    }
}

/// A request that is not answered yet; when this is dropped, nobody waits for an answer any more.
struct UnderWay {
    metrics: Metrics,
    method: &'static str,
    matched: Option<MatchedPath>,
    began: Instant,
    answered: Option<StatusCode>,
}

impl UnderWay {
    fn new(metrics: Metrics, request: &Request) -> Self {
        metrics.0.in_flight.increment(1.0);
        Self {
            metrics,
            method: method(request.method()),
            matched: request.extensions().get().cloned(),
            began: Instant::now(),
            answered: None,
        }
    }

    fn route(&self) -> &str {
        self.matched.as_ref().map_or(UNMATCHED, MatchedPath::as_str)
    }

    fn answered(mut self, status: StatusCode) {
        self.answered = Some(status);
    }

    fn count_answer(&self, status: StatusCode) {
        let known = &self.metrics.0.answers;
        if known.record(self, status) {
            return;
        }
        let (method, route) = (self.method, self.route());
        self.metrics.record(|| {
            let series = Series {
                method,
                status,
                seconds: metrics::histogram!(
                    DURATION, "method" => method, "route" => route.to_owned()
                ),
                requests: metrics::counter!(
                    REQUESTS, "method" => method, "route" => route.to_owned(),
                    "status" => status.as_u16().to_string()
                ),
            };
            series.record(self.began);
            known.keep(route, series);
        });
    }

    fn count_abandoned(&self) {
        let (method, route) = (self.method, self.route().to_owned());
        self.metrics.record(|| {
            metrics::counter!(ABANDONED, "method" => method, "route" => route).increment(1);
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.metrics.0.in_flight.decrement(1.0);
        match self.answered {
            Some(status) => self.count_answer(status),
            None => self.count_abandoned(),
        }
        self.metrics.sum_up();
    }
}

/// A method by its name; what HTTP does not know is one.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::task::{Context, Poll, Waker};

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    fn sample(metrics: &Metrics, name: &str) -> Option<String> {
        let text = metrics.render();
        let mut lines = text.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
    }

    #[tokio::test]
    async fn a_request_that_nobody_waits_for_any_more_is_counted_as_such() {
        let metrics = Metrics::new();
        let router = Router::new()
            .route("/slow/{id}", get(pending::<()>))
            .layer(from_fn_with_state(metrics.clone(), count));
        let request = Request::get("/slow/7").body(Body::empty()).unwrap();
        let mut answer = Box::pin(router.oneshot(request));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(answer.as_mut().poll(&mut context), Poll::Pending));
        let in_flight = || sample(&metrics, "topchef_http_requests_in_flight ");
        assert_eq!(in_flight().as_deref(), Some("1"));
        drop(answer);
        assert_eq!(in_flight().as_deref(), Some("0"));
        let labels = "{method=\"GET\",route=\"/slow/{id}\"} ";
        let abandoned = sample(&metrics, &format!("{ABANDONED}{labels}"));
        assert_eq!(abandoned.as_deref(), Some("1"));
        assert_eq!(sample(&metrics, &format!("{REQUESTS}{{")), None);
    }

    #[tokio::test]
    async fn what_was_recorded_is_summed_up_when_nobody_asks_for_it() {
        let metrics = Metrics::new();
        let router = Router::new()
            .route("/", get(async || ()))
            .layer(from_fn_with_state(metrics.clone(), count));
        let requests = super::super::SUM_UP_AFTER + 1;
        for _ in 0..requests {
            let request = Request::get("/").body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
        let counted = sample(
            &metrics,
            &format!("{DURATION}_count{{method=\"GET\",route=\"/\"}} "),
        );
        assert_eq!(counted, Some(requests.to_string()));
    }
}
