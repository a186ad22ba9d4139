//! The release binary over a database, and what is asked of it.
//!
//! It does not know what is measured.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::Failure;
use crate::connection::{Connection, Request};
use crate::filled::Filled;

const PARAMETERS: &str = r#"{"parameters":{"rpm":500}}"#;
const RESULTS: &str = r#"{"status":"COMPLETED","results":{"mass_mg":1}}"#;

/// The binary that is measured: what `TOPCHEF_SERVER` names, otherwise the one beside this program.
pub(crate) fn server() -> Result<Command, Failure> {
    let path = match std::env::var_os("TOPCHEF_SERVER") {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("topchef-server"),
    };
    if !path.is_file() {
        let missing = format!(
            "no {}: cargo build --release --package topchef-server",
            path.display()
        );
        return Err(missing.into());
    }
    Ok(Command::new(path))
}

/// A server, until this goes.
pub(crate) struct Served {
    child: Child,
    connection: Connection,
    // Removed after the server has ended.
    _filled: Filled,
}

impl Served {
    /// Over that database.
    pub(crate) fn start(filled: Filled) -> Result<Self, Failure> {
        let mut child = server()?
            .args(["serve", "--host", "127.0.0.1", "--port", "0", "--database"])
            .arg(filled.address())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.ok_or("the server does not listen")?;
        Ok(Self {
            child,
            connection: Connection::new(address)?,
            _filled: filled,
        })
    }

    pub(crate) fn connect_again(&mut self) -> Result<(), Failure> {
        self.connection.connect_again()
    }

    /// The milliseconds until a path, with `{id}` for the id of the service, is answered.
    pub(crate) fn get(&mut self, path: &str) -> Result<f64, Failure> {
        let path = path.replace("{id}", Filled::service());
        Ok(self.connection.ask(&Request::get(&path))?.took)
    }

    /// The milliseconds until a job is submitted, until the next one is found, and until the new one is completed.
    pub(crate) fn cycle(&mut self) -> Result<[f64; 3], Failure> {
        let jobs = format!("/services/{}/jobs", Filled::service());
        let submitted = self.connection.ask(&Request {
            method: "POST",
            path: &jobs,
            body: PARAMETERS,
            status: 201,
        })?;
        let next = self.get(&format!("{jobs}/next"))?;
        let completed = self.connection.ask(&Request {
            method: "PATCH",
            path: &format!("/jobs/{}", submitted.made()?),
            body: RESULTS,
            status: 200,
        })?;
        Ok([submitted.took, next, completed.took])
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
