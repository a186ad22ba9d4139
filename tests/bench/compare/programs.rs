//! The programs of the servers: built or installed where they are not there yet.
//!
//! It does not know what is asked of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use topchef_tests::Kind;

use crate::Failure;
use crate::contestants::word;
use crate::figures::say;

/// How a server is had.
pub(crate) enum Program {
    /// A program of this package, with its argument.
    Ours(&'static str, Option<&'static str>),
    /// A crate with dependencies of its own, in the folder of that name.
    Crate(&'static str),
    /// A script that installs what it needs, in the folder of that name.
    Script(&'static str),
}

impl Program {
    /// Makes it where it is not there yet, and says how it is started; `work` is where others install into.
    pub(crate) fn command(&self, kind: Kind, work: &Path) -> Result<Command, Failure> {
        match *self {
            Self::Ours(program, argument) => {
                let mut cargo = cargo();
                cargo.args(["build", "--quiet", "--release", "--package"]);
                cargo.args([env!("CARGO_PKG_NAME"), "--bin", program]);
                let target = work.parent().ok_or("no target folder")?;
                cargo.arg("--target-dir").arg(target);
                build(program, cargo)?;
                let mut command = Command::new(target.join("release").join(program));
                command.args(argument);
                Ok(command)
            }
            Self::Crate(name) => {
                let target = work.join(name);
                let mut cargo = cargo();
                cargo.args(["build", "--quiet", "--release", "--target-dir"]);
                cargo.arg(&target).current_dir(folder(name));
                build(name, cargo)?;
                let mut command =
                    Command::new(target.join("release").join(format!("books-{name}")));
                command.arg(word(kind));
                Ok(command)
            }
            Self::Script(name) => {
                let mut command = script(name, work);
                command.arg(word(kind));
                Ok(command)
            }
        }
    }

    /// What it is made of, once it was started, where it says so itself.
    pub(crate) fn versions(&self, work: &Path) -> Option<String> {
        let Self::Script(name) = *self else {
            return None;
        };
        let output = script(name, work).arg("versions").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        output.status.success().then(|| lines.join(", "))
    }
}

/// The folder of the servers that are not of this workspace.
fn folder(name: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.join("bench/opponents").join(name)
}

fn script(name: &str, work: &Path) -> Command {
    let mut command = Command::new(folder(name).join("run"));
    command.env("BOOKS_WORK", work);
    command
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.env("CARGO_INCREMENTAL", "0");
    cargo
}

/// Minutes, the first time.
fn build(name: &str, mut cargo: Command) -> Result<(), Failure> {
    say(&format!("  building {name}"));
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err(format!("{cargo:?} failed").into())
    }
}
