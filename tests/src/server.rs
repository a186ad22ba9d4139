//! A running server: started, stopped in every way a server is stopped, started again on the same file.

use crate::launch::{LIMIT, wait};
use crate::{Api, Launch};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What the binary prints, once, when it is ready; the address follows.
const READY: &str = "listening on ";

/// A server of the test's own, killed when this value goes.
///
/// When the test fails, what the server wrote to stderr is printed.
#[derive(Debug)]
pub struct Server {
    launch: Launch,
    child: Child,
    base: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// A server on a free loopback port over a new database.
    pub fn start() -> Self {
        Launch::serve().start()
    }

    pub(crate) fn launched(launch: Launch) -> Self {
        let log = Arc::default();
        let (child, base) = listening(&launch, &log);
        Self {
            launch,
            child,
            base,
            log,
        }
    }

    /// Where it listens, as it printed it: `http://127.0.0.1:40123`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same without the scheme: `127.0.0.1:40123`.
    pub fn address(&self) -> &str {
        self.base
            .strip_prefix("http://")
            .expect("the server speaks plain HTTP")
    }

    /// A client of this server; it keeps speaking to this port after a restart.
    pub fn api(&self) -> Api {
        Api::new(&self.base)
    }

    /// How it was started, and where its files are.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// All that it has written to stderr.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// SIGKILL: no destructor, no handler, nothing flushed.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends `signal` (`TERM`, `INT`) and returns at once.
    pub fn signal(&self, signal: &str) {
        let mut kill = std::process::Command::new("sh");
        kill.args([
            "-c",
            "kill -s \"$0\" \"$1\"",
            signal,
            &self.child.id().to_string(),
        ]);
        assert!(
            kill.status().unwrap().success(),
            "no SIG{signal} for the server: has it ended already?"
        );
    }

    /// Waits, within a bound, for the end that `what` should have brought.
    pub fn ended(&mut self, what: &str) -> ExitStatus {
        wait(&mut self.child, what)
    }

    /// SIGTERM, and how the server ended.
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended("SIGTERM")
    }

    /// Starts it again on the same file, on the port that its launch asks for.
    /// A server that still runs is killed first.
    pub fn restart(&mut self) {
        self.kill();
        (self.child, self.base) = listening(&self.launch, &self.log);
    }

    /// Starts it again on the same file and the same port, so that clients find it where it was.
    pub fn restart_on_same_port(&mut self) {
        let (_, port) = self.base.rsplit_once(':').unwrap();
        self.launch.set_port(port.parse().unwrap());
        self.restart();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!(
                "--- the server's stderr ---\n{}--- end of the server's stderr ---",
                self.log()
            );
        }
    }
}

/// Spawns the launch and waits for its line.
fn listening(launch: &Launch, log: &Arc<Mutex<String>>) -> (Child, String) {
    let mut child = launch.spawn();
    let kept = Arc::clone(log);
    let errors = child.stderr.take().unwrap();
    std::thread::spawn(move || keep(errors, &kept));
    let lines = lines(child.stdout.take().unwrap());
    let began = Instant::now();
    let problem = loop {
        match lines.recv_timeout(LIMIT.saturating_sub(began.elapsed())) {
            Ok(line) => {
                if let Some(base) = line.strip_prefix(READY) {
                    return (child, base.trim().trim_end_matches('/').to_owned());
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                break format!("ended with {}", wait(&mut child, "a failed start"));
            }
            Err(RecvTimeoutError::Timeout) => {
                break format!("did not print `{READY}…` within {LIMIT:?}");
            }
        }
    };
    // Either fails when it has ended already, which is as good.
    let _ = child.kill();
    let _ = child.wait();
    panic!("{launch:?} {problem}; its stderr:\n{}", log.lock().unwrap());
}

/// The lines of `output`, read to its end whether anybody listens or not: a full pipe would stop the server.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

fn keep(output: impl Read, kept: &Mutex<String>) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output
        .read_until(b'\n', &mut line)
        .is_ok_and(|length| length > 0)
    {
        kept.lock()
            .unwrap()
            .push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
}
