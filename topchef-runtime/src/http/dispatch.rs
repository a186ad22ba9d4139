//! From a request to the file of its verb: HEAD and OPTIONS for all, 405 with `Allow` for what a resource does not have.
//!
//! It does not know what the verbs do.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::ALLOW;
use http::{Method as Verb, StatusCode};

use super::{Served, delete, get, list, patch, post, put};
use crate::descriptor::{Descriptor, Method};
use crate::error::{ApiError, Report};

/// The path of a resource's records: the collection's, and a parameter for each column of the key.
pub(super) fn record_path(descriptor: &Descriptor) -> String {
    let parameters = (0..descriptor.key.len()).map(|place| format!("/{{key{place}}}"));
    descriptor.path.to_owned() + &parameters.collect::<String>()
}

/// A request to a resource's collection.
pub(super) async fn collection(served: Arc<Served>, request: Request) -> Response {
    served.sweeps();
    let descriptor = served.endpoint.descriptor();
    let method = match method(descriptor, request.method(), Scope::Collection) {
        Ok(Asked::Options) => return options(descriptor, Scope::Collection),
        Ok(Asked::Method(method)) => method,
        Err(error) => return error.into_response(),
    };
    let (parts, body) = request.into_parts();
    let answer = match served.admitted(method, None, parts).await {
        Ok(cx) if method == Method::Post => post::handle(&served, cx, body).await,
        Ok(cx) => list::handle(&served, &cx).await,
        Err(refusal) => Err(refusal),
    };
    answer.unwrap_or_else(Report::into_response)
}

/// A request to one record of a resource.
pub(super) async fn record(served: Arc<Served>, request: Request) -> Response {
    served.sweeps();
    let descriptor = served.endpoint.descriptor();
    let asked = match method(descriptor, request.method(), Scope::Record) {
        Ok(Asked::Options) => return options(descriptor, Scope::Record),
        Ok(Asked::Method(method)) => method,
        Err(error) => return error.into_response(),
    };
    let key = match served.key_at(request.uri().path()) {
        Ok(key) => key,
        Err(error) => return error.into_response(),
    };
    let (parts, body) = request.into_parts();
    let cx = match served.admitted(asked, Some(&key), parts).await {
        Ok(cx) => cx,
        Err(refusal) => return refusal.into_response(),
    };
    let answer = match asked {
        Method::Put => put::handle(&served, cx, body, key).await,
        Method::Patch => patch::handle(&served, cx, body, key).await,
        Method::Delete => delete::handle(&served, cx, key).await,
        Method::Get | Method::List | Method::Post => get::handle(&served, cx, key).await,
    };
    answer.unwrap_or_else(Report::into_response)
}

/// Which of a resource's two paths.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Collection,
    Record,
}

enum Asked {
    Options,
    Method(Method),
}

fn method(descriptor: &Descriptor, verb: &Verb, scope: Scope) -> Result<Asked, ApiError> {
    if *verb == Verb::OPTIONS {
        return Ok(Asked::Options);
    }
    let wanted = if *verb == Verb::HEAD {
        &Verb::GET
    } else {
        verb
    };
    of_scope(descriptor, scope)
        .find(|method| method.verb() == *wanted)
        .map(Asked::Method)
        .ok_or_else(|| ApiError::method_not_implemented(verb, &allow(descriptor, scope)))
}

fn of_scope(descriptor: &Descriptor, scope: Scope) -> impl Iterator<Item = Method> {
    let methods = descriptor.methods.iter().copied();
    methods.filter(move |method| method.is_of_collection() == (scope == Scope::Collection))
}

fn allow(descriptor: &Descriptor, scope: Scope) -> String {
    let mut verbs: Vec<String> = vec![Verb::OPTIONS.to_string()];
    for method in of_scope(descriptor, scope) {
        let verb = method.verb();
        if verb == Verb::GET {
            verbs.push(Verb::HEAD.to_string());
        }
        verbs.push(verb.to_string());
    }
    verbs.join(", ")
}

fn options(descriptor: &Descriptor, scope: Scope) -> Response {
    let mut response = (StatusCode::OK, [(ALLOW, allow(descriptor, scope))]).into_response();
    if of_scope(descriptor, scope).any(|method| method == Method::Patch) {
        let (name, value) = patch::ACCEPT_PATCH;
        response.headers_mut().insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<F: Future>(_: fn(Arc<Served>, Request) -> F) -> usize {
        size_of::<F>()
    }

    /// It is moved several times for each request: what is seldom done is boxed where it is done.
    #[test]
    fn what_a_request_is_while_it_waits_is_small() {
        const AT_MOST: usize = 5 * 1024;
        assert!(size(collection) <= AT_MOST, "{}", size(collection));
        assert!(size(record) <= AT_MOST, "{}", size(record));
    }
}
