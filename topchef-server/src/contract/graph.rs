//! Owns the graph of the subschemas of one schema: who applies whom, to what, and under which names they are known.
//! Does not know how references are resolved nor what an evaluation costs.

use std::collections::HashMap;

use jsonschema::{Draft, uri};
use serde_json::{Map, Value};

use super::excerpt::shortened;
use super::keywords::{Applies, Holds, REFERENCES, holder};
use super::problem::Reason;

/// Bytes of a schema's own URI: the URIs of all schemas inside it begin with it.
const LONGEST_URI: usize = 2_048;

/// The number of a subschema in its [`Graph`].
pub(super) type Id = usize;

/// One subschema.
pub(super) struct Node<'s> {
    /// What is written there.
    pub(super) value: &'s Value,
    /// JSON pointer from the root of the document.
    pub(super) pointer: String,
    /// The number of the resource it belongs to, see [`Resource`].
    pub(super) resource: usize,
    /// The subschemas it applies, those it refers to included.
    pub(super) edges: Vec<(Applies, Id)>,
    /// Times it is held by another subschema, references not counted.
    pub(super) holders: usize,
    /// Whether a reference points to it.
    pub(super) is_target: bool,
    /// Where its references lead, in the order of [`REFERENCES`].
    pub(super) targets: Vec<Id>,
}

/// A schema that has a URI of its own, by `$id`, or the whole document.
pub(super) struct Resource<'s> {
    pub(super) uri: jsonschema::Uri<String>,
    pub(super) root: &'s Value,
}

/// What a name stands for; a name given twice can be used by nobody.
#[derive(Clone, Copy)]
pub(super) enum Named<T> {
    Once(T),
    Several,
}

/// All subschemas of a schema that were found so far.
pub(super) struct Graph<'s> {
    pub(super) draft: Draft,
    pub(super) nodes: Vec<Node<'s>>,
    pub(super) resources: Vec<Resource<'s>>,
    pub(super) resource_by_uri: HashMap<String, Named<usize>>,
    /// Anchors by resource and name.
    pub(super) anchors: HashMap<(usize, String), Named<&'s Value>>,
    /// How many subschemas declare a `$dynamicAnchor` of that name; `$recursiveAnchor` counts under the empty name.
    pub(super) dynamic_anchors: HashMap<String, usize>,
    pub(super) reasons: Vec<Reason>,
    by_address: HashMap<usize, Id>,
}

impl<'s> Graph<'s> {
    /// The graph of `root` and everything it holds; the root is number 0.
    pub(super) fn of(root: &'s Value, draft: Draft) -> Result<Self, Reason> {
        let mut graph = Self {
            draft,
            nodes: Vec::new(),
            resources: Vec::new(),
            resource_by_uri: HashMap::new(),
            anchors: HashMap::new(),
            dynamic_anchors: HashMap::new(),
            reasons: Vec::new(),
            by_address: HashMap::new(),
        };
        let base =
            uri::from_str("json-schema:///").map_err(|error| Reason::Compile(error.to_string()))?;
        graph.add_resource(base, root);
        graph.add(root, String::new(), 0);
        Ok(graph)
    }

    /// The subschema written at `value`, if it is known as one.
    pub(super) fn find(&self, value: &Value) -> Option<Id> {
        self.by_address
            .get(&std::ptr::from_ref(value).addr())
            .copied()
    }

    /// Whether `$ref` makes the validator ignore everything beside it: it does up to draft 7.
    pub(super) fn is_only_reference(&self, members: &Map<String, Value>) -> bool {
        matches!(self.draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
            && members.get("$ref").is_some_and(Value::is_string)
    }

    /// Add the subschema at `value` and all it holds, and return its number.
    pub(super) fn add(&mut self, value: &'s Value, pointer: String, resource: usize) -> Id {
        if let Some(known) = self.find(value) {
            return known;
        }
        let first = self.insert(value, pointer, resource);
        let mut open = vec![first];
        while let Some(id) = open.pop() {
            for (applies, held, pointer) in self.held_by(id) {
                let child = self.find(held).unwrap_or_else(|| {
                    let child = self.insert(held, pointer, self.nodes[id].resource);
                    open.push(child);
                    child
                });
                self.nodes[child].holders += 1;
                self.nodes[id].edges.push((applies, child));
            }
        }
        first
    }

    /// The subschemas that `id` holds, with their pointers.
    fn held_by(&self, id: Id) -> Vec<(Applies, &'s Value, String)> {
        let mut held = Vec::new();
        let Value::Object(members) = self.nodes[id].value else {
            return held;
        };
        let ignored = self.is_only_reference(members);
        for (keyword, value) in members {
            let Some((holds, applies)) = holder(keyword) else {
                continue;
            };
            // Definitions beside a `$ref` can still be pointed to.
            if ignored && applies != Applies::Nowhere {
                continue;
            }
            let pointer = stepped(&self.nodes[id].pointer, keyword);
            match (holds, value) {
                (Holds::Schemas, Value::Array(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        held.push((applies, item, stepped(&pointer, &index.to_string())));
                    }
                }
                (Holds::Schemas, one) => held.push((applies, one, pointer)),
                (Holds::Named, Value::Object(named)) => {
                    for (name, value) in named {
                        held.push((applies, value, stepped(&pointer, name)));
                    }
                }
                (Holds::Named, _) => {}
            }
        }
        held.retain(|(_, value, _)| value.is_object() || value.is_boolean());
        held
    }

    fn insert(&mut self, value: &'s Value, pointer: String, resource: usize) -> Id {
        let id = self.nodes.len();
        self.by_address.insert(std::ptr::from_ref(value).addr(), id);
        self.nodes.push(Node {
            value,
            pointer,
            resource,
            edges: Vec::new(),
            holders: 0,
            is_target: false,
            targets: Vec::new(),
        });
        if let Value::Object(members) = value
            && !self.is_only_reference(members)
        {
            self.take_names(id, value, members);
        }
        id
    }

    /// Note the URI and the anchors that a subschema gives itself.
    fn take_names(&mut self, id: Id, value: &'s Value, members: &'s Map<String, Value>) {
        let keyword = if self.draft == Draft::Draft4 {
            "id"
        } else {
            "$id"
        };
        if let Some(own) = members.get(keyword).and_then(Value::as_str) {
            let (address, anchor) = own.split_once('#').unwrap_or((own, ""));
            if !address.is_empty() {
                let base = self.resources[self.nodes[id].resource].uri.borrow();
                match uri::resolve_against(&base, address) {
                    Ok(uri) if uri.as_str().len() <= LONGEST_URI => {
                        self.nodes[id].resource = self.add_resource(uri, value);
                    }
                    _ => self.reasons.push(Reason::Reference {
                        pointer: self.nodes[id].pointer.clone(),
                        reference: shortened(own, 100),
                        why: "is not a URI, or too long a one",
                    }),
                }
            }
            if !anchor.is_empty() && !anchor.starts_with('/') {
                self.add_anchor(id, anchor, value);
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = members.get(keyword).and_then(Value::as_str) {
                self.add_anchor(id, name, value);
            }
        }
        if let Some(name) = members.get("$dynamicAnchor").and_then(Value::as_str) {
            *self.dynamic_anchors.entry(name.to_owned()).or_default() += 1;
        }
        if members.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            *self.dynamic_anchors.entry(String::new()).or_default() += 1;
        }
    }

    fn add_anchor(&mut self, id: Id, name: &str, value: &'s Value) {
        self.anchors
            .entry((self.nodes[id].resource, name.to_owned()))
            .and_modify(|named| {
                if !matches!(named, Named::Once(known) if std::ptr::eq(*known, value)) {
                    *named = Named::Several;
                }
            })
            .or_insert(Named::Once(value));
    }

    fn add_resource(&mut self, uri: jsonschema::Uri<String>, root: &'s Value) -> usize {
        let resource = self.resources.len();
        self.resource_by_uri
            .entry(uri.as_str().to_owned())
            .and_modify(|named| *named = Named::Several)
            .or_insert(Named::Once(resource));
        self.resources.push(Resource { uri, root });
        resource
    }
}

/// The JSON pointer one step on, cut when it gets long: a long name would be copied for everything below it.
pub(super) fn stepped(pointer: &str, name: &str) -> String {
    if pointer.len() > 400 {
        return pointer.to_owned();
    }
    let name = shortened(name, 100).replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{name}")
}

/// The references written in a subschema, with their keywords.
pub(super) fn references<'s>(
    graph: &Graph<'s>,
    value: &'s Value,
) -> impl Iterator<Item = (&'static str, &'s str)> + use<'s> {
    let members = value.as_object();
    let only = members.is_some_and(|members| graph.is_only_reference(members));
    let known = if only {
        &REFERENCES[..1]
    } else {
        &REFERENCES[..]
    };
    known.iter().filter_map(move |keyword| {
        let reference = members?.get(*keyword)?.as_str()?;
        Some((*keyword, reference))
    })
}
