//! A job queue for labs: services with JSON-Schema contracts, jobs that must satisfy them, workers over plain HTTP.
//!
//! This file owns the reading order; it holds no logic.

pub mod cli;

pub mod config;

pub mod telemetry;

pub mod shutdown;

pub mod method_override;

pub mod app;

pub mod router;

pub mod compat;

pub mod resources;

pub mod contract;

pub mod migrations;
