//! The table of contents of the server: every path, and the handler of each method.
//!
//! It does not know what the handlers do.

use std::future::ready;

use axum::Router;
use axum::routing::{MethodRouter, get, post};
use http::header::ALLOW;
use http::{Method, StatusCode};
use topchef_runtime::ApiError;
use topchef_runtime::http::guarded;

use crate::app::App;
use crate::compat::v1;
use crate::compat::v2::{jobs, root, service_jobs, services, validator};
use crate::layers;
use crate::operating::{health, metrics};

/// The router over the application.
pub fn router(app: App) -> Router {
    let router = Router::new()
        // About the server.
        .route("/", only("OPTIONS, HEAD, GET", get(root::show)))
        // Services.
        .route(
            "/services",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(services::list).post(services::register),
            ),
        )
        .route(
            "/services/{service}",
            only(
                "OPTIONS, PATCH, HEAD, GET",
                get(services::show).patch(services::change),
            ),
        )
        // The jobs of a service.
        .route(
            "/services/{service}/jobs",
            only(
                "OPTIONS, GET, HEAD, POST",
                get(service_jobs::list).post(service_jobs::submit),
            ),
        )
        .route(
            "/services/{service}/jobs/next",
            only("OPTIONS, HEAD, GET", get(service_jobs::next)),
        )
        .route(
            "/services/{service}/next",
            only("OPTIONS, HEAD, GET", get(service_jobs::next)),
        )
        .route(
            "/services/{service}/queue",
            only("OPTIONS, HEAD, GET", get(service_jobs::queue)),
        )
        // All jobs.
        .route("/jobs", only("OPTIONS, HEAD, GET", get(jobs::list)))
        .route(
            "/jobs/{job}",
            only(
                "OPTIONS, PATCH, PUT, HEAD, GET",
                get(jobs::show).patch(jobs::change).put(v1::jobs::replace),
            ),
        )
        // JSON Schema for anybody.
        .route(
            "/validator",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(validator::show).post(validator::validate),
            ),
        )
        // For who runs the server.
        .route(
            "/health/live",
            only("OPTIONS, HEAD, GET", get(health::live)),
        )
        .route(
            "/health/ready",
            only("OPTIONS, HEAD, GET", get(health::ready)),
        )
        .route("/metrics", only("OPTIONS, HEAD, GET", get(metrics::show)));
    let router = router.merge(first_form());
    let counted = app.metrics().clone();
    layers::around(guarded(router.with_state(app)), counted)
}

/// The first form, under `/v1`.
fn first_form() -> Router<App> {
    let about = || only("OPTIONS, HEAD, GET", get(v1::root::show));
    Router::new()
        .route("/v1", about())
        .route("/v1/", about())
        .route(
            "/v1/services",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(v1::services::list).post(v1::services::register),
            ),
        )
        .route(
            "/v1/services/{service}",
            only(
                "OPTIONS, PATCH, HEAD, GET",
                get(v1::services::show).patch(services::change),
            ),
        )
        .route(
            "/v1/services/{service}/jobs",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(v1::service_jobs::list).post(v1::service_jobs::submit),
            ),
        )
        .route(
            "/v1/services/{service}/jobs/{job}",
            only(
                "OPTIONS, PUT, HEAD, GET",
                get(v1::jobs::show_of_service).put(v1::jobs::replace_of_service),
            ),
        )
        .route(
            "/v1/services/{service}/queue",
            only("OPTIONS, HEAD, GET", get(v1::service_jobs::queue)),
        )
        .route("/v1/jobs", only("OPTIONS, HEAD, GET", get(v1::jobs::list)))
        .route(
            "/v1/jobs/{job}",
            only(
                "OPTIONS, PATCH, PUT, HEAD, GET",
                get(v1::jobs::show)
                    .put(v1::jobs::replace)
                    .patch(v1::jobs::replace),
            ),
        )
        .route(
            "/v1/jobs/{job}/next",
            only("OPTIONS, HEAD, GET", get(v1::jobs::next)),
        )
        .route(
            "/v1/validator",
            only("OPTIONS, POST", post(v1::validator::validate)),
        )
        .route("/v1/echo", only("OPTIONS, POST", post(v1::echo::repeat)))
}

/// The methods of a path with `OPTIONS`, and 405 for all others.
fn only(allow: &'static str, methods: MethodRouter<App>) -> MethodRouter<App> {
    methods
        .options(move || ready((StatusCode::OK, [(ALLOW, allow)])))
        .fallback(move |method: Method| ready(ApiError::method_not_implemented(&method, allow)))
}
