//! The read of one record, narrowed by its `process_input` hook.
//!
//! It does not know what it is for.

use super::super::Context;
use super::super::precondition::EntityTag;
use super::{Endpoint, Represented};
use crate::column::{Key, ReadOnce, Row};
use crate::descriptor::{Method, Selection};
use crate::error::Report;
use crate::query::Condition;
use crate::resource::Sheet;

impl Endpoint {
    /// The record with this key as a JSON object with the selected fields.
    ///
    /// # Errors
    /// A [`Report`]: a policy's or a hook's refusal; 404 when there is no such record, or one of them filters it away.
    pub async fn get(
        &self,
        cx: &Context,
        key: Key,
        selection: &Selection,
    ) -> Result<Vec<u8>, Report> {
        Ok(self.get_tagged(cx, key, selection).await?.json)
    }

    /// As [`get`](Self::get), with the record's entity tag.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_tagged(
        &self,
        cx: &Context,
        key: Key,
        selection: &Selection,
    ) -> Result<Represented, Report> {
        let cx = &self.admitted(Method::Get, cx, selection).await?;
        let descriptor = self.descriptor();
        let mut conditions = self.permitted_row(cx, &key)?;
        self.process_select(Method::Get, cx, &mut conditions)
            .await?;
        let mut statement = cx.database().dialect().select_one(descriptor, &conditions);
        // Code of the resource may take as long as it likes.
        statement.by_key &= !selection.shows_computed();
        let (model, selected) = (self.model, selection.clone());
        let found = cx
            .database()
            .rows(statement, move |rows| {
                let Some(row) = rows.next()? else {
                    return Ok(None);
                };
                let cells = ReadOnce::new(&row, descriptor.columns.len());
                let row = Row::new(&cells);
                let mut sheet = Sheet::of(1);
                (model.represent)(&row, &selected, &mut sheet)?;
                Ok(Some((sheet, EntityTag::of_row(descriptor, &row)?)))
            })
            .await?;
        let (sheet, tag) = found.ok_or_else(|| self.not_found(&key))?;
        let json = self.filled_one(cx, sheet, selection).await?;
        Ok(represented(json, tag, selection))
    }

    pub(super) async fn process_select(
        &self,
        method: Method,
        cx: &Context,
        conditions: &mut Vec<Condition>,
    ) -> Result<(), Report> {
        match self.hooks.select(method) {
            Some(hook) => hook(cx, conditions).await,
            None => Ok(()),
        }
    }
}

/// A row with its related records, which are a part of its tag.
pub(super) fn represented(json: Vec<u8>, tag: EntityTag, selection: &Selection) -> Represented {
    let tag = if selection.goes_beyond_columns() {
        tag.with_body(&json)
    } else {
        tag
    };
    Represented { json, tag }
}
