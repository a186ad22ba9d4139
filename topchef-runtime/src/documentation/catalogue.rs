//! The resources of an API under names that differ, and what holds for all of them.
//!
//! It does not know how they are described.

use crate::descriptor::{Descriptor, Method};
use crate::transaction::Endpoint;

/// The names of schemas that stand for no resource.
const RESERVED: &[&str] = &["Problem"];

/// What the documentation is made from.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// What the API is called.
    pub(crate) title: String,
    /// Which version of it this is.
    pub(crate) version: String,
    /// Who may use it.
    pub(crate) access: Access,
    /// Who may read the documentation.
    pub(crate) documentation: Access,
    /// Whether reads may be asked for their statement and plan in place of records.
    pub(crate) explains: bool,
    /// What is served, in the order in which it was added.
    pub(crate) resources: Vec<Resource>,
}

/// Whether requests say who makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody may use the API.
    Public,
    /// Requests are made by principals.
    Authenticated,
}

/// A resource that is served.
#[derive(Debug)]
pub(crate) struct Resource {
    /// The struct's name; with a number where several structs have the same.
    pub(crate) name: String,
    /// What is done with it.
    pub(crate) endpoint: Endpoint,
}

impl Resource {
    /// What the resource is.
    pub(crate) fn descriptor(&self) -> &'static Descriptor {
        self.endpoint.descriptor()
    }

    /// The path of one record, with the wire names of the key's columns in braces.
    pub(crate) fn record_path(&self) -> String {
        let collection = self.descriptor().path.trim_end_matches('/').to_owned();
        let columns = self.descriptor().key_columns();
        columns.fold(collection, |path, column| path + "/{" + column.wire + "}")
    }

    /// Whether a policy other than the API's may refuse a method: the resource's own, or one of the records that go out with it.
    pub(crate) fn is_guarded(&self, method: Method) -> bool {
        match method {
            // It answers without a record.
            Method::Delete => self.endpoint.has_policy(),
            _ => self.endpoint.is_guarded(),
        }
    }

    /// What the documentation says of a method: what was written for it, or else of the struct.
    pub(crate) fn doc(&self, method: Method) -> &'static str {
        let mut docs = self.descriptor().docs.iter();
        docs.find(|(of, _)| *of == method)
            .map_or(self.descriptor().doc, |(_, doc)| doc)
    }
}

impl Catalogue {
    /// A catalogue with these endpoints too.
    #[must_use]
    pub(crate) fn with(mut self, endpoints: &[Endpoint]) -> Self {
        for &endpoint in endpoints {
            let name = free_name(endpoint.descriptor().name, &self.resources);
            self.resources.push(Resource { name, endpoint });
        }
        self
    }

    /// Whether no resource is at a path, so that the documentation can be: it gives way to resources.
    pub(crate) fn has_room_for(&self, path: &str) -> bool {
        self.at(path).is_none()
    }

    /// The resource that a descriptor describes, when it is served.
    pub(crate) fn find(&self, descriptor: &Descriptor) -> Option<&Resource> {
        let mut resources = self.resources.iter();
        resources.find(|resource| resource.descriptor().is(descriptor))
    }

    /// The resource whose collection is at a path.
    pub(crate) fn at(&self, path: &str) -> Option<&Resource> {
        let mut resources = self.resources.iter();
        resources.find(|resource| resource.descriptor().path == path)
    }
}

fn free_name(name: &str, resources: &[Resource]) -> String {
    let is_free = |name: &str| {
        !RESERVED.contains(&name) && !resources.iter().any(|resource| resource.name == name)
    };
    if is_free(name) {
        return name.to_owned();
    }
    let numbered = (2..).map(|number| format!("{name}{number}"));
    // The numbers do not end before the resources do.
    numbered
        .into_iter()
        .find(|name| is_free(name))
        .unwrap_or_default()
}
