//! A server that runs over a database of its own, until it is dropped.
//!
//! It does not know what it is asked for.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use topchef_tests::{Kind, free_port};

use crate::Failure;
use crate::contestants::Contestant;
use crate::data::Data;
use crate::interrupt;
use crate::operation::ROWS;
use crate::tree::{self, Usage};

/// How long a server may take to answer: some install what they need before.
const PATIENCE: Duration = Duration::from_mins(15);

/// How long it may take to end when it is told to.
const GRACE: Duration = Duration::from_secs(5);

/// Where servers are started, and what they are told.
pub(crate) struct Place<'a> {
    pub(crate) kind: Kind,
    /// For files that are removed at the end.
    pub(crate) folder: &'a Path,
    /// For what is kept from one run to the next.
    pub(crate) work: &'a Path,
    /// The address of a `PostgreSQL` server; empty on the other database.
    pub(crate) postgres: &'a str,
}

pub(crate) struct Served<'a> {
    pub(crate) contestant: &'a Contestant,
    /// With the number of connections, where another than its own is tried.
    pub(crate) name: String,
    pub(crate) address: String,
    child: Child,
    log: PathBuf,
    // Removed after the server has ended.
    pub(crate) data: Data,
}

impl<'a> Served<'a> {
    /// Starts it, and waits until somebody listens.
    pub(crate) fn start(
        place: &Place<'_>,
        contestant: &'a Contestant,
        pool: Option<u32>,
    ) -> Result<Self, Failure> {
        let file = match pool {
            Some(pool) => format!("{}-{pool}", contestant.name),
            None => contestant.name.to_owned(),
        };
        let name = match pool {
            Some(pool) => format!("{}, pool of {pool}", contestant.name),
            None => contestant.name.to_owned(),
        };
        interrupt::check()?;
        let mut command = contestant.program.command(place.kind, place.work)?;
        let data = Data::new(place.kind, place.folder, place.postgres, &file)?;
        let address = format!("127.0.0.1:{}", free_port());
        let log = place.folder.join(format!("{file}.log"));
        let output = File::create(&log)?;
        command
            .env("BOOKS_ADDRESS", &address)
            .env("BOOKS_DATABASE", data.address())
            .env("BOOKS_ROWS", ROWS.to_string())
            .env_remove("BOOKS_POOL")
            .current_dir(place.folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        if let Some(pool) = pool {
            command.env("BOOKS_POOL", pool.to_string());
        }
        let mut served = Self {
            contestant,
            name,
            address,
            child: command.spawn()?,
            log,
            data,
        };
        served.wait()?;
        Ok(served)
    }

    fn wait(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        while TcpStream::connect(&self.address).is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || began.elapsed() > PATIENCE {
                let log = fs::read_to_string(&self.log).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(5).collect();
                let last: Vec<&str> = last.into_iter().rev().collect();
                return Err(format!("it does not listen: {}", last.join(" / ")).into());
            }
            interrupt::check()?;
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// What it has needed until now.
    pub(crate) fn usage(&self) -> Usage {
        tree::usage(self.child.id())
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        let family = tree::family(self.child.id());
        let signal = |id: &u32, signal: Signal| {
            // It fails when it has ended already, which is as good.
            let _ = i32::try_from(*id).map(|id| kill(Pid::from_raw(id), signal));
        };
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(&self.child.id(), Signal::SIGTERM);
        }
        let told = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && told.elapsed() < GRACE {
            std::thread::sleep(Duration::from_millis(10));
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            for id in &family {
                signal(id, Signal::SIGKILL);
            }
            let _ = self.child.wait();
        }
    }
}
