//! Which connections are taken, how many at once, and how long one may keep the server waiting for a request.
//! It does not know what is served, nor why or when the server stops.

use std::{
    convert::Infallible,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulConnection, GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::sleep,
};
use tower::{Service, ServiceExt};

/// What strangers may take of the server by opening connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many connections are open at once; more wait in the queue of the operating system.
    pub connections: usize,
    /// How long the head of a request may take, from the moment the connection is free for it.
    ///
    /// An HTTP/1 connection kept alive is closed when it was idle for so long, which is the same to the HTTP library.
    pub head: Duration,
    /// The same once the server stops, for a connection that has not sent any request yet.
    pub head_when_stopping: Duration,
    /// How long an HTTP/2 connection may be silent until it is asked whether it is still there.
    pub ping_interval: Duration,
    /// How long an HTTP/2 connection may take to say that it is still there.
    pub ping_timeout: Duration,
    /// How many requests may be under way at once on an HTTP/2 connection.
    pub streams: u32,
    /// How long nothing is accepted after the operating system refused to, for want of files or memory.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head: Duration::from_secs(10),
            head_when_stopping: Duration::from_secs(1),
            ping_interval: Duration::from_secs(20),
            ping_timeout: Duration::from_secs(10),
            streams: 128,
            pause: Duration::from_millis(200),
        }
    }
}

/// Serves every connection of `listener` until `stop` resolves, and returns when those that were open are finished.
///
/// A finish takes as long as the requests under way; who does not want to wait for it drops the future.
pub async fn serve<S, F>(
    listener: TcpListener,
    service: S,
    limits: Limits,
    stop: impl Future<Output = ()>,
) where
    S: Service<Request, Response = Response, Error = Infallible, Future = F>,
    S: Clone + Send + 'static,
    F: Future<Output = Result<Response, Infallible>> + Send + 'static,
{
    let http = Arc::new(http(limits));
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let (connection, place) = tokio::select! {
            biased;
            () = &mut stop => break,
            Some(next) = next_connection(&listener, &places, limits.pause) => next,
            else => break,
        };
        tokio::spawn(attend(
            connection,
            place,
            Arc::clone(&http),
            service.clone(),
            limits,
            graceful.watcher(),
            stopped.clone(),
        ));
    }
    // Whoever comes now is refused at once, instead of waiting for an answer that does not come.
    drop(listener);
    drop(stopping);
    graceful.shutdown().await;
}

/// What the HTTP library is told of the limits.
fn http(limits: Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.ping_interval)
        .keep_alive_timeout(limits.ping_timeout)
        .max_concurrent_streams(limits.streams);
    http
}

/// The next connection and its place among those that may be open; none when places are no longer given.
async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    pause: Duration,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((connection, _)) => return Some((connection, place)),
            Err(error) if is_of_the_client(&error) => {
                tracing::debug!(%error, "a connection was gone before it was accepted");
            }
            Err(error) => {
                tracing::error!(%error, "cannot accept connections, trying again");
                sleep(pause).await;
            }
        }
    }
}

/// Whether accepting failed because of this one client, so that the next may be accepted at once.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Serves one connection to its end, and gives its place back.
async fn attend<S, F>(
    connection: TcpStream,
    place: OwnedSemaphorePermit,
    http: Arc<auto::Builder<TokioExecutor>>,
    service: S,
    limits: Limits,
    watcher: Watcher,
    stopped: watch::Receiver<()>,
) where
    S: Service<Request, Response = Response, Error = Infallible, Future = F>,
    S: Clone + Send + 'static,
    F: Future<Output = Result<Response, Infallible>> + Send + 'static,
{
    // Answers are small and written whole; waiting to fill a packet only delays them.
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let heard = Arc::new(AtomicBool::new(false));
    let service = {
        let heard = Arc::clone(&heard);
        service.map_request(move |request: axum::http::Request<_>| {
            heard.store(true, Ordering::Relaxed);
            request.map(Body::new)
        })
    };
    let serving =
        http.serve_connection(TokioIo::new(connection), TowerToHyperService::new(service));
    let overdue = first_head_overdue(limits, stopped);
    if let Err(error) = until_silent(watcher, serving, &heard, overdue).await {
        tracing::debug!(error, "a connection failed");
    }
    drop(place);
}

/// Serves a connection to its end, or until its first request is `overdue`.
///
/// The HTTP library bounds the heads that follow, but waits for ever for the first bytes, which tell HTTP/1 from HTTP/2:
/// `P` might be either.
async fn until_silent<C>(
    watcher: Watcher,
    serving: C,
    heard: &AtomicBool,
    overdue: impl Future<Output = ()>,
) -> Result<(), C::Error>
where
    C: GracefulConnection,
{
    let mut serving = pin!(watcher.watch(serving));
    tokio::select! {
        biased;
        result = &mut serving => return result,
        () = overdue => {}
    }
    if heard.load(Ordering::Relaxed) {
        serving.await
    } else {
        tracing::debug!("a connection sent no request in time");
        Ok(())
    }
}

/// Resolves when a connection opened now should have sent the head of its first request.
async fn first_head_overdue(limits: Limits, mut stopped: watch::Receiver<()>) {
    tokio::select! {
        () = sleep(limits.head) => {}
        () = async {
            // Nothing is ever sent: it fails when the sender is dropped, which is the sign to stop.
            let _ = stopped.changed().await;
            sleep(limits.head_when_stopping).await;
        } => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::SocketAddr,
        time::Instant,
    };

    use axum::{Router, routing::get};
    use tokio::{
        sync::{Notify, oneshot},
        task::JoinHandle,
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_secs(30);
    const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n";

    fn limits() -> Limits {
        Limits {
            head: SHORT,
            ..Limits::default()
        }
    }

    /// A running server.
    struct Served {
        address: SocketAddr,
        /// Told when `/slow` begins.
        slow: Arc<Notify>,
        stop: oneshot::Sender<()>,
        serving: JoinHandle<()>,
    }

    /// A server whose `/` answers "served" and whose `/slow` takes three times [`SHORT`] to do so.
    async fn start(limits: Limits) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = Arc::new(Notify::new());
        let begun = Arc::clone(&slow);
        let handler = async move || {
            begun.notify_one();
            sleep(SHORT * 3).await;
            "served"
        };
        let router = Router::new()
            .route("/", get(async || "served"))
            .route("/slow", get(handler));
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(serve(listener, router, limits, stopped));
        Served {
            address,
            slow,
            stop,
            serving,
        }
    }

    fn connect(address: SocketAddr, sent: &[u8]) -> std::net::TcpStream {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.write_all(sent).unwrap();
        stream
    }

    /// What comes until the server closes the connection; a reset is an end as well.
    async fn rest(mut stream: std::net::TcpStream) -> String {
        let reading = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            match stream.read_to_end(&mut bytes) {
                Err(error) if error.kind() != io::ErrorKind::ConnectionReset => panic!("{error}"),
                _ => String::from_utf8_lossy(&bytes).into_owned(),
            }
        });
        reading.await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_without_a_whole_head_is_closed() {
        let served = start(limits()).await;
        let after_one = [WHOLE, b"GET / HT"].concat();
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (sent, answered) in [
            (&b""[..], false),
            (b"G", false),
            (b"P", false),
            (b"GET / HTTP/1.1\r\nHost: l", false),
            (preface, false),
            (WHOLE, true),
            (&after_one, true),
        ] {
            let began = Instant::now();
            let answer = rest(connect(served.address, sent)).await;
            assert!(began.elapsed() >= SHORT, "{sent:?} was closed at once");
            assert!(began.elapsed() < LONG, "{sent:?}: {:?}", began.elapsed());
            assert_eq!(answer.contains("served"), answered, "{sent:?}: {answer}");
        }
    }

    #[tokio::test]
    async fn a_request_may_take_longer_than_its_head() {
        let served = start(limits()).await;
        let answer = rest(connect(
            served.address,
            b"GET /slow HTTP/1.1\r\nHost: lab\r\n\r\n",
        ));
        assert!(answer.await.contains("served"));
    }

    #[tokio::test]
    async fn who_finds_every_place_taken_is_served_later() {
        let served = start(Limits {
            connections: 2,
            ..limits()
        })
        .await;
        let _silent = [b"P", b"G"].map(|sent| connect(served.address, sent));
        let answer = rest(connect(served.address, WHOLE)).await;
        assert!(answer.contains("served"), "{answer}");
    }

    #[tokio::test]
    async fn half_a_head_does_not_hold_up_the_end_and_a_request_does() {
        let served = start(Limits {
            head: LONG * 4,
            head_when_stopping: Duration::from_millis(20),
            ..Limits::default()
        })
        .await;
        let address = served.address;
        let _halves = [
            connect(address, b""),
            connect(address, b"P"),
            connect(address, b"GET / HT"),
        ];
        let slow = connect(address, b"GET /slow HTTP/1.1\r\nHost: lab\r\n\r\n");
        served.slow.notified().await;
        served.stop.send(()).unwrap();
        let ended = tokio::time::timeout(LONG, served.serving).await;
        ended.unwrap().unwrap();
        let answer = rest(slow).await;
        assert!(answer.contains("served"), "{answer}");
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}
