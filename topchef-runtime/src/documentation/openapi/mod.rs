//! The `OpenAPI` 3.1 document of an API.
//!
//! It does not know how the document is served.

mod bodies;
mod components;
mod links;
mod operation;
mod own;
mod parameters;
mod responses;

use utoipa::openapi::path::{HttpMethod, PathItemBuilder};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Server, Tag};

use super::catalogue::{Access, Catalogue, Resource};
use crate::descriptor::Method;

/// The document; `prefix` is what stands before all of its paths, when the API is not at the root.
pub(crate) fn document(catalogue: &Catalogue, prefix: &str) -> OpenApi {
    let info = InfoBuilder::new()
        .title(&catalogue.title)
        .version(&catalogue.version)
        .build();
    let mut paths = PathsBuilder::new();
    for resource in &catalogue.resources {
        for scope in [Scope::Collection, Scope::Record] {
            paths = paths.path(scope.path(resource), item(catalogue, resource, scope));
        }
    }
    for (path, item) in own::paths(catalogue) {
        paths = paths.path(path, item);
    }
    let tags = catalogue.resources.iter().map(tag).chain([own::tag()]);
    OpenApiBuilder::new()
        .info(info)
        .servers((!prefix.is_empty()).then(|| [Server::new(prefix)]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components::components(catalogue)))
        .security((catalogue.access == Access::Authenticated).then(|| [components::security()]))
        .build()
}

/// Which of a resource's two paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Collection,
    Record,
}

impl Scope {
    fn path(self, resource: &Resource) -> String {
        match self {
            Self::Collection => resource.descriptor().path.to_owned(),
            Self::Record => resource.record_path(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Collection => "Collection",
            Self::Record => "Record",
        }
    }

    fn methods(self, resource: &Resource) -> impl Iterator<Item = Method> {
        let methods = resource.descriptor().methods.iter().copied();
        methods.filter(move |method| method.is_of_collection() == (self == Self::Collection))
    }
}

/// What can be done at a path; `OPTIONS` even where there is nothing else.
fn item(catalogue: &Catalogue, resource: &Resource, scope: Scope) -> PathItem {
    let mut item = PathItemBuilder::new();
    for method in scope.methods(resource) {
        item = item.operation(
            http_method(method),
            operation::of_method(catalogue, resource, method),
        );
        if method.is_safe() {
            item = item.operation(
                HttpMethod::Head,
                operation::head(catalogue, resource, method),
            );
        }
    }
    item.operation(
        HttpMethod::Options,
        operation::options(catalogue, resource, scope),
    )
    .build()
}

fn tag(resource: &Resource) -> Tag {
    let mut tag = Tag::new(&resource.name);
    let doc = resource.descriptor().doc;
    tag.description = (!doc.is_empty()).then(|| doc.to_owned());
    tag
}

const fn http_method(method: Method) -> HttpMethod {
    match method {
        Method::Get | Method::List => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::Endpoint;

    /// What is kept of somebody.
    #[derive(crate::ModelResource)]
    #[resource(methods(get, post))]
    struct Note {
        id: i64,
        /// What is to be remembered.
        #[resource(max_length = 80)]
        text: Option<String>,
    }

    fn catalogue() -> Catalogue {
        Catalogue {
            title: "Notes".to_owned(),
            version: "1".to_owned(),
            access: Access::Authenticated,
            documentation: Access::Authenticated,
            explains: false,
            resources: Vec::new(),
        }
    }

    #[test]
    fn a_small_document() {
        let catalogue = catalogue().with(&[Endpoint::of::<Note>()]);
        insta::assert_snapshot!(document(&catalogue, "/v1").to_pretty_json().unwrap());
    }

    #[test]
    fn no_two_resources_have_one_name() {
        #[derive(crate::ModelResource)]
        struct Problem {
            id: i64,
        }
        let note = Endpoint::of::<Note>();
        let catalogue = catalogue().with(&[note, note, Endpoint::of::<Problem>(), note]);
        let names: Vec<_> = catalogue
            .resources
            .iter()
            .map(|resource| &*resource.name)
            .collect();
        assert_eq!(names, ["Note", "Note2", "Problem2", "Note3"]);
    }
}
