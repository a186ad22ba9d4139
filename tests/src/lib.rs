//! The harness of the end-to-end suites: it owns the child processes, the requests and the shape of every answer.
//! It knows the wire contract and nothing of the server's code.
//!
//! A suite starts the real binary with [`Server::start`], speaks to it through [`Server::api`] (or through [`raw`] where
//! an ordinary client would refuse to send such bytes), and reads refusals with [`Answer::problem`].
//! A suite of the runtime derives its own resources and serves them in its own process, with [`local`].

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "a broken harness must stop the test, and say why where the test runner shows it"
)]

mod answer;
mod api;
mod binary;
mod cluster;
mod curl;
mod database;
mod example;
pub mod experiments;
pub mod lab;
mod launch;
pub mod local;
pub mod log;
pub mod raw;
mod server;
pub mod stranger;
mod walk;

pub use answer::{Answer, Fault, assert_keys};
pub use api::Api;
pub use cluster::Cluster;
pub use database::{Kind, Scratch};
pub use example::Example;
pub use launch::{Finished, Launch};
pub use server::Server;
pub use walk::{walk, walk_comment, walk_watched};

use std::io::Write;
use std::time::{Duration, Instant};

/// How long [`eventually`] waits before it gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Asks `probe` again and again until it gives something, and gives that.
///
/// # Panics
///
/// When nothing came within [`PATIENCE`]; the message names `what` was waited for.
pub async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain for {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Says that a test could not look at its matter here, and why.
///
/// The line goes to stderr and, when `TOPCHEF_SKIPPED` names a file, to the end of that file too: a test runner hides
/// what a passing test prints, and `tests/run` shows that file at its end.
pub fn skip(reason: &str) {
    eprintln!("SKIPPED: {reason}");
    if let Some(path) = std::env::var_os("TOPCHEF_SKIPPED") {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        writeln!(file, "{reason}").unwrap();
    }
}

/// A port of 127.0.0.1 on which nobody listened a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}
