//! Owns the resolution of references: all of them lead to a place inside the same schema, or the schema is refused.
//! Does not know the network nor files; there is nothing here that could ask them.

use jsonschema::uri;
use serde_json::Value;

use super::excerpt::shortened;
use super::graph::{Graph, Id, Named, references, stepped};
use super::keywords::Applies;
use super::problem::Reason;

const OUTWARD: &str = "leaves the schema; only references to places inside it are followed";
const MISSING: &str = "points to nothing";
const AMBIGUOUS: &str = "is ambiguous: several schemas go by that name";
const DYNAMIC: &str = "depends on the way taken to it, since several schemas declare its anchor; that is not supported";

/// Resolve every reference in `graph`; those that cannot be are noted in its reasons.
///
/// A reference may lead to a place that no keyword holds (`#/x-types/point`): that becomes a subschema too.
pub(super) fn resolve(graph: &mut Graph<'_>) {
    let mut next: Id = 0;
    while next < graph.nodes.len() {
        let value = graph.nodes[next].value;
        for (keyword, reference) in references(graph, value).collect::<Vec<_>>() {
            match target(graph, next, keyword, reference) {
                Ok(target) => {
                    graph.nodes[target].is_target = true;
                    graph.nodes[next].targets.push(target);
                    graph.nodes[next].edges.push((Applies::InPlace, target));
                }
                Err(why) => graph.reasons.push(Reason::Reference {
                    pointer: shortened(&graph.nodes[next].pointer, 200),
                    reference: shortened(reference, 200),
                    why,
                }),
            }
        }
        next += 1;
    }
    refuse_dynamic(graph);
}

/// The subschema that `reference`, written in `from`, leads to.
fn target(
    graph: &mut Graph<'_>,
    from: Id,
    keyword: &str,
    reference: &str,
) -> Result<Id, &'static str> {
    let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let resource = resource(graph, graph.nodes[from].resource, address)?;
    let fragment = percent_decoded(fragment).ok_or(MISSING)?;
    if fragment.is_empty() {
        let root = graph.resources[resource].root;
        return graph.find(root).ok_or(MISSING);
    }
    if fragment.starts_with('/') {
        return pointed(graph, resource, &fragment);
    }
    if keyword == "$recursiveRef" {
        return Err(MISSING);
    }
    match graph.anchors.get(&(resource, fragment)) {
        Some(Named::Once(value)) => graph.find(value).ok_or(MISSING),
        Some(Named::Several) => Err(AMBIGUOUS),
        None => Err(MISSING),
    }
}

/// The resource that `address` names, relative to resource `base`.
fn resource(graph: &Graph<'_>, base: usize, address: &str) -> Result<usize, &'static str> {
    if address.is_empty() {
        return Ok(base);
    }
    let base = graph.resources[base].uri.borrow();
    let absolute = uri::resolve_against(&base, address).map_err(|_| "is not a URI")?;
    match graph.resource_by_uri.get(absolute.as_str()) {
        Some(Named::Once(resource)) => Ok(*resource),
        Some(Named::Several) => Err(AMBIGUOUS),
        None => Err(OUTWARD),
    }
}

/// The subschema at a JSON pointer into `resource`.
fn pointed(graph: &mut Graph<'_>, resource: usize, pointer: &str) -> Result<Id, &'static str> {
    let mut value = graph.resources[resource].root;
    let root = graph.find(value).ok_or(MISSING)?;
    // The place belongs to the innermost resource on the way.
    let mut inside = graph.nodes[root].resource;
    let mut place = graph.nodes[root].pointer.clone();
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        value = match value {
            Value::Object(members) => members.get(&name).ok_or(MISSING)?,
            Value::Array(items) => name
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index))
                .ok_or(MISSING)?,
            _ => return Err(MISSING),
        };
        place = stepped(&place, &name);
        if let Some(known) = graph.find(value) {
            inside = graph.nodes[known].resource;
        }
    }
    if !value.is_object() && !value.is_boolean() {
        return Err("does not point to a schema");
    }
    Ok(graph.add(value, place, inside))
}

/// `$dynamicRef` and `$recursiveRef` are followed as plain references, which is right as long as their anchor is declared once.
fn refuse_dynamic(graph: &mut Graph<'_>) {
    let mut refused = Vec::new();
    for node in &graph.nodes {
        for (keyword, reference) in references(graph, node.value) {
            let name = match keyword {
                "$recursiveRef" => "",
                "$dynamicRef" => reference.split_once('#').map_or("", |(_, name)| name),
                _ => continue,
            };
            if graph
                .dynamic_anchors
                .get(name)
                .is_some_and(|count| *count > 1)
            {
                refused.push(Reason::Reference {
                    pointer: shortened(&node.pointer, 200),
                    reference: shortened(reference, 200),
                    why: DYNAMIC,
                });
            }
        }
    }
    graph.reasons.append(&mut refused);
}

/// `text` with its percent-encoded bytes (RFC 3986, 2.1) decoded; nothing when they are not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            u8::try_from(high * 16 + low).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}
