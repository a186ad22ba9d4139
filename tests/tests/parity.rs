//! The recorded exchanges of the original server, played against this one where they lie beside the checkout.

use std::path::Path;
use std::process::Command;
use topchef_tests::{Server, skip};

/// Beside the repository, never in it.
const REPLAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/parity/replay.py");

#[test]
fn the_originals_exchanges_come_out_the_same() {
    if !Path::new(REPLAY).is_file() {
        skip("the recorded exchanges of the original are not here (../shared/parity)");
        return;
    }
    if Command::new("python3")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        replay();
    } else {
        skip("the recorded exchanges of the original need python3");
    }
}

fn replay() {
    let server = Server::start();
    let output = Command::new("python3")
        .args([REPLAY, "--base", server.base(), "--no-extra"])
        .output();
    let output = output.unwrap_or_else(|error| unreachable!("python3 ran a moment ago: {error}"));
    assert!(
        output.status.success(),
        "the original answered otherwise:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
