//! A job queue for labs: services with JSON-Schema contracts, jobs that must satisfy them, workers over plain HTTP.
//!
//! This file owns the order of the modules, leaf first; it holds no logic.

pub mod tokens;

pub mod config;

pub mod telemetry;

pub mod shutdown;

pub mod connections;

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
