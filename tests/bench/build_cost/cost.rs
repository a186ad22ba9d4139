//! What one run of the compiler costs: seconds of processors, and memory.
//!
//! It does not know what is compiled.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::Failure;

/// Names the file that this program, in the compiler's place, writes what it measured into.
pub(crate) const MEASURED_INTO: &str = "TOPCHEF_MEASURED_INTO";

/// Begins the names of all crates that are measured.
pub(crate) const MEASURED: &str = "measured_";

/// What the compiler, and the linker that it calls, needed for one crate.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds of all processors together.
    pub(crate) seconds: f64,
    /// The most memory that one of the two processes had, in MiB.
    pub(crate) memory: f64,
}

/// Runs the compiler with this program's arguments, and notes what it cost when it is for a crate to be measured.
pub(crate) fn compile(file: &Path) -> Result<ExitCode, Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let compiler = arguments.next().ok_or("no compiler is named")?;
    let arguments: Vec<OsString> = arguments.collect();
    let is_measured = arguments.windows(2).any(|pair| {
        let name = pair[1].to_str().unwrap_or_default();
        pair[0] == "--crate-name" && name.starts_with(MEASURED)
    });
    let status = Command::new(compiler).args(&arguments).status()?;
    if !status.success() {
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        return Ok(code.map_or(ExitCode::FAILURE, ExitCode::from));
    }
    if is_measured {
        // Of this process's children, of which there was one.
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        fs::write(
            file,
            format!("{} {}", milliseconds(&usage), usage.max_rss()),
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn milliseconds(usage: &Usage) -> i64 {
    usage.user_time().num_milliseconds() + usage.system_time().num_milliseconds()
}

impl Cost {
    /// What the compiler noted.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let noted = fs::read_to_string(file)?;
        let (milliseconds, kibibytes) = noted.split_once(' ').ok_or("nothing was measured")?;
        Ok(Self {
            seconds: milliseconds.parse::<f64>()? / 1000.0,
            memory: kibibytes.parse::<f64>()? / 1024.0,
        })
    }
}
