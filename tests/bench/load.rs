//! The clients: raw HTTP/1.1 over connections that stay open, in a runtime of their own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Failure;

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// All that were answered, before the clock ran too.
    pub(crate) answered: u64,
    /// The time within which half of the requests were answered.
    pub(crate) middle_ms: f64,
    /// The time within which 99 of 100 were.
    pub(crate) slow_ms: f64,
}

impl Load {
    /// Sends as fast as the answers come; a third of the time is not counted, but comes before.
    pub(crate) fn run(self, address: &str) -> Result<Measured, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.send(address))
    }

    async fn send(self, address: &str) -> Result<Measured, Failure> {
        let body = r#"{"name": "a sample of something", "mass": 1234567}"#;
        let request = format!(
            "POST /samples HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let request: Arc<[u8]> = request.into_bytes().into();
        let counts = Instant::now() + self.time / 3;
        let ends = counts + self.time;
        let mut clients = JoinSet::new();
        for _ in 0..self.connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            clients.spawn(client(stream, Arc::clone(&request), counts, ends));
        }
        let (mut answered, mut times) = (0, Vec::new());
        while let Some(client) = clients.join_next().await {
            let (before, counted) = client??;
            answered += before + u64::try_from(counted.len())?;
            times.extend(counted);
        }
        times.sort_unstable();
        let within = |part: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place in a list"
            )]
            let place = (times.len() as f64 * part) as usize;
            let time = times.get(place).copied().unwrap_or_default();
            time.as_secs_f64() * 1000.0
        };
        #[expect(clippy::cast_precision_loss, reason = "nobody sends so many")]
        let count = times.len() as f64;
        Ok(Measured {
            per_second: count / self.time.as_secs_f64(),
            answered,
            middle_ms: within(0.5),
            slow_ms: within(0.99),
        })
    }
}

/// How many were answered before it counts, and how long each took after that.
async fn client(
    mut stream: TcpStream,
    request: Arc<[u8]>,
    counts: Instant,
    ends: Instant,
) -> Result<(u64, Vec<Duration>), Failure> {
    let (mut before, mut times, mut buffer) = (0, Vec::new(), Vec::new());
    loop {
        let began = Instant::now();
        stream.write_all(&request).await?;
        answer(&mut stream, &mut buffer).await?;
        let now = Instant::now();
        if now < counts {
            before += 1;
        } else if now < ends {
            times.push(now - began);
        } else {
            return Ok((before + 1, times));
        }
    }
}

/// Reads one answer, which must be 201, to its end.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head])?;
        if !text.starts_with("HTTP/1.1 201 ") {
            return Err(String::from_utf8_lossy(buffer).into());
        }
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_it = name.eq_ignore_ascii_case("content-length");
            is_it.then(|| value.trim().parse::<usize>())
        });
        let length = length.ok_or("an answer without a length")??;
        if buffer.len() >= head + 4 + length {
            return Ok(());
        }
    }
}
