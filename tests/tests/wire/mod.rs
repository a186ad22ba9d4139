//! What stands between a program and its PostgreSQL: something that listens, and a pooler.
//!
//! It does not know what is sent.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use topchef_tests::{eventually, free_port, skip};

/// The parts of an address: before the host, the host with its port, and what follows.
fn parts(address: &str) -> (&str, &str, &str) {
    let host = address.find('@').map_or("postgres://".len(), |at| at + 1);
    let end = address[host..]
        .find('/')
        .map_or(address.len(), |slash| host + slash);
    (&address[..host], &address[host..end], &address[end..])
}

/// What the environment of the tests says; empty when it says nothing.
fn variable(name: &str) -> String {
    let value = std::env::var_os(name).unwrap_or_default();
    value.into_string().unwrap()
}

/// Passes everything on to a server, and remembers the kinds of the messages that it is sent.
pub(crate) struct Wire {
    address: String,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    /// Before the server of this address.
    pub(crate) fn to(address: &str) -> Self {
        let (before, server, after) = parts(address);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let sent = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(accept(listener, server.to_owned(), sent.clone()));
        Self {
            address: format!("{before}127.0.0.1:{port}{after}"),
            sent,
        }
    }

    /// The address of what is before the server.
    pub(crate) fn address(&self) -> String {
        self.address.clone()
    }

    /// The messages since the last time: the letters of their kinds (its manual, "Message Formats"), and a simple
    /// query's text.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

async fn accept(listener: TcpListener, server: String, sent: Arc<Mutex<Vec<String>>>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.unwrap();
        let (from_client, mut to_client) = client.into_split();
        let (mut from_server, to_server) = server.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        tokio::spawn(pass_on(from_client, to_server, sent.clone()));
    }
}

async fn pass_on(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    sent: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut started = false;
    loop {
        // What comes before the start has no letter: a question for TLS, of eight bytes, and the start itself.
        let kind = if started { from.read_u8().await? } else { 0 };
        let length = from.read_u32().await?;
        let mut body = vec![0; length as usize - 4];
        from.read_exact(&mut body).await?;
        if started {
            let mut message = char::from(kind).to_string();
            if kind == b'Q' {
                message.push_str(&String::from_utf8_lossy(&body));
            }
            sent.lock().unwrap().push(message);
            to.write_u8(kind).await?;
        }
        started |= length != 8;
        to.write_u32(length).await?;
        to.write_all(&body).await?;
        to.flush().await?;
    }
}

/// A `PgBouncer` that hands out connections for a transaction each, and has two of them.
pub(crate) struct Bouncer {
    address: String,
    process: Child,
    _folder: TempDir,
}

impl Bouncer {
    /// Before the server of this address; nothing where the program is not installed.
    pub(crate) async fn before(address: &str) -> Option<Self> {
        let program = variable("TOPCHEF_TEST_PGBOUNCER");
        if program.is_empty() {
            skip("there is no PgBouncer to work behind");
            return None;
        }
        let (before, server, after) = parts(address);
        let (host, server_port) = server.rsplit_once(':').unwrap();
        let port = free_port();
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("pgbouncer.ini");
        let user = before
            .trim_start_matches("postgres://")
            .trim_end_matches('@');
        let user = user.split(':').next().unwrap();
        write!(
            std::fs::File::create(&file).unwrap(),
            "[databases]\n* = host={host} port={server_port} user={user}\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 2\n"
        )
        .unwrap();
        let mut command = Command::new(program);
        let owner = variable("TOPCHEF_TEST_POSTGRES_USER");
        if !owner.is_empty() {
            let readable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(folder.path(), readable).unwrap();
            command.args(["-u", &owner]);
        }
        let process = command
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("PgBouncer", async || {
            tokio::time::sleep(Duration::from_millis(20)).await;
            TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        Some(Self {
            address: format!("{before}127.0.0.1:{port}{after}"),
            process,
            _folder: folder,
        })
    }

    /// The pooler's address.
    pub(crate) fn address(&self) -> String {
        self.address.clone()
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
