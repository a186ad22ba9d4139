//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request is carried out once, and its answer given again.
//!
//! It does not know what the request does, nor where keys are stored.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::HeaderName;
use http_body_util::BodyExt;

use super::Served;
use super::request::original_path;
use crate::Reply;
use crate::error::{ApiError, Report};
use crate::sql::ScopedKey;
use crate::transaction::{Context, Found, Once, Principal};

const KEY: &str = "Idempotency-Key";

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key, in bytes.
const LONGEST: usize = 255;

/// The requests with a key that run here.
#[derive(Debug, Default)]
pub(super) struct Keys {
    running: Mutex<HashSet<ScopedKey>>,
}

/// That a request runs, until this goes.
struct Running {
    keys: Arc<Keys>,
    key: ScopedKey,
}

impl Running {
    /// None while another with the same key runs.
    fn start(keys: &Arc<Keys>, key: &ScopedKey) -> Option<Self> {
        let mut running = keys.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(key.clone()).then(|| Self {
            keys: Arc::clone(keys),
            key: key.clone(),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let running = self.keys.running.lock();
        running
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

/// What a request's `Idempotency-Key` makes of it; none when it has none.
///
/// # Errors
/// 400 when the key is not 1 to 255 visible characters, or there are several.
pub(super) fn key_of(cx: &Context, body: &[u8]) -> Result<Option<Once>, ApiError> {
    let mut keys = cx.headers().get_all(KEY).iter();
    let Some(key) = keys.next() else {
        return Ok(None);
    };
    let visible = key.as_bytes().iter().all(u8::is_ascii_graphic);
    let key = key.to_str().unwrap_or_default();
    if keys.next().is_some() || !visible || key.is_empty() || key.len() > LONGEST {
        let detail = format!("must be one key of 1 to {LONGEST} visible characters");
        return Err(ApiError::malformed_header(KEY, detail));
    }
    // The key of one is none of another's.
    let who = cx.principal().map(Principal::id);
    Ok(Some(Once::new(
        who,
        cx.parts(),
        original_path(cx.parts()),
        key,
        body,
    )))
}

/// Carries a request out, or gives the answer that it was given before.
///
/// `first` carries it out; `again` answers from the records that it wrote, when its own answer is lost.
///
/// # Errors
/// Those of the request; 422 when another had the key; 409 while the first one runs.
pub(super) async fn once<Again>(
    served: &Served,
    once: Once,
    first: impl Future<Output = Result<Response, Report>> + Send + 'static,
    again: impl FnOnce(Option<String>) -> Again,
) -> Result<Response, Report>
where
    Again: Future<Output = Result<Response, Report>>,
{
    let database = served.base.database().clone();
    database.prepare().await?;
    let running =
        Running::start(&served.keys, once.key()).ok_or_else(ApiError::idempotency_key_in_use)?;
    match once.find(&database).await? {
        None => {}
        Some(Found::Another) => return Err(ApiError::idempotency_key_reused().into()),
        Some(Found::Answer(reply)) => return Ok(replayed(reply.into_axum())),
        Some(Found::Unanswered(records)) => return again(records).await.map(replayed),
    }
    // A task of its own: a client that goes away will ask again, and must be given this answer.
    let carried_out = tokio::spawn(async move {
        let (response, reply) = copied(first.await?).await?;
        if let Err(error) = once.answered(&database, &reply).await {
            tracing::error!(%error, "the answer to a request with an idempotency key was not stored");
        }
        drop(running);
        Ok(response)
    });
    match carried_out.await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(ApiError::internal(cancelled).into()),
        },
    }
}

fn replayed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// A response, and what to store of it.
async fn copied(response: Response) -> Result<(Response, Reply), Report> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(ApiError::internal)?.to_bytes();
    let reply = Reply::again(parts.status, parts.headers.clone(), body.to_vec());
    Ok((Response::from_parts(parts, Body::from(body)), reply))
}
