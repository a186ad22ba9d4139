//! One way to start the binary: its arguments, its whole environment, its working directory.
//! What happens once it listens is the business of [`Server`].

use crate::{Scratch, Server, binary};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the binary may take to listen, to finish, or to end after a signal.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// What the binary is to be started with, in a directory of its own that goes when this does.
///
/// The child sees `PATH` and `HOME` of the test and otherwise only the environment given here.
#[derive(Debug)]
pub struct Launch {
    program: PathBuf,
    directory: TempDir,
    /// Kept for as long as it may be used.
    database: Option<Arc<Scratch>>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

/// How a run of the binary ended, and what it said.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error.
    pub stderr: String,
}

impl Launch {
    /// The bare binary: no argument, no environment.
    pub fn bare() -> Self {
        Self::program(binary::server().to_owned())
    }

    /// An example of the runtime or of the server: no argument, no environment.
    pub(crate) fn example(name: &str) -> Self {
        Self::program(binary::example(name))
    }

    /// A program of the tests' own, which cargo builds before them: no argument, no environment.
    pub fn helper(program: &str) -> Self {
        Self::program(program.into())
    }

    fn program(program: PathBuf) -> Self {
        Self {
            program,
            directory: TempDir::new().unwrap(),
            database: None,
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// `serve` on a free loopback port, over a new database of the kind that this run is on.
    pub fn serve() -> Self {
        Self::serve_over(Arc::new(Scratch::new()))
    }

    /// `serve` on a free loopback port, over this database, which others may use too.
    pub fn serve_over(database: Arc<Scratch>) -> Self {
        let mut launch = Self::serve_at(&database.address());
        launch.database = Some(database);
        launch
    }

    /// `serve` on a free loopback port, over the database of that address.
    pub fn serve_at(database: &str) -> Self {
        Self::bare().arguments([
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--database",
            database,
        ])
    }

    /// The database that it serves over.
    pub fn database(&self) -> &Arc<Scratch> {
        let database = self.database.as_ref();
        database.expect("only a launch of `serve` has a database")
    }

    /// Adds arguments after those already there.
    #[must_use]
    pub fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.arguments
            .extend(arguments.into_iter().map(str::to_owned));
        self
    }

    /// Sets one variable of the child's environment.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The path of `name` in the child's working directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    /// The child's working directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Starts the binary and waits, within a bound, until it says where it listens.
    pub fn start(self) -> Server {
        Server::launched(self)
    }

    /// Runs the binary to its end, within a bound.
    pub fn run(&self) -> Finished {
        let mut child = self.spawn();
        let stdout = whole(child.stdout.take().unwrap());
        let stderr = whole(child.stderr.take().unwrap());
        Finished {
            code: wait(&mut child, "the run").code(),
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
        }
    }

    pub(crate) fn spawn(&self) -> Child {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(self.directory())
            .env_clear();
        for name in ["PATH", "HOME"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", self.program.display()))
    }

    /// Asks for this port from the next start on.
    pub(crate) fn set_port(&mut self, port: u16) {
        let flag = self
            .arguments
            .iter()
            .position(|argument| argument == "--port");
        let flag = flag.expect("only a launch with --port can come back on its port");
        self.arguments[flag + 1] = port.to_string();
    }
}

/// All of an output, read while the child runs: a full pipe would stop it.
fn whole(mut output: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for the child's end; kills it and panics when it does not come.
pub(crate) fn wait(child: &mut Child, what: &str) -> ExitStatus {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if began.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{what} did not end the server within {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
