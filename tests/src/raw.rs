//! Requests by the byte, for what an ordinary client would not send, or would tidy up first.

use crate::Answer;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long a silent socket is waited for.
const SILENCE: Duration = Duration::from_secs(20);

/// A connection on which neither side waits for ever.
pub fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address)
        .unwrap_or_else(|error| panic!("cannot connect to {address}: {error}"));
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    stream.set_write_timeout(Some(SILENCE)).unwrap();
    stream
}

/// Sends `head` (lines ending in CRLF, the empty one included) and `body`, and reads the answer to the connection's end.
///
/// It reads while it writes: a server may refuse a body long before its end. `head` should say `Connection: close`.
pub fn exchange(address: &str, head: &str, body: &[u8]) -> Answer {
    let stream = connect(address);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let mut writing = stream.try_clone().unwrap();
        scope.spawn(move || {
            // What the server no longer wants to read is not a fault of the test.
            let _ = writing
                .write_all(head.as_bytes())
                .and_then(|()| writing.write_all(body));
        });
        let answer = read_answer(&stream, began);
        // Lets a writer go that nobody reads from.
        let _ = stream.shutdown(Shutdown::Both);
        answer
    })
}

/// Reads one answer, to the connection's end.
pub fn read_answer(mut stream: &TcpStream, began: Instant) -> Answer {
    let (mut bytes, mut took) = (Vec::new(), Duration::ZERO);
    let mut buffer = [0; 16 * 1024];
    // A reset after the answer is how a server closes on a client that is still sending.
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..length]);
        took = began.elapsed();
    }
    parse(&bytes, took)
}

/// Reads an interim answer (`100 Continue`) and nothing that follows it.
pub fn read_interim(mut stream: &TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        let length = stream
            .read(&mut byte)
            .unwrap_or_else(|error| panic!("no interim answer: {error}"));
        assert_eq!(
            length,
            1,
            "the connection ended instead: {:?}",
            String::from_utf8_lossy(&bytes)
        );
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn parse(bytes: &[u8], took: Duration) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no whole answer came: {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .unwrap_or_default()
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Answer {
        status: status.unwrap_or_else(|| panic!("no status line: {head:?}")),
        headers: headers.collect(),
        text: body.to_owned(),
        took,
    }
}
