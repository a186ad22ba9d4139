//! `health`: asks a running server whether it is ready, for containers and scripts that have no HTTP client.
//! It does not know how readiness is found out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use http::{StatusCode, Uri};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::CliError;
use super::flags::ServeFlags;
use crate::config::Config;

/// Where a server says whether it is ready.
const READY: &str = "/health/ready";

/// How long the server may take: a little longer than it waits for its own database.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most of an answer that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The flags of `health`.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// Address of the server, http://…; a path other than / is asked instead of /health/ready [default: what
    /// the settings of the server say, on this machine]
    #[arg(long, value_name = "URL")]
    url: Option<Uri>,
    #[command(flatten)]
    flags: ServeFlags,
}

impl HealthArgs {
    /// The address of the server that is asked; `variable` looks up an environment variable.
    pub(super) fn server(
        &self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Uri, CliError> {
        if let Some(url) = &self.url {
            return Ok(url.clone());
        }
        // Who asks does not listen: whether others may reach the server is not looked at.
        let flag = |name: &str| {
            let others = (name == "--allow-anonymous").then(|| "true".to_owned());
            others.or_else(|| self.flags.flag(name))
        };
        let config = Config::resolve(flag, variable)?;
        Ok(on_this_machine(config.address)?)
    }
}

/// Why the server does not count as healthy.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The address is none of plain HTTP.
    #[error("--url must be the address of a server, such as http://127.0.0.1:5000")]
    Address,
    /// Nobody answers there.
    #[error("{server} does not answer")]
    Silent {
        /// Where it should be.
        server: String,
        /// What went wrong.
        source: io::Error,
    },
    /// What answers is no HTTP.
    #[error("{0} answers something that is not HTTP")]
    NotHttp(String),
    /// The server says that it is not.
    #[error("{server} answers {status}: {detail}")]
    NotHealthy {
        /// Where it is.
        server: String,
        /// The status of its answer.
        status: StatusCode,
        /// What it says, in one line.
        detail: String,
    },
}

/// The address that a server with these settings is reached by from the same machine.
fn on_this_machine(listens: SocketAddr) -> Result<Uri, HealthError> {
    let host = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(host, listens.port());
    let uri = format!("http://{address}").parse();
    uri.map_err(|_| HealthError::Address)
}

/// Asks, and gives an error unless the answer is a success.
pub(super) async fn run(url: &Uri) -> Result<(), HealthError> {
    let (Some("http"), Some(host)) = (url.scheme_str(), url.host()) else {
        return Err(HealthError::Address);
    };
    let port = url.port_u16().unwrap_or(80);
    let path = match url.path_and_query().map_or("/", |path| path.as_str()) {
        "/" => READY,
        path => path,
    };
    let server = format!("http://{host}:{port}");
    // An IPv6 address stands in brackets in a URL, and only there.
    let address = (host.trim_start_matches('[').trim_end_matches(']'), port);
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    let answer = match timeout(PATIENCE, exchange(address, request.as_bytes())).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(source)) => return Err(HealthError::Silent { server, source }),
        Err(elapsed) => {
            let source = elapsed.into();
            return Err(HealthError::Silent { server, source });
        }
    };
    let Some((status, body)) = read(&answer) else {
        return Err(HealthError::NotHttp(server));
    };
    if status.is_success() {
        return Ok(());
    }
    Err(HealthError::NotHealthy {
        server,
        status,
        detail: detail(body),
    })
}

async fn exchange(address: (&str, u16), request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(answer)
}

/// The status and the body of an answer of HTTP/1.
fn read(answer: &[u8]) -> Option<(StatusCode, &[u8])> {
    let text = answer.strip_prefix(b"HTTP/1.")?;
    let status = StatusCode::from_bytes(text.get(2..5)?).ok()?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some((status, answer.get(end + 4..)?))
}

/// What a problem document says; what says nothing is another program, whose words may be anything.
fn detail(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Problem {
        detail: String,
    }
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => problem.detail.escape_debug().to_string(),
        Err(_) => "without a reason".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_loopback() {
        for (listens, asked) in [
            ("0.0.0.0:5000", "http://127.0.0.1:5000/"),
            ("[::]:80", "http://[::1]:80/"),
            ("10.0.0.7:8000", "http://10.0.0.7:8000/"),
        ] {
            let uri = on_this_machine(listens.parse().unwrap()).unwrap();
            assert_eq!(uri.to_string(), asked);
        }
    }

    #[test]
    fn an_answer_is_read_to_its_status_and_its_reason() {
        let answer =
            b"HTTP/1.1 503 Service Unavailable\r\na: b\r\n\r\n{\"detail\":\"the\\nserver\"}";
        let (status, body) = read(answer).unwrap();
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(detail(body), "the\\nserver");
        assert_eq!(detail(b"<html>"), "without a reason");
        for other in [
            &b""[..],
            b"SSH-2.0-x\r\n\r\n",
            b"HTTP/1.1 2",
            b"HTTP/1.1 200 OK\r\n",
        ] {
            assert!(read(other).is_none(), "{other:?}");
        }
    }
}
