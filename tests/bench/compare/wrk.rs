//! The load: wrk, which is given the requests by a script of ours.
//!
//! It does not know who answers.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::figures::say;
use crate::operation::{COPIES, Operation, ROWS, Request};

/// How many threads send.
const THREADS: usize = 2;

const INSTALL: &str =
    "wrk, which sends the requests, is not installed: on Debian, apt-get install wrk";

/// wrk with its script.
pub(crate) struct Wrk {
    script: PathBuf,
    connections: usize,
    /// How many runs there were.
    runs: Cell<u32>,
}

/// What came of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub(crate) requests: f64,
    pub(crate) per_second: f64,
    /// The times within which 50, 90 and 99 of 100 requests were answered.
    pub(crate) milliseconds: [f64; 3],
}

impl Wrk {
    /// Installs it where it is missing, and we may.
    pub(crate) fn new(folder: &Path, connections: usize) -> Result<Self, Failure> {
        if version().is_none() {
            install();
        }
        version().ok_or(INSTALL)?;
        let script = folder.join("load.lua");
        fs::write(&script, include_str!("load.lua"))?;
        Ok(Self {
            script,
            connections,
            runs: Cell::new(0),
        })
    }

    /// Sends for so many seconds; any answer that is no success is a failure.
    pub(crate) fn run(
        &self,
        address: &str,
        operation: Operation,
        request: Request,
        seconds: u64,
    ) -> Result<Answered, Failure> {
        let mut wrk = Command::new("wrk");
        wrk.arg(format!("--threads={THREADS}"))
            .arg(format!("--connections={}", self.connections))
            .arg(format!("--duration={seconds}s"))
            .args(["--timeout=30s", "--script"])
            .arg(&self.script)
            .arg(format!("http://{address}"))
            .env("BOOKS_METHOD", request.method)
            .env("BOOKS_PATH", request.path)
            .env("BOOKS_ROWS", ROWS.to_string())
            .env("BOOKS_RUN", self.runs.get().to_string());
        self.runs.set(self.runs.get().wrapping_add(1));
        if let Some(body) = request.body {
            wrk.env("BOOKS_BODY", body);
        }
        if operation == Operation::Delete {
            wrk.env("BOOKS_ONCE", "yes");
            wrk.env("BOOKS_FIRST", COPIES.to_string());
        } else {
            wrk.env("BOOKS_FIRST", "1");
        }
        let output = wrk.output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("measured "));
        let line = line.ok_or_else(|| {
            let error = String::from_utf8_lossy(&output.stderr);
            format!("wrk measured nothing: {text}{error}")
        })?;
        read(line)
    }
}

/// What the script says at its end.
fn read(line: &str) -> Result<Answered, Failure> {
    let numbers = line.split(' ').map(str::parse::<f64>);
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>()?;
    let &[requests, time, broken, refused, half, most, nearly_all] = numbers.as_slice() else {
        return Err(format!("wrk's script says {line:?}").into());
    };
    if broken > 0.0 || refused > 0.0 || requests == 0.0 {
        return Err(format!(
            "of {requests} requests {refused} were refused, {broken} connections broke"
        )
        .into());
    }
    Ok(Answered {
        requests,
        per_second: requests / time * 1e6,
        milliseconds: [half, most, nearly_all].map(|micros| micros / 1e3),
    })
}

/// As it says itself.
pub(crate) fn version() -> Option<String> {
    // It ends with a failure, since it was given nothing to do.
    let output = Command::new("wrk").arg("-v").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.lines().next()?.split(" Copyright").next()?;
    Some(version.to_owned())
}

/// The package of a Debian; whether that went well is seen when it is looked for again.
fn install() {
    say("wrk is missing; installing it");
    for arguments in [
        &["update", "-qq"][..],
        &["install", "-y", "-qq", "--no-install-recommends", "wrk"],
    ] {
        let mut apt = Command::new("apt-get");
        apt.args(arguments);
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        // Without the right to it, or on another system, it fails.
        let _ = apt.output();
    }
}
