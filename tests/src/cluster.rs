//! A PostgreSQL cluster of the test's own, which it may stop and start as it likes; it writes as carefully as one that
//! people use.
//!
//! It knows the programs of PostgreSQL and nothing of what is kept in the cluster.

use crate::database::variable;
use crate::{free_port, skip};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A cluster, which is stopped and removed when this value goes.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// Whom PostgreSQL, which refuses root, runs as; empty when that is who runs the tests.
    user: String,
    port: u16,
}

impl Cluster {
    /// A new one, running; where there is no PostgreSQL, it says that the test is skipped.
    pub fn start() -> Option<Self> {
        let programs = variable("TOPCHEF_TEST_POSTGRES_BIN");
        if programs.is_empty() {
            skip(
                "no programs of PostgreSQL for a cluster that is stopped (TOPCHEF_TEST_POSTGRES_BIN)",
            );
            return None;
        }
        let cluster = Self {
            folder: TempDir::new().unwrap(),
            programs: programs.into(),
            user: variable("TOPCHEF_TEST_POSTGRES_USER"),
            port: free_port(),
        };
        if !cluster.user.is_empty() {
            let chown = Command::new("chown")
                .arg(&cluster.user)
                .arg(cluster.folder.path())
                .status();
            assert!(chown.unwrap().success());
        }
        let encoding = ["--encoding", "UTF8", "--locale", "C"];
        let who = ["--username", "postgres", "--auth", "trust"];
        cluster.run(
            "initdb",
            &[&who[..], &encoding[..], &["--no-sync"]].concat(),
        );
        cluster.start_again();
        Some(cluster)
    }

    /// The address of its only database.
    pub fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it where it was.
    pub fn start_again(&self) {
        let options = format!(
            "-c port={} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=32MB -c max_connections=300",
            self.port
        );
        let log = self.folder.path().join("log").display().to_string();
        self.run(
            "pg_ctl",
            &["start", "--wait", "--log", &log, "--options", &options],
        );
    }

    /// Ends it as a power failure would: nothing is finished, nothing is said.
    pub fn fail(&self) {
        self.run("pg_ctl", &["stop", "--mode", "immediate"]);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program).args(arguments).status().unwrap();
        assert!(status.success(), "{program} {arguments:?}: {status}");
    }

    /// Without the output of the test, which the server would keep open.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.user.is_empty() {
            Command::new(program)
        } else {
            let mut command = Command::new("runuser");
            command.args(["-u", &self.user, "--"]).arg(program);
            command
        };
        command
            .arg("--pgdata")
            .arg(self.folder.path().join("data"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It fails when it has ended already, which is as good.
        let mut stop = self.command("pg_ctl");
        let _ = stop.args(["stop", "--mode", "immediate"]).status();
    }
}
