//! Owns the form in which a schema is handed to the validator: closed in itself, flat, and seen by the meter everywhere.
//! Does not know whether it is a good schema; that was checked on what the stranger wrote.
//!
//! What the validator compiles has no `$id`, no anchor and no reference but `#/definitions/<n>` and `#`, so there is
//! nothing left in it to resolve, to fetch or to follow dynamically; nothing but assertions and subschemas;
//! no deep nesting, so that neither compiling nor dropping it needs much stack; and no long pointers, of which
//! the validator keeps a copy for every keyword.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::graph::{Graph, Id};
use super::keywords::{Applies, Holds, REFERENCES, asserts, holder};

/// Subschemas nested deeper than this are moved to the definitions.
const NESTING: usize = 6;
/// Bytes of the names on the way to a subschema, beyond which it is moved to the definitions.
const WAY: usize = 200;

/// The schema of `graph`, rewritten.
pub(super) fn rewritten(graph: &Graph<'_>) -> Value {
    let mut rewriting = Rewriting {
        graph,
        definitions: HashMap::new(),
        open: Vec::new(),
    };
    let mut root = rewriting.written(0, 0, 0, Applies::InPlace);
    let mut definitions = Map::new();
    while let Some(id) = rewriting.open.pop() {
        let name = rewriting.definitions[&id].to_string();
        definitions.insert(name, rewriting.written(id, 0, 0, Applies::InPlace));
    }
    if let Value::Object(members) = &mut root {
        members.insert("definitions".to_owned(), Value::Object(definitions));
    }
    root
}

struct Rewriting<'g, 's> {
    graph: &'g Graph<'s>,
    /// The names of the subschemas that are moved to the definitions.
    definitions: HashMap<Id, usize>,
    /// Those of them that are not written yet.
    open: Vec<Id>,
}

impl<'s> Rewriting<'_, 's> {
    /// A reference to `id`, which is or becomes a definition.
    fn reference(&mut self, id: Id) -> Value {
        let id = self.end_of_references(id);
        if id == 0 {
            return json!({ "$ref": "#" });
        }
        let next = self.definitions.len();
        let name = *self.definitions.entry(id).or_insert_with(|| {
            self.open.push(id);
            next
        });
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// Where a chain of subschemas ends that do nothing but refer to the next; cycles were refused before.
    fn end_of_references(&self, mut id: Id) -> Id {
        while let Some(next) = self.only_target(id) {
            id = next;
        }
        id
    }

    /// The target of a subschema that does nothing but refer to it.
    fn only_target(&self, id: Id) -> Option<Id> {
        let members = self.graph.nodes[id].value.as_object()?;
        let [target] = self.graph.nodes[id].targets[..] else {
            return None;
        };
        let is_only = self.graph.is_only_reference(members)
            || !members.keys().any(|keyword| {
                asserts(keyword)
                    || holder(keyword).is_some_and(|(_, applies)| applies != Applies::Nowhere)
            });
        is_only.then_some(target)
    }

    /// `id` as it stands where another subschema holds it, `depth` subschemas and `way` bytes below the last definition.
    fn held(
        &mut self,
        value: &'s Value,
        depth: usize,
        way: usize,
        applies: Applies,
        keyword: &str,
    ) -> Value {
        let Some(id) = self.graph.find(value) else {
            // Not a schema: a list of names in `dependencies`.
            return value.clone();
        };
        if value.is_boolean() && applies == Applies::ToMember {
            return value.clone();
        }
        let node = &self.graph.nodes[id];
        // An error of `not` carries a copy of the schema, so that has to be small.
        let is_moved =
            node.is_target || node.holders > 1 || depth > NESTING || way > WAY || keyword == "not";
        if is_moved || self.only_target(id).is_some() {
            return self.reference(id);
        }
        self.written(id, depth, way, applies)
    }

    /// The subschema `id`, written out.
    fn written(&mut self, id: Id, depth: usize, way: usize, applies: Applies) -> Value {
        let graph = self.graph;
        let mut written = Map::new();
        match graph.nodes[id].value {
            Value::Object(members) if graph.is_only_reference(members) => {}
            Value::Object(members) => {
                for (keyword, value) in members {
                    if let Some(value) = self.keyword(keyword, value, depth, way) {
                        written.insert(keyword.clone(), value);
                    }
                }
            }
            Value::Bool(false) => {
                written.insert("not".to_owned(), json!({ "type": every_type() }));
            }
            _ => {}
        }
        self.add_references(id, &mut written);
        // Asked first of every instance, this is what the meter counts: an empty subschema would cost time unseen.
        if !written.contains_key("type") && (applies != Applies::ToMember || !written.is_empty()) {
            written.insert("type".to_owned(), every_type());
        }
        Value::Object(written)
    }

    /// What stands under `keyword`, unless it neither asserts nor applies anything.
    fn keyword(
        &mut self,
        keyword: &str,
        value: &'s Value,
        depth: usize,
        way: usize,
    ) -> Option<Value> {
        let Some((holds, applies)) = holder(keyword) else {
            return asserts(keyword).then(|| value.clone());
        };
        if applies == Applies::Nowhere {
            return None;
        }
        let way = way + keyword.len() + 8;
        Some(match (holds, value) {
            (Holds::Schemas, Value::Array(items)) => items
                .iter()
                .map(|item| self.held(item, depth + 1, way, applies, keyword))
                .collect(),
            (Holds::Named, Value::Object(named)) => {
                let held = named.iter().map(|(name, value)| {
                    let held = self.held(value, depth + 1, way + name.len(), applies, keyword);
                    (name.clone(), held)
                });
                Value::Object(held.collect())
            }
            (_, one) => self.held(one, depth + 1, way, applies, keyword),
        })
    }

    /// `$dynamicRef` and `$recursiveRef` were resolved like `$ref`, and are written as it; several become an `allOf`.
    fn add_references(&mut self, id: Id, written: &mut Map<String, Value>) {
        let graph = self.graph;
        let targets = &graph.nodes[id].targets;
        if let [target] = targets[..] {
            let reference = self.reference(target);
            if let Value::Object(members) = reference {
                written.extend(members);
            }
            if graph.nodes[id]
                .value
                .as_object()
                .is_some_and(|members| graph.is_only_reference(members))
            {
                // Everything beside it is ignored, so nothing is added either.
                written.retain(|keyword, _| keyword == REFERENCES[0]);
            }
        } else if !targets.is_empty() {
            let references: Vec<_> = targets
                .iter()
                .map(|target| self.reference(*target))
                .collect();
            if let Value::Array(all) = written.entry("allOf").or_insert_with(|| json!([])) {
                all.extend(references);
            }
        }
    }
}

/// What every instance is; `number` includes `integer`.
fn every_type() -> Value {
    json!(["array", "boolean", "null", "number", "object", "string"])
}
