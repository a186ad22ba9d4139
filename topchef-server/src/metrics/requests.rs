//! What is counted of each request: by its method, by the template of its route, and by how it was answered.
//!
//! It does not know the routes. Nothing that a stranger may choose becomes a label: neither a path nor a method.

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

/// A request that is not answered yet; when this is dropped, nobody waits for an answer any more.
struct UnderWay {
    metrics: Metrics,
    method: &'static str,
    route: String,
    began: Instant,
    answered: Option<StatusCode>,
}

impl UnderWay {
    fn new(metrics: Metrics, request: &Request) -> Self {
        metrics.0.in_flight.increment(1.0);
        let route = request.extensions().get::<MatchedPath>();
        Self {
            metrics,
            method: method(request.method()),
            route: route.map_or(UNMATCHED, MatchedPath::as_str).to_owned(),
            began: Instant::now(),
            answered: None,
        }
    }

    fn answered(mut self, status: StatusCode) {
        self.answered = Some(status);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let (method, route) = (self.method, std::mem::take(&mut self.route));
        self.metrics.0.in_flight.decrement(1.0);
        self.metrics.record(|| match self.answered {
            Some(status) => {
                metrics::histogram!(DURATION, "method" => method, "route" => route.clone())
                    .record(self.began.elapsed());
                let status = status.as_u16().to_string();
                metrics::counter!(REQUESTS, "method" => method, "route" => route, "status" => status)
                    .increment(1);
            }
            None => {
                metrics::counter!(ABANDONED, "method" => method, "route" => route).increment(1);
            }
        });
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
