//! Which connections are taken, how many at once, and how long one may keep the server waiting for a request.
//! It does not know what is served, nor why or when the server stops.

mod joined;
mod watch;

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tower_service::Service;

use joined::Joined;
use watch::{Heads, Told, Watch, Watched};

/// Into so many parts the time for a head is cut: one that is overdue is found a part later at most, and a second.
const PARTS: u32 = 8;

/// What strangers may take of the server by opening connections.
///
/// The defaults stand behind each.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many connections are open at once; more wait in the queue of the operating system (4,096).
    pub connections: usize,
    /// How long the head of a request may take, from the moment the connection is free for it (10 s).
    ///
    /// An HTTP/1 connection kept alive is closed when it was idle for so long, which is the same to the HTTP library.
    pub head: Duration,
    /// The same once the server stops, from the same moment (1 s).
    pub head_when_stopping: Duration,
    /// How long an HTTP/2 connection may be silent until it is asked whether it is still there (20 s).
    pub ping_interval: Duration,
    /// How long an HTTP/2 connection may take to say that it is still there (10 s).
    pub ping_timeout: Duration,
    /// How many requests may be under way at once on an HTTP/2 connection (128).
    pub streams: u32,
    /// How long nothing is accepted after the operating system refused to, for want of files or memory (0.2 s).
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
/// HTTP/1 and HTTP/2 are told apart by what comes first; a connection can be upgraded to another protocol, and is then
/// its handler's: it is neither counted nor ended.
/// A finish takes as long as the requests under way; who does not want to wait for it drops the future, which ends the
/// connections that are open.
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
    let most = limits.connections.min(Semaphore::MAX_PERMITS);
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(most as usize));
    let open = Open(Watch::new());
    {
        let accepting = async {
            while let Some((connection, place)) =
                next_connection(&listener, &places, limits.pause).await
            {
                let watched = open.0.open();
                tokio::spawn(attend(connection, place, service.clone(), limits, watched));
            }
        };
        tokio::select! {
            biased;
            () = stop => {}
            () = end_who_wait(&open.0, limits.head) => {}
            () = accepting => {}
        }
    }
    // Whoever comes now is refused at once, instead of waiting for an answer that does not come.
    drop(listener);
    open.0.tell_all(Told::Finish);
    tokio::select! {
        _ = places.acquire_many(most) => {}
        () = end_who_wait(&open.0, limits.head_when_stopping) => {}
    }
}

/// The connections that are open, which end when this is dropped.
struct Open(Watch);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.tell_all(Told::End);
    }
}

/// Looks again and again for those that have waited for a head for so long.
async fn end_who_wait(watch: &Watch, longest: Duration) {
    let pause = (longest / PARTS).clamp(Duration::from_millis(1), Duration::from_secs(1));
    loop {
        sleep(pause).await;
        watch.end_who_wait(longest);
    }
}

/// What the HTTP library is told of the limits.
fn http(limits: Limits, watched: &Arc<Watched>) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(Heads(Arc::clone(watched)))
        // That there is a time is what it must know, not which.
        .header_read_timeout(Duration::ZERO);
    http.http2()
        .enable_connect_protocol()
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

/// Serves one connection to its end, and gives its place back when it is closed.
async fn attend<S, F>(
    connection: TcpStream,
    _place: OwnedSemaphorePermit,
    service: S,
    limits: Limits,
    watched: Arc<Watched>,
) where
    S: Service<Request, Response = Response, Error = Infallible, Future = F>,
    S: Clone + Send + 'static,
    F: Future<Output = Result<Response, Infallible>> + Send + 'static,
{
    // Answers are small and written whole; waiting to fill a packet only delays them.
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let http = http(limits, &watched);
    let service = TowerToHyperService::new(Heard {
        service,
        watched: Arc::clone(&watched),
    });
    let connection = TokioIo::new(Joined(connection));
    let mut serving = pin!(http.serve_connection_with_upgrades(connection, service));
    let mut finishing = false;
    let served = poll_fn(|context| {
        match watched.told(context.waker()) {
            Told::GoOn => {}
            Told::Finish if finishing => {}
            Told::Finish => {
                finishing = true;
                serving.as_mut().graceful_shutdown();
            }
            Told::End => {
                tracing::debug!("a connection sent no request in time, or the server ends");
                return Poll::Ready(Ok(()));
            }
        }
        serving.as_mut().poll(context)
    });
    if let Err(error) = served.await {
        tracing::debug!(error, "a connection failed");
    }
}

/// Notes that a request came, of which the HTTP library tells nobody who speaks HTTP/2.
#[derive(Clone)]
struct Heard<S> {
    service: S,
    watched: Arc<Watched>,
}

impl<S, B> Service<http::Request<B>> for Heard<S>
where
    S: Service<Request>,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<B>) -> S::Future {
        self.watched.is_busy();
        // An empty one need not be boxed.
        let request = request.map(|body| {
            if body.is_end_stream() {
                Body::empty()
            } else {
                Body::new(body)
            }
        });
        self.service.call(request)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::SocketAddr;
    use std::time::Instant;

    use axum::Router;
    use axum::routing::get;
    use tokio::sync::{Notify, oneshot};
    use tokio::task::JoinHandle;

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
            // The watch counts whole milliseconds.
            let waited = began.elapsed() + Duration::from_millis(1);
            assert!(waited >= SHORT, "{sent:?} was closed after {waited:?}");
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

    #[tokio::test]
    async fn who_drops_the_future_ends_the_connections() {
        let served = start(Limits {
            head: LONG * 4,
            ..Limits::default()
        })
        .await;
        let idle = connect(served.address, WHOLE);
        let slow = connect(served.address, b"GET /slow HTTP/1.1\r\nHost: lab\r\n\r\n");
        served.slow.notified().await;
        served.serving.abort();
        let answers = async { (rest(idle).await, rest(slow).await) };
        let (idle, slow) = tokio::time::timeout(LONG, answers).await.unwrap();
        assert!(idle.contains("served"), "{idle}");
        assert_eq!(slow, "");
    }
}
