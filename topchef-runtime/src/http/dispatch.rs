//! From a request to the file of its verb: HEAD and OPTIONS for all, 405 with `Allow` for what a resource does not have.
//!
//! It does not know what the verbs do.

use std::sync::Arc;

use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, http::Method as Verb};
use http::StatusCode;
use http::header::ALLOW;

use super::{Served, delete, get, list, patch, post, put};
use crate::descriptor::{Descriptor, Method};
use crate::error::{ApiError, Report};

/// The parameter of a record's path.
pub(super) const KEY: &str = "key";

/// A request to a resource's collection.
pub(super) async fn collection(served: Arc<Served>, request: Request) -> Response {
    let descriptor = served.endpoint.descriptor();
    let answer = match method(descriptor, request.method(), Scope::Collection) {
        Ok(Asked::Options) => return options(descriptor, Scope::Collection),
        Ok(Asked::Method(Method::Post)) => post::handle(&served, request).await,
        Ok(Asked::Method(_)) => list::handle(&served, request).await,
        Err(error) => Err(error.into()),
    };
    answer.unwrap_or_else(Report::into_response)
}

/// A request to one record of a resource.
pub(super) async fn record(served: Arc<Served>, mut request: Request) -> Response {
    let descriptor = served.endpoint.descriptor();
    let asked = match method(descriptor, request.method(), Scope::Record) {
        Ok(Asked::Options) => return options(descriptor, Scope::Record),
        Ok(Asked::Method(method)) => method,
        Err(error) => return error.into_response(),
    };
    // By its name: a router around this one may have parameters of its own.
    let parameters = request.extract_parts::<Path<Vec<(String, String)>>>().await;
    let text = parameters.ok().and_then(|Path(parameters)| {
        let mut parameters = parameters.into_iter().rev();
        parameters
            .find(|(name, _)| name == KEY)
            .map(|(_, text)| text)
    });
    let key = match text {
        Some(text) => served.endpoint.parse_key(&text),
        // What is not percent-encoded UTF-8 names nothing.
        None => Err(ApiError::no_such_path(request.uri().path())),
    };
    let key = match key {
        Ok(key) => key,
        Err(error) => return error.into_response(),
    };
    let answer = match asked {
        Method::Put => put::handle(&served, request, key).await,
        Method::Patch => patch::handle(&served, request, key).await,
        Method::Delete => delete::handle(&served, request, key).await,
        Method::Get | Method::List | Method::Post => get::handle(&served, request, key).await,
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
    (StatusCode::OK, [(ALLOW, allow(descriptor, scope))]).into_response()
}
