//! This server: the release binary over a new database, and what it takes of the processors.
//!
//! It does not know what is measured.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use topchef_tests::{Kind, Scratch};

use crate::Failure;

/// How many of the units of `/proc/PID/stat` are a second, on every Linux that Rust's standard library runs on.
const TICKS: f64 = 100.0;

/// A server, until this goes.
pub(crate) struct Served {
    child: Child,
    address: String,
    kind: Kind,
    // Removed after the server has ended.
    _scratch: Option<Scratch>,
}

impl Served {
    /// Over a new file in that folder, or a new database where the run is on PostgreSQL.
    pub(crate) fn start(folder: &Path) -> Result<Self, Failure> {
        let kind = Kind::of_this_run();
        let (database, scratch) = match kind {
            Kind::Sqlite => (folder.join("cycle.db").display().to_string(), None),
            Kind::Postgres => {
                let scratch = Scratch::of(kind);
                (scratch.address(), Some(scratch))
            }
        };
        let mut migrate = Command::new(binary()?);
        migrate.args(["migrate", "--database", &database]);
        migrate.stderr(Stdio::null());
        if !migrate.status()?.success() {
            return Err("the tables cannot be made".into());
        }
        let mut child = Command::new(binary()?)
            .args(["serve", "--host", "127.0.0.1", "--port", "0", "--database"])
            .arg(database)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.ok_or("the server does not listen")?.to_owned();
        Ok(Self {
            child,
            address,
            kind,
            _scratch: scratch,
        })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What it stores in.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// How many seconds of processors all its threads have used so far; what a database server uses is not in it.
    pub(crate) fn processor_seconds(&self) -> Result<f64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in parentheses, may have spaces.
        let (_, after) = stat.rsplit_once(") ").ok_or("no state of the server")?;
        let mut ticks = 0.0;
        for field in after.split(' ').skip(11).take(2) {
            ticks += field.parse::<f64>()?;
        }
        Ok(ticks / TICKS)
    }
}

/// The binary that is measured: what `TOPCHEF_SERVER` names, otherwise the one beside this program.
fn binary() -> Result<PathBuf, Failure> {
    let path = match std::env::var_os("TOPCHEF_SERVER") {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("topchef-server"),
    };
    if path.is_file() {
        return Ok(path);
    }
    let missing = path.display();
    Err(format!("no {missing}: cargo build --release --package topchef-server").into())
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
