//! Where the server's binary is; building it when nobody has said.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary under test: what `TOPCHEF_SERVER` names, otherwise what `cargo build` makes of this workspace.
///
/// It is built at most once per process and into the target directory and profile of the running test.
pub(crate) fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| match std::env::var_os("TOPCHEF_SERVER") {
        Some(path) => PathBuf::from(path)
            .canonicalize()
            .expect("TOPCHEF_SERVER names no file"),
        None => build(),
    })
}

fn build() -> PathBuf {
    // target/<profile>/deps/<test executable>
    let executable = std::env::current_exe().unwrap();
    let profile = executable
        .ancestors()
        .nth(2)
        .expect("a test runs in target/<profile>/deps");
    let target = profile.parent().unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "build",
        "--package",
        "topchef-server",
        "--bin",
        "topchef-server",
    ]);
    cargo
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => {}
        Some(name) => {
            cargo.args(["--profile", name]);
        }
    }
    let status = cargo.status().expect("cargo could not be run");
    assert!(status.success(), "topchef-server does not build: {status}");
    profile.join("topchef-server")
}
