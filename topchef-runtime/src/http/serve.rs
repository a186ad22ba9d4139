//! An API that is served by itself, on an address, until the program is told to end.
//!
//! A request to a resource goes straight to its handlers: nobody has put a layer in between, and no extractor asks what
//! a router would note of it. All else goes through the router: `HEAD`, the documentation, and where an authenticator is
//! given the request, which may look at what the router notes.
//! It does not know what is served.

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use http::Method as Verb;
use tower_service::Service;

use super::connections::{self, Limits};
use super::{Served, dispatch, panicked};

/// How long requests may take to their end when the program is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// The handlers of resources by their paths, and a router for all that is at other paths.
#[derive(Clone)]
pub(super) struct Straight {
    resources: Arc<matchit::Router<Target>>,
    router: Router,
}

#[derive(Clone)]
enum Target {
    Collection(Arc<Served>),
    Record(Arc<Served>),
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl Straight {
    /// What the router serves at the paths of these resources is served without it.
    pub(super) fn new(served: Vec<Arc<Served>>, router: Router) -> Self {
        let mut resources = matchit::Router::new();
        let seen = |served: &Arc<Served>| served.common.guard.authenticates();
        for served in served.into_iter().filter(|served| !seen(served)) {
            let descriptor = served.endpoint.descriptor();
            let record = dispatch::record_path(descriptor);
            let of_one = Arc::clone(&served);
            // The router has the same paths already: two that cannot stand beside each other never come here.
            let _ = resources.insert(descriptor.path, Target::Collection(served));
            let _ = resources.insert(record, Target::Record(of_one));
        }
        Self {
            resources: Arc::new(resources),
            router,
        }
    }

    /// Who answers a request without the router.
    fn target(&self, request: &Request) -> Option<Target> {
        // The router has a way of its own to answer without a body.
        if request.method() == Verb::HEAD {
            return None;
        }
        let found = self.resources.at(request.uri().path()).ok()?;
        Some(found.value.clone())
    }
}

impl Service<Request> for Straight {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.target(&request) {
            Some(Target::Collection(served)) => caught(dispatch::collection(served, request)),
            Some(Target::Record(served)) => caught(dispatch::record(served, request)),
            None => Box::pin(self.router.call(request)),
        }
    }
}

/// What a handler answers, or that it panicked.
fn caught(answer: impl Future<Output = Response> + Send + 'static) -> Answer {
    Box::pin(async move {
        let mut answer = pin!(answer);
        let answered = poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
            polled.unwrap_or_else(|payload| Poll::Ready(panicked(payload)))
        });
        Ok(answered.await)
    })
}

/// Serves on an address until the program is told to end.
pub(super) async fn serve(service: Straight, address: &str) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let (tell, told) = tokio::sync::oneshot::channel();
    let ending = async {
        told_to_end().await;
        // Whoever listens to it has ended already otherwise.
        let _ = tell.send(());
    };
    let too_late = async {
        match told.await {
            Ok(()) => tokio::time::sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = connections::serve(listener, service, Limits::default(), ending) => {}
        () = too_late => {}
    }
    Ok(())
}

/// Waits for what tells a program to end: Ctrl-C, and where there is such a signal, SIGTERM.
async fn told_to_end() {
    let interrupted = async {
        // Where signals cannot be waited for, the program is ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests {
    use axum::body::Body;
    use axum::extract::MatchedPath;
    use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
    use http::{HeaderMap, StatusCode};
    use http_body_util::BodyExt as _;

    use super::super::{Api, Public};
    use super::*;
    use crate::{
        ApiError, Context as Asked, Database, ModelResource, Principal, Report, Select, policies,
    };

    #[derive(ModelResource)]
    struct Book {
        id: i64,
        title: String,
    }

    #[derive(ModelResource)]
    #[resource(process_input(delete = never))]
    struct Film {
        id: i64,
    }

    async fn never(_: &Asked, _: &mut Select<Film>) -> Result<(), Report> {
        panic!("a hook")
    }

    /// Its path is one that could be a book's.
    #[derive(ModelResource)]
    #[resource(url_prefix = "/books", url_name = "shelves")]
    struct Shelf {
        #[resource(primary_key)]
        room: String,
        #[resource(primary_key)]
        number: i64,
    }

    async fn api() -> Api<Public> {
        let database = Database::temporary().await.unwrap();
        database
            .create_tables::<(Book, Film, Shelf)>()
            .await
            .unwrap();
        Api::new(database)
            .resource::<Book>()
            .resource::<Film>()
            .resource::<Shelf>()
            .public()
    }

    type Said = (StatusCode, HeaderMap, String);

    async fn said(
        service: &mut impl Service<Request, Response = Response, Error = Infallible>,
        verb: &Verb,
        path: &str,
        body: &'static str,
    ) -> Said {
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .header(HOST, "books.example")
            .header(CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(body)).unwrap();
        let Ok(response) = service.call(request).await;
        let (mut parts, body) = response.into_parts();
        // Without a router it is set where the answer is sent.
        parts.headers.remove(CONTENT_LENGTH);
        let bytes = body.collect().await.unwrap().to_bytes();
        (
            parts.status,
            parts.headers,
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    /// What the router alone answers, and what is answered without it where that can be.
    #[tokio::test]
    async fn a_request_is_answered_as_the_router_answers_it() {
        const BODY: &str = r#"{"title": "The Dispossessed"}"#;
        const PATHS: [&str; 23] = [
            "/books",
            "/books/",
            "/books?title=x&limit=1",
            "/books/1",
            "/books/%31",
            "/books/1/",
            "/books//",
            "/books/1/2",
            "/books/a%2Fb",
            "/books/%zz",
            "/books/x",
            "/Books",
            "/",
            "//books",
            "/books/shelves",
            "/books/shelves/",
            "/books/shelves/a/1",
            "/books/shelves/a%20b/1",
            "/books/shelves/a",
            "/films/1",
            "/docs",
            "/meta/books",
            "/openapi.json",
        ];
        let verbs = [
            Verb::GET,
            Verb::HEAD,
            Verb::OPTIONS,
            Verb::POST,
            Verb::PUT,
            Verb::PATCH,
            Verb::DELETE,
            Verb::TRACE,
        ];
        let mut router = api().await.into_router();
        let (resources, behind) = api().await.into_parts();
        let mut straight = Straight::new(resources, behind);
        let mut statuses = Vec::new();
        for path in PATHS {
            for verb in &verbs {
                let one = said(&mut router, verb, path, BODY).await;
                let other = said(&mut straight, verb, path, BODY).await;
                assert_eq!(one, other, "{verb} {path}");
                statuses.push(one.0.as_u16());
            }
        }
        statuses.sort_unstable();
        statuses.dedup();
        assert_eq!(statuses, [200, 201, 204, 308, 400, 404, 405, 500]);
    }

    /// Otherwise the test above compares the router with itself.
    #[tokio::test]
    async fn resources_are_reached_without_the_router() {
        let (resources, _) = api().await.into_parts();
        let straight = Straight::new(resources, Router::new());
        let target = |verb: Verb, path: &str| {
            let request = Request::builder().method(verb).uri(path);
            let request = request.body(Body::empty()).unwrap();
            let target = straight.target(&request)?;
            Some(match target {
                Target::Collection(served) => (served.endpoint.descriptor().name, "collection"),
                Target::Record(served) => (served.endpoint.descriptor().name, "record"),
            })
        };
        assert_eq!(target(Verb::GET, "/books"), Some(("Book", "collection")));
        assert_eq!(
            target(Verb::PATCH, "/books/1?a=b"),
            Some(("Book", "record"))
        );
        assert_eq!(
            target(Verb::GET, "/books/shelves"),
            Some(("Shelf", "collection"))
        );
        assert_eq!(
            target(Verb::GET, "/books/shelves/a/1"),
            Some(("Shelf", "record"))
        );
        for (verb, path) in [
            (Verb::HEAD, "/books"),
            (Verb::GET, "/docs"),
            (Verb::GET, "/books/"),
        ] {
            assert_eq!(target(verb, path), None, "{path}");
        }
    }

    /// It may look at what only the router notes of a request.
    #[tokio::test]
    async fn who_is_authenticated_is_seen_with_all_that_the_router_notes() {
        async fn noted(parts: &http::request::Parts) -> Result<Option<Principal>, ApiError> {
            let path = parts.extensions.get::<MatchedPath>();
            assert_eq!(path.map(MatchedPath::as_str), Some("/books/{key0}"));
            Ok(None)
        }
        let database = Database::temporary().await.unwrap();
        database.create_tables::<Book>().await.unwrap();
        let api = Api::new(database).resource::<Book>();
        let api = api.authenticated(noted, policies::anybody);
        let (resources, router) = api.into_parts();
        let mut straight = Straight::new(resources, router);
        let (status, ..) = said(&mut straight, &Verb::GET, "/books/1", "").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
