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
