//! One connection to a server that stays open, and how long each answer takes.
//!
//! It does not know what is asked for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use crate::Failure;

/// What is asked for.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// JSON, or nothing.
    pub(crate) body: &'a str,
    /// Any other status is a failure.
    pub(crate) status: u16,
}

impl<'a> Request<'a> {
    /// For a path that is there.
    pub(crate) fn get(path: &'a str) -> Self {
        Self {
            method: "GET",
            path,
            body: "",
            status: 200,
        }
    }
}

/// An answer, and the milliseconds until all of it was there.
pub(crate) struct Answer {
    pub(crate) took: f64,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The id of what was made, which `Location` ends with.
    pub(crate) fn made(&self) -> Result<&str, Failure> {
        let location = self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("location").then_some(value)
        });
        let id = location.and_then(|location| location.trim().rsplit('/').next());
        Ok(id.ok_or("no Location")?)
    }
}

pub(crate) struct Connection {
    address: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// To a host and port.
    pub(crate) fn new(address: &str) -> Result<Self, Failure> {
        Ok(Self {
            address: address.to_owned(),
            stream: connected(address)?,
        })
    }

    /// Goes on over a new connection: one that was silent for seconds is closed by the server.
    pub(crate) fn connect_again(&mut self) -> Result<(), Failure> {
        self.stream = connected(&self.address)?;
        Ok(())
    }

    pub(crate) fn ask(&mut self, request: &Request<'_>) -> Result<Answer, Failure> {
        let Request {
            method,
            path,
            body,
            status,
        } = request;
        let text = if body.is_empty() {
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address)
        } else {
            format!(
                "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                self.address,
                body.len()
            )
        };
        let began = Instant::now();
        self.stream.get_mut().write_all(text.as_bytes())?;
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
        let answer = Answer {
            took: began.elapsed().as_secs_f64() * 1_000.0,
            head,
            body: String::from_utf8(body)?,
        };
        if answer.head.starts_with(&format!("HTTP/1.1 {status} ")) {
            Ok(answer)
        } else {
            Err(format!("{method} {path}: {}{}", answer.head, answer.body).into())
        }
    }
}

fn connected(address: &str) -> Result<BufReader<TcpStream>, Failure> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}
