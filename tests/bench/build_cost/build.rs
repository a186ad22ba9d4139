//! How the crates are built, and what comes out.
//!
//! It does not know what is in them.

use std::fmt;
use std::fs;
use std::process::Command;

use crate::cost::MEASURED_INTO;
use crate::crates::Crate;
use crate::{Cost, Failure};

/// How a crate is built, with what Cargo itself does by that name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Check,
    Debug,
    Release,
}

impl Profile {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Debug, Self::Release];

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Debug => &["build"],
            Self::Release => &["build", "--release"],
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Check => "check",
            Self::Debug => "debug",
            Self::Release => "release",
        })
    }
}

impl Crate {
    /// Builds the crate anew, and what it needs where that is not there.
    pub(crate) fn build(&self, profile: Profile) -> Result<Cost, Failure> {
        let noted = self.workspace.join("cost");
        // What is not measured anew must not be taken for it.
        if noted.exists() {
            fs::remove_file(&noted)?;
        }
        // The file system's clock may be coarse: a longer text says for sure that something has changed.
        let main = self.source().join("main.rs");
        let text = fs::read_to_string(&main)?;
        fs::write(&main, text + "//\n")?;
        let mut cargo = self.cargo(profile.arguments());
        cargo.env("RUSTC_WRAPPER", std::env::current_exe()?);
        cargo.env(MEASURED_INTO, &noted);
        run(cargo)?;
        Cost::read(&noted)
    }

    /// How many lines the functions have that the compiler hands to LLVM, for a release build.
    pub(crate) fn lines_of_llvm_ir(&self) -> Result<usize, Failure> {
        let text = self.workspace.join(format!("{}.ll", self.package));
        let mut cargo = self.cargo(&["rustc", "--release"]);
        cargo.args(["--", "-Cno-prepopulate-passes", "-Ccodegen-units=1"]);
        cargo.arg(format!("--emit=llvm-ir={}", text.display()));
        run(cargo)?;
        let mut lines = 0;
        let mut is_inside = false;
        for line in fs::read_to_string(&text)?.lines() {
            is_inside = is_inside || line.starts_with("define ");
            lines += usize::from(is_inside);
            is_inside = is_inside && line != "}";
        }
        fs::remove_file(&text)?;
        Ok(lines)
    }

    /// The size of the program of the last release build.
    pub(crate) fn bytes(&self) -> Result<u64, Failure> {
        let program = self.workspace.join("target/release").join(&self.package);
        Ok(fs::metadata(program)?.len())
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .current_dir(&self.workspace)
            .args(arguments)
            .args(["--quiet", "--package", &self.package])
            .env("CARGO_TARGET_DIR", self.workspace.join("target"))
            .env("CARGO_INCREMENTAL", "0");
        cargo
    }
}

fn run(mut cargo: Command) -> Result<(), Failure> {
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err(format!("{cargo:?} failed").into())
    }
}
