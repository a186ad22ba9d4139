//! Owns what can be said of a schema's cost before any document is seen: how much of it applies to one and the same instance.
//! Does not know documents; what their members add is counted while they are validated, see `meter.rs`.
//!
//! That bound matters because between two questions to the document nobody counts, and because the validator's compiler
//! walks along the same edges.

use serde_json::Value;

use super::graph::{Graph, Id};
use super::keywords::Applies;
use super::limits::Limits;
use super::problem::Reason;

/// How many subschemas are evaluated on one instance for one evaluation of a subschema, repetitions counted.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    /// To find out whether it is valid.
    verdict: u64,
    /// To report all errors: `anyOf` and `oneOf` first look for the verdict of each branch, then report it.
    report: u64,
    /// How many errors may come of that: `required` and the like bring one for each name.
    errors: u64,
    /// To find out which members are evaluated, for `unevaluatedProperties` and `unevaluatedItems`:
    /// the verdict of each branch, then what it marks.
    marking: u64,
    /// Longest chain.
    depth: u64,
}

/// The most that any subschema of a schema brings to one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InPlace {
    /// Longest chain of subschemas, each applied by the one before.
    pub(super) chain: u64,
    /// Subschemas evaluated to report all errors, repetitions counted.
    pub(super) report: u64,
    /// Errors that may come of that.
    pub(super) errors: u64,
}

/// What the schema of `graph` brings to one instance, or why it is refused.
pub(super) fn in_place(graph: &Graph<'_>, limits: &Limits) -> Result<InPlace, Reason> {
    let order = in_place_order(graph)?;
    let mut costs = vec![Cost::default(); graph.nodes.len()];
    let mut compilation = 0_u64;
    for id in order {
        costs[id] = cost(graph, id, &costs);
        compilation = compilation.saturating_add(costs[id].marking);
        if costs[id].report > limits.in_place || compilation > limits.in_place.saturating_mul(40) {
            return Err(Reason::TooDear(format!(
                "{:?} applies more than {} subschemas to one and the same instance",
                graph.nodes[id].pointer, limits.in_place
            )));
        }
        if costs[id].depth > limits.in_place_depth {
            return Err(Reason::TooDear(format!(
                "{:?} leads through more than {} subschemas to one and the same instance",
                graph.nodes[id].pointer, limits.in_place_depth
            )));
        }
    }
    let most = |of: fn(&Cost) -> u64| costs.iter().map(of).max().unwrap_or(1);
    Ok(InPlace {
        chain: most(|cost| cost.depth),
        report: most(|cost| cost.report),
        errors: most(|cost| cost.errors),
    })
}

/// The cost of `id`, given those of the subschemas it applies in place.
fn cost(graph: &Graph<'_>, id: Id, costs: &[Cost]) -> Cost {
    let node = &graph.nodes[id];
    let mut sum = Cost {
        verdict: 1,
        report: 1,
        errors: 1 + names(node.value),
        marking: 1,
        depth: 0,
    };
    for (applies, child) in &node.edges {
        let child = costs[*child];
        let (report, errors) = match applies {
            Applies::InPlace => (child.report, child.errors),
            Applies::Choice => (
                child.report.saturating_add(child.verdict),
                child.errors.saturating_add(child.verdict),
            ),
            Applies::Test => (child.verdict, child.verdict),
            Applies::ToMember | Applies::Nowhere => continue,
        };
        sum.verdict = sum.verdict.saturating_add(child.verdict);
        sum.report = sum.report.saturating_add(report);
        sum.errors = sum.errors.saturating_add(errors);
        let marking = child.marking.saturating_add(child.verdict);
        sum.marking = sum.marking.saturating_add(marking);
        sum.depth = sum.depth.max(child.depth);
    }
    sum.depth += 1;
    if marks(node.value) {
        let marking = sum.marking.saturating_mul(2);
        sum.verdict = sum.verdict.saturating_add(marking);
        sum.report = sum.report.saturating_add(marking.saturating_mul(2));
        sum.errors = sum.errors.saturating_add(marking.saturating_mul(2));
    }
    sum
}

/// How many names a subschema asks an object for.
fn names(value: &Value) -> u64 {
    let asked = |value: &Value| value.as_array().map_or(0, Vec::len);
    let depending = ["dependencies", "dependentRequired"].iter();
    let depending = depending.filter_map(|keyword| value.get(keyword)?.as_object());
    let depending: usize = depending.flat_map(|each| each.values()).map(asked).sum();
    let names = value.get("required").map_or(0, asked) + depending;
    u64::try_from(names).unwrap_or(u64::MAX - 1)
}

fn marks(value: &Value) -> bool {
    ["unevaluatedProperties", "unevaluatedItems"]
        .iter()
        .any(|keyword| value.get(keyword).is_some())
}

/// The subschemas ordered so that each comes after those it applies in place, or the cycle that forbids it.
fn in_place_order(graph: &Graph<'_>) -> Result<Vec<Id>, Reason> {
    let mut order = Vec::with_capacity(graph.nodes.len());
    let mut is_done = vec![false; graph.nodes.len()];
    let mut is_open = vec![false; graph.nodes.len()];
    for start in 0..graph.nodes.len() {
        // Each entry is a subschema and how many of its edges were followed; recursion could be too deep for the stack.
        let mut path: Vec<(Id, usize)> = Vec::new();
        if !is_done[start] {
            path.push((start, 0));
            is_open[start] = true;
        }
        while let Some((id, followed)) = path.last_mut() {
            let edge = graph.nodes[*id].edges.get(*followed);
            *followed += 1;
            match edge {
                Some((Applies::ToMember | Applies::Nowhere, _)) => {}
                Some((_, child)) if is_open[*child] => return Err(cycle(graph, &path, *child)),
                Some((_, child)) if is_done[*child] => {}
                Some((_, child)) => {
                    is_open[*child] = true;
                    path.push((*child, 0));
                }
                None => {
                    order.push(*id);
                    is_open[*id] = false;
                    is_done[*id] = true;
                    path.pop();
                }
            }
        }
    }
    Ok(order)
}

fn cycle(graph: &Graph<'_>, path: &[(Id, usize)], closes: Id) -> Reason {
    let ids = path
        .iter()
        .map(|(id, _)| *id)
        .skip_while(|id| *id != closes);
    let mut pointers: Vec<_> = ids
        .take(10)
        .chain([closes])
        .map(|id| format!("#{}", graph.nodes[id].pointer))
        .collect();
    pointers.dedup();
    if pointers.len() == 1 {
        pointers.extend(pointers.clone());
    }
    Reason::Cycle(pointers)
}
