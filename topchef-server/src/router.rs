//! The table of contents of the server: every path, and the handler of each method.
//!
//! It does not know what the handlers do.

use std::future::ready;

use axum::Router;
use axum::routing::{MethodRouter, delete, get, post};
use http::header::ALLOW;
use http::{Method, StatusCode};
use topchef_runtime::ApiError;
use topchef_runtime::http::guarded;

use crate::api;
use crate::app::App;
use crate::authentication;
use crate::compat::v1;
use crate::compat::v2::{jobs, root, service_jobs, services, validator};
use crate::layers;
use crate::operating::{health, metrics};

/// The router over the application, for a server that serves nothing else.
pub fn router(app: App) -> Router {
    let counted = app.metrics().clone();
    let tokens = app.tokens().clone();
    let operating = operating().with_state(app.clone());
    let router = guarded(unguarded(app).merge(operating));
    layers::around(authentication::around(router, tokens), counted)
}

/// What is for who runs the server.
fn operating() -> Router<App> {
    Router::new()
        .route(
            "/health/live",
            only("OPTIONS, HEAD, GET", get(health::live)),
        )
        .route(
            "/health/ready",
            only("OPTIONS, HEAD, GET", get(health::ready)),
        )
        .route("/metrics", only("OPTIONS, HEAD, GET", get(metrics::show)))
}

/// The routes alone, to be merged with those of other resources or nested below a path: what is not served is answered by
/// the other router.
///
/// Where the configuration has tokens, every request needs one here too; otherwise who may use them, and what else stands
/// around them, is the application's business.
/// Somebody must also look after jobs whose worker is gone: [`Queue::watch`](crate::queue::Queue::watch).
///
/// An application whose hook submits a job in the transaction of its write, so that there are both or neither:
///
/// ```
/// use topchef_runtime::{Api, Context, ModelResource, Next, Report, Tracked, Transaction};
/// use topchef_server::app::App;
/// use topchef_server::config::Config;
/// use topchef_server::queue::Submit;
/// use topchef_server::router;
/// use uuid::Uuid;
///
/// #[derive(ModelResource)]
/// #[resource(before_commit(post = weigh))]
/// struct Sample {
///     id: i64,
///     /// The service that weighs it.
///     service_id: Uuid,
///     rpm: i32,
/// }
///
/// async fn weigh(cx: &Context, tx: &mut Transaction, sample: &mut Tracked<Sample>) -> Result<Next, Report> {
///     cx.submit(tx, sample.service_id, &serde_json::json!({"rpm": sample.rpm})).await?;
///     Ok(Next::Proceed)
/// }
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::TempDir::new()?;
/// # let file = folder.path().join("lab.db").display().to_string();
/// let app = App::open(Config { database: file.parse()?, ..Config::default() }).await?;
/// app.database().create_tables::<Sample>().await?;
/// let _watch = app.queue().watch();
/// let samples = Api::new(app.database().clone()).state(app.queue().clone()).resource::<Sample>();
/// let merged = samples.public().into_router().merge(router::routes(app));
/// # let _: axum::Router = merged; Ok(()) }
/// ```
///
/// Nested below a path, all links lead there:
///
/// ```
/// # use topchef_runtime::http::guarded;
/// # use topchef_server::app::App;
/// # use topchef_server::config::Config;
/// # use topchef_server::router;
/// # use tower::ServiceExt as _;
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::TempDir::new()?;
/// # let file = folder.path().join("lab.db").display().to_string();
/// # let app = App::open(Config { database: file.parse()?, ..Config::default() }).await?;
/// let nested = guarded(axum::Router::new().nest("/queue", router::routes(app)));
/// let request = http::Request::get("/queue/jobs").header("host", "lab.example.org").body(axum::body::Body::empty())?;
/// let answer = nested.oneshot(request).await?;
/// let body = axum::body::to_bytes(answer.into_body(), 10_000).await?;
/// let body: serde_json::Value = serde_json::from_slice(&body)?;
/// assert_eq!(body["links"]["self"], "http://lab.example.org/queue/jobs");
/// # Ok(()) }
/// ```
pub fn routes(app: App) -> Router {
    let tokens = app.tokens().clone();
    authentication::around(unguarded(app), tokens)
}

/// The routes of the queue, for whoever has come so far.
fn unguarded(app: App) -> Router {
    let job_sets = api::job_sets::resource(&app);
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
                get(services::show)
                    .patch(services::change)
                    .delete(api::services::remove),
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
                "OPTIONS, PATCH, PUT, DELETE, HEAD, GET",
                get(jobs::show)
                    .patch(jobs::change)
                    .put(v1::jobs::replace)
                    .delete(api::jobs::remove),
            ),
        )
        .route(
            "/jobs/{job}/cancel",
            only("OPTIONS, POST", post(api::jobs::cancel)),
        )
        .route(
            "/jobs/{job}/retry",
            only("OPTIONS, POST", post(api::jobs::retry)),
        )
        // What is below a set of jobs; the sets are a resource.
        .route(
            "/job-sets/{id}/jobs",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(api::job_sets::jobs).post(api::job_sets::add),
            ),
        )
        .route(
            "/job-sets/{id}/jobs/{job}",
            only("OPTIONS, DELETE", delete(api::job_sets::remove)),
        )
        .route(
            "/job-sets/{id}/progress",
            only("OPTIONS, HEAD, GET", get(api::job_sets::progress)),
        )
        .route(
            "/job-sets/{id}/results",
            only("OPTIONS, HEAD, GET", get(api::job_sets::results)),
        )
        // JSON Schema for anybody.
        .route(
            "/validator",
            only(
                "OPTIONS, POST, HEAD, GET",
                get(validator::show).post(validator::validate),
            ),
        );
    router
        .merge(first_form())
        .with_state(app)
        .merge(job_sets.reset_fallback())
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
