//! A running example of the runtime or of the server: a program that is given its address and says nothing.

use crate::launch::{LIMIT, wait};
use crate::{Api, Launch, free_port};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Instant;

/// An example in a directory of its own, killed when this value goes.
#[derive(Debug)]
pub struct Example {
    launch: Launch,
    address: String,
    child: Child,
}

impl Example {
    /// Starts it on a free port of 127.0.0.1, and waits, within a bound, until it takes connections.
    pub fn start(name: &str) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let launch = Launch::example(name).arguments([address.as_str()]);
        let child = listening(&launch, &address);
        Self {
            launch,
            address,
            child,
        }
    }

    /// A client of it.
    pub fn api(&self) -> Api {
        Api::new(&format!("http://{}", self.address))
    }

    /// The path of `name` in its working directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.launch.file(name)
    }

    /// Kills it and starts it again, on the same files and the same port.
    pub fn restart(&mut self) {
        self.kill();
        self.child = listening(&self.launch, &self.address);
    }

    /// Ends it with SIGINT, and gives its exit code.
    pub fn interrupt(&mut self) -> Option<i32> {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -s INT \"$0\"", &self.child.id().to_string()]);
        assert!(kill.status().unwrap().success(), "it has ended already");
        wait(&mut self.child, "SIGINT").code()
    }

    fn kill(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        self.kill();
    }
}

fn listening(launch: &Launch, address: &str) -> Child {
    let mut child = launch.spawn();
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        if let Some(status) = child.try_wait().unwrap() {
            panic!("{launch:?} ended with {status}");
        }
        assert!(
            began.elapsed() < LIMIT,
            "{launch:?} does not listen on {address}"
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child
}
