//! Where the programs under test are; building them when nobody has said.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The server: what `TOPCHEF_SERVER` names, otherwise what `cargo build` makes of this workspace.
///
/// It is built at most once per process and into the target directory and profile of the running test.
pub(crate) fn server() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| match std::env::var_os("TOPCHEF_SERVER") {
        Some(path) => PathBuf::from(path)
            .canonicalize()
            .expect("TOPCHEF_SERVER names no file"),
        None => built("topchef-server", "--bin", "topchef-server").join("topchef-server"),
    })
}

/// An example of the runtime or of the server: what stands in the folder that `TOPCHEF_EXAMPLES` names, otherwise what `cargo build` makes.
pub(crate) fn example(name: &str) -> PathBuf {
    match std::env::var_os("TOPCHEF_EXAMPLES") {
        Some(folder) => PathBuf::from(folder)
            .join(name)
            .canonicalize()
            .unwrap_or_else(|error| panic!("no {name} where TOPCHEF_EXAMPLES points: {error}")),
        None => built(package_of(name), "--example", name)
            .join("examples")
            .join(name),
    }
}

/// The package that an example is of.
fn package_of(example: &str) -> &'static str {
    let of_server = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../topchef-server/examples")
        .join(format!("{example}.rs"));
    if of_server.exists() {
        "topchef-server"
    } else {
        "topchef-runtime"
    }
}

/// Builds one program of a package, and gives the folder of its profile.
fn built(package: &str, sort: &str, name: &str) -> PathBuf {
    // target/<profile>/deps/<test executable>
    let executable = std::env::current_exe().unwrap();
    let profile = executable
        .ancestors()
        .nth(2)
        .expect("a test runs in target/<profile>/deps");
    let target = profile.parent().unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--package", package, sort, name]);
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
    assert!(status.success(), "{name} does not build: {status}");
    profile.to_owned()
}
