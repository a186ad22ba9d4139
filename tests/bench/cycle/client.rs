//! One client: raw HTTP/1.1 over a connection that stays open, or a new one where the server closed the last.
//! It costs less of the shared processors than a library would.
//!
//! It does not know what is asked for.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

pub(crate) struct Client {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    status: u16,
    /// The last part of the path in `Location`; empty where there is none.
    pub(crate) created: String,
    body: Value,
}

impl Answer {
    /// The id of the job that the body shows, below `data` or not.
    pub(crate) fn id(&self) -> Option<&str> {
        let shown = self.body.get("data").unwrap_or(&self.body);
        shown.get("id")?.as_str()
    }
}

impl Client {
    pub(crate) fn of(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
            buffer: Vec::with_capacity(4_096),
        }
    }

    /// Sends a request, and gives the answer, which must have that status.
    pub(crate) async fn ask(
        &mut self,
        status: u16,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Answer, Failure> {
        let kind = if body.is_empty() {
            String::new()
        } else {
            let length = body.len();
            format!("content-type: application/json\r\ncontent-length: {length}\r\n")
        };
        let address = &self.address;
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n{kind}\r\n{body}");
        let mut stream = if let Some(stream) = self.stream.take() {
            stream
        } else {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            stream
        };
        stream.write_all(request.as_bytes()).await?;
        let (answer, stays) = self.answer(&mut stream).await?;
        if stays {
            self.stream = Some(stream);
        }
        if answer.status == status {
            return Ok(answer);
        }
        let told = String::from_utf8_lossy(&self.buffer);
        Err(format!("{method} {path}: {told}").into())
    }

    /// Reads one answer to its end; says too whether the connection stays open.
    async fn answer(&mut self, stream: &mut TcpStream) -> Result<(Answer, bool), Failure> {
        self.buffer.clear();
        let head = loop {
            if let Some(head) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break head;
            }
            self.more(stream).await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head])?.to_owned();
        let status = text.split(' ').nth(1).ok_or("no status")?.parse()?;
        let value = |wanted: &str| {
            text.lines().skip(1).find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then(|| value.trim())
            })
        };
        let length = value("content-length").map_or(Ok(0), str::parse::<usize>)?;
        let body = head + 4;
        while self.buffer.len() < body + length {
            self.more(stream).await?;
        }
        let closes = value("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
        let created = value("location").and_then(|url| url.rsplit('/').next());
        let answer = Answer {
            status,
            created: created.unwrap_or_default().to_owned(),
            body: serde_json::from_slice(&self.buffer[body..]).unwrap_or_default(),
        };
        Ok((answer, text.starts_with("HTTP/1.1 ") && !closes))
    }

    async fn more(&mut self, stream: &mut TcpStream) -> Result<(), Failure> {
        if stream.read_buf(&mut self.buffer).await? == 0 {
            let told = String::from_utf8_lossy(&self.buffer);
            return Err(format!("the server closed the connection after {told:?}").into());
        }
        Ok(())
    }
}
