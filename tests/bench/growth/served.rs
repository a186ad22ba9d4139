//! The release binary over a database, and one connection to it that stays open.
//!
//! It does not know what is measured.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::Failure;
use crate::filled::Filled;

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
    stream: BufReader<TcpStream>,
    address: String,
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
        let address = address.ok_or("the server does not listen")?.to_owned();
        Ok(Self {
            child,
            stream: connected(&address)?,
            address,
            _filled: filled,
        })
    }

    /// Goes on over a new connection: one that was silent for seconds is closed by the server.
    pub(crate) fn connect_again(&mut self) -> Result<(), Failure> {
        self.stream = connected(&self.address)?;
        Ok(())
    }

    /// Asks for a path, and gives the milliseconds until the whole answer, 200, was there.
    pub(crate) fn ask(&mut self, path: &str) -> Result<f64, Failure> {
        let path = path.replace("{service}", Filled::service());
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        let began = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut length = None;
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(format!("no answer for {path}").into());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = Some(value.trim().parse::<usize>()?);
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length.ok_or("an answer without its length")?];
        self.stream.read_exact(&mut body)?;
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        if head.starts_with("HTTP/1.1 200 ") {
            Ok(took)
        } else {
            Err(format!("{path}: {head}").into())
        }
    }
}

fn connected(address: &str) -> Result<BufReader<TcpStream>, Failure> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
