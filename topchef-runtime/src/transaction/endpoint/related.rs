//! Related records, put where they belong: one statement for each relation of a request, and for each ten thousand of
//! its keys.
//!
//! It does not know why they go out.

use std::collections::HashMap;
use std::pin::Pin;

use super::super::Context;
use super::Endpoint;
use crate::column::{Value, is_null, own};
use crate::database::Rows;
use crate::descriptor::{Method, RelationDescriptor, Selection};
use crate::error::{ApiError, Report};
use crate::query::{Condition, Operator, Query, Start};
use crate::resource::{Hole, Sheet, write_array};

/// The most bytes of a relation's records in one answer, each counted wherever it is shown.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The most records that a statement gives.
const MOST_ROWS: u64 = 100_000;

/// How many keys a statement asks for: databases bound the values of a statement.
const KEYS: usize = 10_000;

/// The records of a relation, by what their own side of it holds.
struct Related {
    sheet: Sheet,
    places: HashMap<Vec<u8>, Vec<usize>>,
    many: bool,
}

impl Endpoint {
    /// The one record of a sheet, with its related records.
    ///
    /// # Errors
    /// A [`Report`]: the refusal of a related resource's policy; 400 when there are too many related records.
    pub(super) async fn filled_one(
        &self,
        cx: &Context,
        sheet: Sheet,
        selection: &Selection,
    ) -> Result<Vec<u8>, Report> {
        Ok(self.filled(cx, sheet, selection).await?.into_bytes())
    }

    /// The records of a sheet as a JSON array, with their related records.
    ///
    /// # Errors
    /// As [`filled_one`](Self::filled_one).
    pub(super) async fn filled_array(
        &self,
        cx: &Context,
        sheet: Sheet,
        selection: &Selection,
    ) -> Result<Vec<u8>, Report> {
        Ok(self.filled(cx, sheet, selection).await?.to_array())
    }

    /// The records of a sheet with every hole filled.
    pub(super) async fn filled(
        &self,
        cx: &Context,
        sheet: Sheet,
        selection: &Selection,
    ) -> Result<Sheet, Report> {
        let branches = self.branches(cx, &sheet.holes, selection).await?;
        Ok(sheet.filled(|hole, out| fill(&branches, hole, out)))
    }

    /// As [`filled`](Self::filled), of records whose write stands, which no answer may deny: where their related records
    /// cannot be told, null or an empty array stands in every hole, and this is true beside the sheet.
    pub(super) async fn filled_after_write(
        &self,
        cx: &Context,
        sheet: Sheet,
        selection: &Selection,
    ) -> (Sheet, bool) {
        match self.branches(cx, &sheet.holes, selection).await {
            Ok(branches) => (sheet.filled(|hole, out| fill(&branches, hole, out)), false),
            Err(report) => {
                tracing::warn!(resource = self.descriptor().name, %report, "related records cannot be told; the write stands");
                report.log();
                let empty: Vec<_> = self.empty(selection).collect();
                let fill = |hole: &Hole, out: &mut Vec<u8>| {
                    let nothing = empty.get(hole.branch).copied();
                    out.extend_from_slice(nothing.unwrap_or(b"null"));
                };
                (sheet.filled(fill), true)
            }
        }
    }

    /// What stands for no related record, by the relations that are shown.
    fn empty(&self, selection: &Selection) -> impl Iterator<Item = &'static [u8]> {
        selection.relations().map(|(index, _)| {
            let is_many = self.descriptor().relations[index].kind.is_many();
            let nothing: &[u8] = if is_many { b"[]" } else { b"null" };
            nothing
        })
    }

    /// The records that go into holes, by the relations that are shown.
    async fn branches(
        &self,
        cx: &Context,
        holes: &[Hole],
        selection: &Selection,
    ) -> Result<Vec<Related>, Report> {
        let mut branches = Vec::new();
        if holes.is_empty() {
            return Ok(branches);
        }
        for (branch, (index, of_each)) in selection.relations().enumerate() {
            let keys = keys_of(holes, branch);
            branches.push(Box::pin(self.related(cx, index, keys, of_each)).await?);
        }
        self.bounded(holes, &branches, selection)?;
        Ok(branches)
    }

    /// That what goes into the holes is not too much for one answer: a few records that many others lead to, some steps in
    /// a row, are more bytes than a server has.
    fn bounded(
        &self,
        holes: &[Hole],
        branches: &[Related],
        selection: &Selection,
    ) -> Result<(), ApiError> {
        for (branch, (index, _)) in selection.relations().enumerate() {
            let own = holes.iter().filter(|hole| hole.branch == branch);
            let mut records = own.flat_map(|hole| belonging(branches, hole));
            let mut bytes = 0;
            if records.any(|record| {
                bytes += record.len();
                bytes > MOST_BYTES
            }) {
                let relation = self.descriptor().relations[index].wire;
                return Err(ApiError::related_too_large(relation));
            }
        }
        Ok(())
    }

    /// The resource that a relation leads to.
    pub(super) fn target(&self, relation: usize) -> Result<Self, ApiError> {
        match self.hooks.related.get(relation) {
            Some(target) => Ok(target()),
            None => Err(no_endpoint(&self.descriptor().relations[relation])),
        }
    }

    /// The records of one relation, with their own related records.
    fn related<'a>(
        &'a self,
        cx: &'a Context,
        index: usize,
        keys: Vec<Value>,
        selection: &'a Selection,
    ) -> Pin<Box<dyn Future<Output = Result<Related, Report>> + Send + 'a>> {
        Box::pin(async move {
            let relation = &self.descriptor().relations[index];
            let many = relation.kind.is_many();
            let target = self.target(index)?;
            let mut sheet = Sheet::new();
            let mut places: HashMap<_, Vec<usize>> = HashMap::new();
            if !keys.is_empty() {
                let method = if many { Method::List } else { Method::Get };
                let permitted = target.permitted(method, cx).await?;
                for keys in keys.chunks(KEYS) {
                    let query = query(target, relation, keys, permitted.clone(), selection);
                    let found = target.rows(cx, relation, query, sheet).await?;
                    sheet = found.0;
                    for (identity, place) in found.1 {
                        places.entry(identity).or_default().push(place);
                    }
                }
            }
            Ok(Related {
                sheet: target.filled(cx, sheet, selection).await?,
                places,
                many,
            })
        })
    }

    /// Adds the rows of a query to a sheet; with them, to which key each belongs.
    async fn rows(
        &self,
        cx: &Context,
        relation: &'static RelationDescriptor,
        query: Query,
        mut sheet: Sheet,
    ) -> Result<(Sheet, Vec<(Vec<u8>, usize)>), Report> {
        let model = self.model;
        let kind = self.descriptor().columns[relation.theirs].kind;
        let statement = cx.database().dialect().select(self.descriptor(), &query);
        let selection = query.selection;
        let found = move |rows: &mut Rows<'_>| {
            let mut places = Vec::new();
            while let Some(row) = rows.next()? {
                if sheet.bytes.len() > MOST_BYTES || places.len() as u64 == MOST_ROWS {
                    return Ok(None);
                }
                let theirs = own(kind, row.cell(relation.theirs)?)?;
                places.push((identity(&theirs), sheet.len()));
                (model.represent)(&row, &selection, &mut sheet)?;
            }
            Ok(Some((sheet, places)))
        };
        let found = cx.database().rows(statement, found).await?;
        found.ok_or_else(|| ApiError::related_too_large(relation.wire).into())
    }
}

/// The rows of a relation that belong to some keys, in the order of the related collection.
fn query(
    target: Endpoint,
    relation: &RelationDescriptor,
    keys: &[Value],
    mut conditions: Vec<Condition>,
    selection: &Selection,
) -> Query {
    let belongs = Condition::of(relation.theirs, Operator::In(keys.to_vec()));
    conditions.insert(0, belongs);
    Query {
        conditions,
        // One more tells that there are too many.
        limit: MOST_ROWS + 1,
        start: Start::First,
        selection: selection.clone(),
        ..Query::first_page(target.descriptor())
    }
}

/// What the holes of a relation ask for, each value once.
fn keys_of(holes: &[Hole], branch: usize) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    holes
        .iter()
        .filter(|hole| hole.branch == branch && !is_null(&hole.own))
        .filter(|hole| seen.insert(identity(&hole.own)))
        .map(|hole| hole.own.clone())
        .collect()
}

/// Writes what belongs into a hole: an array, or a record or null.
fn fill(branches: &[Related], hole: &Hole, out: &mut Vec<u8>) {
    let Some(related) = branches.get(hole.branch) else {
        return;
    };
    let mut records = belonging(branches, hole);
    if related.many {
        write_array(records, out);
    } else {
        out.extend_from_slice(records.next().unwrap_or(b"null"));
    }
}

/// The records that belong into a hole.
fn belonging<'a>(branches: &'a [Related], hole: &Hole) -> impl Iterator<Item = &'a [u8]> {
    let related = branches.get(hole.branch);
    let own =
        related.and_then(|related| Some((related, related.places.get(&identity(&hole.own))?)));
    own.into_iter().flat_map(|(related, places)| {
        let places = places.iter();
        places.map(|&place| related.sheet.record(place))
    })
}

/// A value as bytes that are the same for equal values of one kind, and for no others.
fn identity(value: &Value) -> Vec<u8> {
    match value {
        Value::BigInt(Some(number)) => number.to_le_bytes().to_vec(),
        Value::Uuid(Some(uuid)) => uuid.as_bytes().to_vec(),
        Value::String(Some(text)) => text.as_bytes().to_vec(),
        Value::Decimal(Some(number)) => number.normalize().serialize().to_vec(),
        other => format!("{other:?}").into_bytes(),
    }
}

fn no_endpoint(relation: &RelationDescriptor) -> ApiError {
    let reason = format!("the relation {} has no endpoint", relation.name);
    ApiError::internal(std::io::Error::other(reason))
}
