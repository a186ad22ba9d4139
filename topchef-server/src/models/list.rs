//! The one implementation of all lists: a base query, and what is meant to become of some of its models.
//!
//! It does not know what services and jobs are: each kind of model says how it is read and removed ([`Kept`]).

use std::collections::BTreeMap;

use http::StatusCode;
use topchef_runtime::column::Column;
use topchef_runtime::query::Filter;
use topchef_runtime::transaction::Find;
use topchef_runtime::{ApiError, ModelResource, Report, Transaction};
use uuid::Uuid;

use super::contract::{Identified, Model, ModelList, Page, Tracks};
use crate::queue::Queue;

/// How many models are held at once, at most.
const PAGE: u64 = 100;

/// Bytes of what stands beside the rows at which a page ends; one model is on it in any case.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Which models are in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// All of them.
    All,
    /// Those that belong to a service.
    OfService(Uuid),
}

/// A kind of model, as a list keeps it.
pub(super) trait Kept: Model {
    /// The row that each is made of.
    type Row: ModelResource + Send + 'static;

    /// Where its id stands.
    const ID: Column<Self::Row, Uuid>;

    /// What holds of the rows of a list; none where nothing needs to.
    fn rows(base: Base) -> Option<Filter<Self::Row>>;

    /// The id in a row.
    fn id_of(row: &Self::Row) -> Uuid;

    /// Bytes of what stands beside a row.
    fn bytes_of(row: &Self::Row) -> usize;

    /// The models of some rows, in their order; without those that were removed meanwhile.
    fn of_rows(
        queue: &Queue,
        rows: Vec<Self::Row>,
    ) -> impl Future<Output = Result<Vec<Self>, Report>> + Send;

    /// Whether it is not stored yet.
    fn is_new(&self) -> bool;

    /// Whether it belongs into a list.
    fn is_of(&self, base: Base) -> bool;

    /// Removes one in a transaction.
    fn remove(
        queue: &Queue,
        tx: &mut Transaction,
        id: Uuid,
    ) -> impl Future<Output = Result<(), Report>> + Send;
}

/// A list of models.
#[derive(Clone, Debug)]
pub(super) struct List<M> {
    pub(super) queue: Queue,
    base: Base,
    /// What is to take the place of a model, by its id; nothing for one that is to go.
    intended: BTreeMap<Uuid, Option<M>>,
}

impl<M: Kept> List<M> {
    pub(super) fn over(queue: Queue, base: Base) -> Self {
        Self {
            queue,
            base,
            intended: BTreeMap::new(),
        }
    }

    /// The stored rows of it for which a condition holds.
    fn rows(&self, condition: Option<Filter<M::Row>>) -> Find<'_, M::Row> {
        let conditions = M::rows(self.base).into_iter().chain(condition);
        let rows = self.queue.database().select::<M::Row>();
        conditions.fold(rows, Find::filter)
    }

    async fn is_stored(&self, id: Uuid) -> Result<bool, Report> {
        Ok(self.rows(Some(M::ID.eq(id))).first().await?.is_some())
    }

    fn missing(id: Uuid) -> Report {
        ApiError::record_not_found(M::Row::descriptor().name, id).into()
    }

    /// Those that are not stored yet.
    fn new_ones(&self) -> impl Iterator<Item = &M> {
        let intended = self.intended.values().flatten();
        intended.filter(|model| model.is_new())
    }
}

/// The same models of one queue, with the same changes.
impl<M: Kept> PartialEq for List<M> {
    fn eq(&self, other: &Self) -> bool {
        self.queue.is(&other.queue) && self.base == other.base && self.intended == other.intended
    }
}

impl<M: Kept> Tracks for List<M> {
    fn is_changed(&self) -> bool {
        let mut intended = self.intended.values();
        intended.any(|model| model.as_ref().is_none_or(Tracks::is_changed))
    }

    async fn save(&mut self, tx: &mut Transaction) -> Result<(), Report> {
        for (id, intended) in &mut self.intended {
            match intended {
                Some(model) => model.save(tx).await?,
                None => M::remove(&self.queue, tx, *id).await?,
            }
        }
        self.intended.clear();
        Ok(())
    }
}

impl<M: Kept> ModelList for List<M> {
    type Model = M;

    async fn get(&self, id: Uuid) -> Result<M, Report> {
        if let Some(intended) = self.intended.get(&id) {
            return intended.clone().ok_or_else(|| Self::missing(id));
        }
        let row = self.rows(Some(M::ID.eq(id))).first().await?;
        let found = M::of_rows(&self.queue, row.into_iter().collect()).await?;
        found.into_iter().next().ok_or_else(|| Self::missing(id))
    }

    fn set(&mut self, model: M) -> Result<(), Report> {
        if !model.is_of(self.base) {
            let name = M::Row::descriptor().name;
            let detail = format!("the {name} {} does not belong into this list", model.id());
            let error = ApiError::new(StatusCode::CONFLICT, "Conflict", detail);
            return Err(error.with_code("not_of_this_list").into());
        }
        self.intended.insert(model.id(), Some(model));
        Ok(())
    }

    async fn delete(&mut self, id: Uuid) -> Result<(), Report> {
        match self.intended.get(&id) {
            None if !self.is_stored(id).await? => return Err(Self::missing(id)),
            Some(None) => return Err(Self::missing(id)),
            Some(Some(model)) if model.is_new() => {
                self.intended.remove(&id);
            }
            None | Some(Some(_)) => {
                self.intended.insert(id, None);
            }
        }
        Ok(())
    }

    async fn contains(&self, what: &(impl Identified + Sync)) -> Result<bool, Report> {
        let id = what.id();
        match self.intended.get(&id) {
            Some(intended) => Ok(intended.is_some()),
            None => self.is_stored(id).await,
        }
    }

    async fn len(&self) -> Result<u64, Report> {
        let gone = self.intended.iter().filter(|(_, model)| model.is_none());
        let gone: Vec<_> = gone.map(|(id, _)| *id).collect();
        let stored = self.rows(None).count().await?;
        let gone = match gone.len() {
            0 => 0,
            _ => self.rows(Some(M::ID.is_in(gone))).count().await?,
        };
        let new = self.new_ones().count() as u64;
        Ok(stored.saturating_sub(gone) + new)
    }

    async fn is_empty(&self) -> Result<bool, Report> {
        // With nothing that is to go, one row tells as much as the number of them.
        if self.intended.values().all(Option::is_some) {
            let is_stored = self.rows(None).first().await?.is_some();
            return Ok(!is_stored && self.new_ones().next().is_none());
        }
        Ok(self.len().await? == 0)
    }

    async fn page(&self, after: Option<Uuid>) -> Result<Page<M>, Report> {
        let rows = self.rows(after.map(|id| M::ID.gt(id)));
        let rows = rows.order_by(M::ID.asc()).limit(PAGE);
        let mut bytes = 0;
        let page = rows.page(move |row| {
            bytes += M::bytes_of(row);
            bytes <= PAGE_BYTES
        });
        let page = page.await?;
        let last = page.records.last().map(M::id_of);
        let next = last.filter(|_| page.more);
        let mut models = Vec::with_capacity(page.records.len());
        for model in M::of_rows(&self.queue, page.records).await? {
            match self.intended.get(&model.id()) {
                None => models.push(model),
                Some(intended) => models.extend(intended.clone()),
            }
        }
        if next.is_none() {
            // Ids are made one after the other, so the new ones follow those that are stored.
            models.extend(self.new_ones().cloned());
        }
        Ok(Page { models, next })
    }
}
