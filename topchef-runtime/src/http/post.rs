//! `POST` to a collection: 201 with the new record and its `Location`, or with all the records of an array; 400 with everything that is wrong; 409 on a conflict.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;

use super::request::{JsonBody, original_path, query_string};
use super::{Served, get, idempotency, reply};
use crate::descriptor::{Descriptor, Method, Selection};
use crate::error::{ApiError, Report};
use crate::query;
use crate::resource::write_array;
use crate::transaction::{Context, Draft, Endpoint, Records, Unknown};

/// What a body gives.
enum Given {
    One(Draft),
    Several(Vec<Draft>),
}

pub(super) async fn handle(served: &Served, cx: Context, body: Body) -> Result<Response, Report> {
    let descriptor = served.endpoint.descriptor();
    let asked = query::parse_one(descriptor, Method::Post, query_string(cx.uri()))?;
    let selection = asked.selection;
    let body = served.json(cx.headers(), body).await?;
    let once = idempotency::key_of(&cx, body.bytes())?;
    let given = read(descriptor, &body)?;
    let path = original_path(cx.parts()).to_owned();
    let Some(once) = once else {
        return create(served.endpoint, cx, given, selection, path).await;
    };
    let form = match given {
        Given::One(_) => Form::One,
        Given::Several(_) => Form::Several,
    };
    let first = create(
        served.endpoint,
        cx.clone().with_once(once.clone()),
        given,
        selection.clone(),
        path.clone(),
    );
    let again = |keys: Option<String>| async move {
        let keys = keys.ok_or_else(ApiError::answer_lost)?;
        match form {
            Form::One => shown(served, &cx, &keys, &selection, &path).await,
            Form::Several => all_shown(served, &cx, &keys, &selection).await,
        }
    };
    Box::pin(idempotency::once(served, once, first, again)).await
}

/// Whether a body is one record, or an array of records.
#[derive(Clone, Copy)]
enum Form {
    One,
    Several,
}

fn read(descriptor: &'static Descriptor, body: &JsonBody) -> Result<Given, Report> {
    Ok(match body.records()? {
        Records::One(object) => Given::One(Draft::read_new(descriptor, &object, Unknown::Refuse)),
        Records::Several(items) => {
            Given::Several(Draft::read_several(descriptor, &items, Unknown::Refuse)?)
        }
    })
}

async fn create(
    endpoint: Endpoint,
    cx: Context,
    given: Given,
    selection: Selection,
    path: String,
) -> Result<Response, Report> {
    let outcome = match given {
        Given::One(input) => endpoint.post(&cx, input, &selection).await?,
        Given::Several(inputs) => endpoint.post_several(&cx, inputs, &selection).await?,
    };
    Ok(reply::of_write(endpoint.descriptor(), outcome, &path, true))
}

/// A record that was created before.
async fn shown(
    served: &Served,
    cx: &Context,
    key: &str,
    selection: &Selection,
    path: &str,
) -> Result<Response, Report> {
    let path = format!("{}/{key}", path.trim_end_matches('/'));
    get::shown(served, cx, served.key_at(key)?, selection, &path).await
}

/// Records that were created together before; those that are gone are left out.
async fn all_shown(
    served: &Served,
    cx: &Context,
    keys: &str,
    selection: &Selection,
) -> Result<Response, Report> {
    let endpoint = served.endpoint;
    let mut records = Vec::new();
    for key in keys.lines() {
        match endpoint.get(cx, served.key_at(key)?, selection).await {
            Ok(record) => records.push(record),
            Err(refusal) if refusal.status() == StatusCode::NOT_FOUND => {}
            Err(refusal) => return Err(refusal),
        }
    }
    let mut json = Vec::new();
    write_array(records.iter().map(Vec::as_slice), &mut json);
    let envelope = endpoint.descriptor().envelope;
    Ok(reply::enveloped(
        envelope,
        StatusCode::OK,
        &json,
        &[],
        b"{}",
    ))
}
