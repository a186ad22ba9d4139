//! The table of contents of the server: every path, and the handler of each method.
//!
//! It does not know what the handlers do.

use std::future::ready;

use axum::Router;
use axum::routing::{MethodRouter, get};
use http::header::ALLOW;
use http::{Method, StatusCode};
use topchef_runtime::ApiError;
use topchef_runtime::http::guarded;

use crate::app::App;
use crate::authentication;
use crate::compat::v2::{jobs, root, service_jobs, services, validator};
use crate::layers;

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
            "/services/{service}/queue",
            only("OPTIONS, HEAD, GET", get(service_jobs::queue)),
        )
        // All jobs.
        .route("/jobs", only("OPTIONS, HEAD, GET", get(jobs::list)))
        .route(
            "/jobs/{job}",
            only(
                "OPTIONS, PATCH, HEAD, GET",
                get(jobs::show).patch(jobs::change),
            ),
        )
        // JSON Schema for anybody.
        .route(
            "/validator",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(validator::show).post(validator::validate),
            ),
        );
    let tokens = app.tokens().clone();
    let router = guarded(router.with_state(app));
    layers::around(authentication::around(router, tokens))
}

/// The methods of a path with `OPTIONS`, and 405 for all others.
fn only(allow: &'static str, methods: MethodRouter<App>) -> MethodRouter<App> {
    methods
        .options(move || ready((StatusCode::OK, [(ALLOW, allow)])))
        .fallback(move |method: Method| ready(ApiError::method_not_implemented(&method, allow)))
}
