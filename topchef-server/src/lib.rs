//! A job queue for labs: services with JSON-Schema contracts, jobs that must satisfy them, workers over plain HTTP.
//!
//! This file owns the order of the modules, leaf first; it holds no logic.
//!
//! # Name a hook, get a durable job
//!
//! The binary `topchef-server` is the queue by itself. As a library it is mounted beside the resources of an application, in
//! the same database: a hook submits a job in its own transaction, whoever works does so over HTTP, and the client is
//! answered with the job.
//!
//! ```no_run
//! use http::StatusCode;
//! use topchef_runtime::{Api, Committed, Context, ModelResource, Next, Reply, Report, Transaction};
//! use topchef_server::app::App;
//! use topchef_server::config::Config;
//! use topchef_server::queue::Submit;
//! use topchef_server::resources::Job;
//! use topchef_server::router;
//! use uuid::Uuid;
//!
//! #[derive(ModelResource)]
//! #[resource(after_commit(post = submit_job), serial_fields(post = Job[id, status()]))]
//! struct Sample {
//!     id: i64,
//!     /// The service that weighs it.
//!     service_id: Uuid,
//!     rpm: i32,
//! }
//!
//! async fn submit_job(cx: &Context, tx: &mut Transaction, sample: &Committed<Sample>) -> Result<Next, Report> {
//!     let parameters = serde_json::json!({"rpm": sample.rpm});
//!     let job = cx.submit(tx, sample.service_id, &parameters).await?;
//!     Ok(Next::Instead(Reply::record(StatusCode::ACCEPTED, &job)?))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = App::open(Config { database: "lab.db".parse()?, ..Config::default() }).await?;
//!     app.database().create_tables::<Sample>().await?;
//!     let _watch = app.queue().watch();
//!     let api = Api::new(app.database().clone()).state(app.queue().clone()).resource::<Sample>();
//!     let router = api.public().into_router().merge(router::routes(app));
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//!     axum::serve(listener, router).await?;
//!     Ok(())
//! }
//! ```
//!
//! `POST /samples` is answered with 202 and the job, in the terms of [`queue`].
//! [`router::routes`] says how the queue is merged or nested, [`app::App`] how it is opened, [`models`] how services and jobs
//! are used in code. The example `machine_learning` is a whole application, and `docs/machine_learning.md` walks through it.

pub mod tokens;

pub mod config;

pub mod telemetry;

pub mod shutdown;

pub mod method_override;

pub mod cached;

pub mod migrations;

pub mod contract;

pub mod resources;

pub mod queue;

pub mod metrics;

pub mod models;

pub mod readiness;

pub mod app;

pub mod wire;

pub mod compat;

pub mod api;

pub mod operating;

pub mod authentication;

pub mod layers;

pub mod router;

pub mod cli;
