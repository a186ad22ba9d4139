//! What else the figures depend on: the versions of all that takes part.
//!
//! It does not know what is measured.

use std::process::Command;

use crate::Failure;
use crate::data::ask;
use crate::figures::say;
use crate::wrk;

/// What is asked for its version: the first line that it prints is one.
const PROGRAMS: [&str; 3] = ["rustc", "python3", "node"];

/// The crates that the servers in Rust are made of.
const CRATES: [&str; 6] = ["axum", "hyper", "tokio", "sqlx", "rusqlite", "mimalloc"];

/// Those of the server with dependencies of its own.
const CRUDCRATE: [&str; 4] = ["crudcrate", "sea-orm", "axum", "sqlx"];

pub(crate) fn describe() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    say(&format!(
        "cargo run --release --package {} --bin compare -- {}",
        env!("CARGO_PKG_NAME"),
        arguments.join(" ")
    ));
    let mut versions = vec![wrk::version().unwrap_or_default()];
    for program in PROGRAMS {
        let output = Command::new(program).arg("--version").output().ok();
        let output = output.filter(|output| output.status.success());
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let line = text.as_deref().and_then(|text| text.lines().next());
        versions.push(match (program, line) {
            (_, None) => format!("no {program}"),
            ("node", Some(line)) => format!("Node {line}"),
            (_, Some(line)) => line.to_owned(),
        });
    }
    say(&versions.join(", "));
    let ours = locked(include_str!("../../../Cargo.lock"), &CRATES);
    say(&format!("ours and by hand: {ours}"));
    let lock = include_str!("../opponents/crudcrate/Cargo.lock");
    say(&format!("crudcrate: {}", locked(lock, &CRUDCRATE)));
}

/// Which versions of them were chosen.
fn locked(lock: &str, crates: &[&str]) -> String {
    let versions = crates.iter().filter_map(|name| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some(format!("{name} {}", rest.split('"').next()?))
    });
    versions.collect::<Vec<_>>().join(", ")
}

/// How carefully it writes, too.
pub(crate) fn describe_postgres(address: &str) -> Result<(), Failure> {
    let version = ask(address, "SHOW server_version")?.join("");
    let mut settings = vec![format!("PostgreSQL {version}")];
    for name in ["fsync", "synchronous_commit", "shared_buffers"] {
        let value = ask(address, &format!("SHOW {name}"))?.join("");
        settings.push(format!("{name}={value}"));
    }
    say(&settings.join(", "));
    Ok(())
}
