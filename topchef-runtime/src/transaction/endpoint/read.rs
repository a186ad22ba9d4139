//! The reads of a resource: one record, a page, a count; each narrowed by its `process_input` hook.
//!
//! It does not know what they are for.

use super::super::{Context, key};
use super::{Endpoint, Page};
use crate::column::Value;
use crate::database::Rows;
use crate::descriptor::{Field, Method};
use crate::error::{ApiError, Report};
use crate::query::{Condition, Query};

/// The size at which a page ends, whatever its limit, in bytes: records may be large, and a thousand of them larger.
const PAGE_BYTES: usize = 8 * 1024 * 1024;

impl Endpoint {
    /// The record with this key as a JSON object with the given fields.
    ///
    /// # Errors
    /// A [`Report`]: a hook's refusal; 404 when there is no such record, or a hook filters it away.
    pub async fn get(&self, cx: &Context, key: Value, fields: &[Field]) -> Result<Vec<u8>, Report> {
        let shown = key::text(&key);
        let mut conditions = vec![key::is(self.descriptor(), key)];
        self.process_select(Method::Get, cx, &mut conditions)
            .await?;
        let dialect = cx.database().dialect();
        let statement = dialect.select_one(self.descriptor(), &conditions);
        let (model, fields) = (self.model, fields.to_vec());
        let found = cx
            .database()
            .rows(statement, move |rows| {
                let Some(row) = rows.next()? else {
                    return Ok(None);
                };
                let mut out = Vec::with_capacity(256);
                (model.represent)(&row, &fields, &mut out)?;
                Ok(Some(out))
            })
            .await?;
        found.ok_or_else(|| ApiError::record_not_found(self.descriptor().name, shown).into())
    }

    /// A page of the collection.
    ///
    /// # Errors
    /// A [`Report`]: a hook's refusal, or the database's.
    pub async fn list(&self, cx: &Context, mut query: Query) -> Result<Page, Report> {
        self.process_select(Method::List, cx, &mut query.conditions)
            .await?;
        let limit = query.limit;
        // One more than asked for tells whether there is a next page.
        query.limit = limit.saturating_add(1);
        let statement = cx.database().dialect().select(self.descriptor(), &query);
        let (model, fields) = (self.model, query.fields);
        let write = move |rows: &mut Rows<'_>| {
            let mut data = Vec::with_capacity(1024);
            data.push(b'[');
            let mut count = 0;
            while let Some(row) = rows.next()? {
                if count == limit || data.len() > PAGE_BYTES {
                    data.push(b']');
                    return Ok(Page {
                        data,
                        count,
                        more: true,
                    });
                }
                if count > 0 {
                    data.push(b',');
                }
                (model.represent)(&row, &fields, &mut data)?;
                count += 1;
            }
            data.push(b']');
            Ok(Page {
                data,
                count,
                more: false,
            })
        };
        Ok(cx.database().rows(statement, write).await?)
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
