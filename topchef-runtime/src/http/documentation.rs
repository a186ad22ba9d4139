//! The documentation over HTTP: `/openapi.json`, the pages of `/docs` and `/meta`.
//!
//! It gives way to resources at these paths. It does not know what is said of them.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, Method as Verb, StatusCode};
use serde_json::{Value, json};
use utoipa_swagger_ui::Config;

use super::access::Guard;
use super::conditional;
use super::request::{original_path, query_string};
use crate::documentation::{Access, Catalogue, document, index, page};
use crate::error::{ApiError, Report};
use crate::query::parse_none;
use crate::transaction::{Endpoint, EntityTag};

/// The methods that every page of the documentation has.
const ALLOWED: &str = "OPTIONS, HEAD, GET";

/// Nothing of the pages comes from elsewhere, and no script stands in them; Swagger UI sets styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// What an API says of itself, and whether it does.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) is_served: bool,
    /// Whether anybody may read it, even where it is found out who sends a request.
    pub(super) is_public: bool,
    /// Whether reads may be asked for their statement and plan.
    pub(super) explains: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            title: "API".to_owned(),
            version: "1".to_owned(),
            is_served: true,
            is_public: false,
            explains: false,
        }
    }
}

/// The paths of the documentation that no resource has taken.
pub(super) fn router(settings: Settings, guard: &Guard, endpoints: &[Endpoint]) -> Router {
    let router = Router::new();
    if !settings.is_served {
        return router;
    }
    let documentation = Arc::new(Documentation::new(settings, guard, endpoints));
    let mut paths: Vec<(&str, Read)> = Vec::new();
    if documentation.has_room_for("/openapi.json") {
        paths.push(("/openapi.json", Documentation::openapi));
        // Without the document there is nothing to show.
        if documentation.has_room_for("/docs") {
            paths.push(("/docs", Documentation::to_docs));
            paths.push(("/docs/", Documentation::docs));
            paths.push(("/docs/{*file}", Documentation::docs));
        }
    }
    if documentation.has_room_for("/meta") {
        paths.push(("/meta", Documentation::index));
        paths.push(("/meta/{*resource}", Documentation::page));
    }
    paths.into_iter().fold(router, |router, (path, read)| {
        let documentation = Arc::clone(&documentation);
        router.route(
            path,
            any(move |request| answer(documentation, read, request)),
        )
    })
}

/// What one of the paths answers to `GET`.
type Read = fn(&Documentation, &Parts) -> Result<Response, Report>;

async fn answer(documentation: Arc<Documentation>, read: Read, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if parts.method == Verb::OPTIONS {
        return (StatusCode::OK, [(ALLOW, ALLOWED)]).into_response();
    }
    if parts.method != Verb::GET && parts.method != Verb::HEAD {
        return ApiError::method_not_implemented(&parts.method, ALLOWED).into_response();
    }
    let answer = match documentation.may_read_documentation(&parts).await {
        Ok(()) => read(&documentation, &parts),
        Err(refusal) => Err(refusal),
    };
    answer.unwrap_or_else(Report::into_response)
}

/// The documentation of an API that is served.
struct Documentation {
    catalogue: Catalogue,
    guard: Guard,
    /// The document of an API at the root.
    at_root: Document,
    /// The document of an API that another router has below a prefix, once that is known; nearly always there is one.
    nested: OnceLock<(String, Document)>,
    swagger: Arc<Config<'static>>,
}

impl Documentation {
    fn new(settings: Settings, guard: &Guard, endpoints: &[Endpoint]) -> Self {
        let access = if guard.authenticates() {
            Access::Authenticated
        } else {
            Access::Public
        };
        let documentation = if settings.is_public {
            Access::Public
        } else {
            access
        };
        let catalogue = Catalogue {
            title: settings.title,
            version: settings.version,
            access,
            documentation,
            explains: settings.explains,
            resources: Vec::new(),
        };
        let catalogue = catalogue.with(endpoints);
        Self {
            guard: guard.clone(),
            at_root: openapi(&catalogue, ""),
            catalogue,
            nested: OnceLock::new(),
            // Relative, so that it is found wherever the pages are; and nobody elsewhere is asked whether it is valid.
            swagger: Arc::new(Config::from("../openapi.json").validator_url("none")),
        }
    }

    /// Whether the documentation can be at a path; the log tells when it cannot.
    fn has_room_for(&self, path: &str) -> bool {
        let has_room = self.catalogue.has_room_for(path);
        if !has_room {
            tracing::warn!(path, "a resource is where the documentation would be");
        }
        has_room
    }

    /// Whether who asks may read the documentation: anybody, unless requests have principals; then who is one.
    ///
    /// # Errors
    /// A [`Report`] with the authenticator's refusal; 401 when the request does not say who sends it.
    async fn may_read_documentation(&self, parts: &Parts) -> Result<(), Report> {
        let is_public = self.catalogue.documentation == Access::Public;
        if is_public || self.guard.principal(parts).await?.is_some() {
            return Ok(());
        }
        Err(ApiError::unauthorized().into())
    }

    fn openapi(&self, parts: &Parts) -> Result<Response, Report> {
        parse_none(query_string(&parts.uri))?;
        let document = match prefix(parts) {
            "" => self.at_root.clone(),
            prefix => {
                let made = || (prefix.to_owned(), openapi(&self.catalogue, prefix));
                let (of, nested) = self.nested.get_or_init(made);
                if of == prefix {
                    nested.clone()
                } else {
                    openapi(&self.catalogue, prefix)
                }
            }
        };
        document.response(parts)
    }

    /// To where the pages' own relative links are right; relative itself, so that it is right wherever this is.
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "one signature for all paths"
    )]
    fn to_docs(&self, _parts: &Parts) -> Result<Response, Report> {
        Ok((StatusCode::PERMANENT_REDIRECT, [(LOCATION, "docs/")]).into_response())
    }

    fn docs(&self, parts: &Parts) -> Result<Response, Report> {
        let path = parts.uri.path();
        let file = path.strip_prefix("/docs/").unwrap_or_default();
        let found = utoipa_swagger_ui::serve(file, Arc::clone(&self.swagger))
            // It cannot be sent on to the log as it is.
            .map_err(|error| ApiError::internal(std::io::Error::other(error.to_string())))?
            .ok_or_else(|| ApiError::no_such_path(path))?;
        let bytes = match found.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        let mut response = Document::new(bytes, &found.content_type).response(parts)?;
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Ok(response)
    }

    fn index(&self, parts: &Parts) -> Result<Response, Report> {
        parse_none(query_string(&parts.uri))?;
        let prefix = prefix(parts);
        let mut links = json!({ "self": original_path(parts) });
        if self.catalogue.has_room_for("/openapi.json") {
            links["openapi"] = format!("{prefix}/openapi.json").into();
        }
        enveloped(&index(&self.catalogue, prefix), &links).response(parts)
    }

    fn page(&self, parts: &Parts) -> Result<Response, Report> {
        let path = parts.uri.path();
        let of = path.strip_prefix("/meta").unwrap_or_default();
        let resource = self
            .catalogue
            .at(of)
            .ok_or_else(|| ApiError::no_such_path(path))?;
        let prefix = prefix(parts);
        let data = page(&self.catalogue, resource, prefix, query_string(&parts.uri))?;
        let links = json!({
            "self": original_path(parts),
            "resource": format!("{prefix}{of}"),
        });
        enveloped(&data, &links).response(parts)
    }
}

/// What a router around this one took off the path.
fn prefix(parts: &Parts) -> &str {
    original_path(parts)
        .strip_suffix(parts.uri.path())
        .unwrap_or_default()
}

fn openapi(catalogue: &Catalogue, prefix: &str) -> Document {
    // Strings, numbers and lists alone: there is nothing in it that could fail to be written.
    let bytes = document(catalogue, prefix).to_json().unwrap_or_default();
    Document::new(bytes.into(), "application/json")
}

fn enveloped(data: &Value, links: &Value) -> Document {
    let body = json!({ "data": data, "links": links, "meta": {} });
    Document::new(body.to_string().into(), "application/json")
}

/// Bytes with their media type and entity tag.
#[derive(Clone)]
struct Document {
    bytes: Bytes,
    content_type: HeaderValue,
    tag: EntityTag,
}

impl Document {
    fn new(bytes: Bytes, content_type: &str) -> Self {
        let unknown = HeaderValue::from_static("application/octet-stream");
        Self {
            content_type: HeaderValue::from_str(content_type).unwrap_or(unknown),
            tag: EntityTag::of_bytes(&bytes),
            bytes,
        }
    }

    /// 200, or 304 to who has it.
    fn response(self, parts: &Parts) -> Result<Response, Report> {
        let preconditions = conditional::preconditions(parts)?;
        let instead = conditional::in_place_of(&self.tag, &preconditions)?;
        let mut response = instead.unwrap_or_else(|| {
            let headers = [(CONTENT_TYPE, self.content_type)];
            conditional::tagged((headers, self.bytes).into_response(), &self.tag)
        });
        // Kept, but asked about each time: another version of the program says something else.
        let ask = HeaderValue::from_static("no-cache");
        response.headers_mut().insert(CACHE_CONTROL, ask);
        Ok(response)
    }
}
