//! The original's clients, written again in Python from their description, against the real binary.
//!
//! What each of them does stands in `tests/clients`.

use std::path::PathBuf;
use std::process::Command;

use topchef_tests::{Server, skip};

/// Runs one client to its end against a server of its own; says so where there is no Python.
fn run(script: &str, below: &str) {
    let version = Command::new("python3").arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        skip("the original's clients need python3");
        return;
    }
    let server = Server::start();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients");
    let output = Command::new("python3")
        // Nothing is left beside the sources.
        .arg("-B")
        .arg(folder.join(script))
        .args(["--base", &format!("{}{below}", server.base())])
        .output();
    let output = output.unwrap_or_else(|error| unreachable!("python3 ran a moment ago: {error}"));
    assert!(
        output.status.success(),
        "{script} did not get what it needs:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        !server.log().contains("ERROR"),
        "{script} made the server fail: {}",
        server.log()
    );
}

#[test]
fn the_java_client_gets_what_it_needs() {
    run("java_v2.py", "");
}

#[test]
fn the_java_client_drops_the_path_of_its_base_address() {
    run("java_v2.py", "/lab/topchef");
}

#[test]
fn matlab_gets_what_it_needs_of_the_validator() {
    run("matlab_v2.py", "");
}

#[test]
fn the_python_client_gets_what_it_needs_under_v1() {
    run("python_v1.py", "");
}
