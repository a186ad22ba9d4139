//! What a write answers: the record as it is stored, or what a hook said in its place.
//!
//! It does not know how the write went.

use super::super::Context;
use super::super::reply::{Record, Reply};
use super::super::tracked::key_of;
use super::read::represented;
use super::stage::Written;
use super::{AfterCommit, Answered, Endpoint, Outcome, Represented};
use crate::column::{Row, ValueCells};
use crate::descriptor::{Method, Selection};
use crate::error::Report;
use crate::resource::Sheet;

impl Endpoint {
    /// The record as it was written.
    pub(super) async fn shown(
        &self,
        cx: &Context,
        written: Written,
        created: bool,
        after_commit: AfterCommit,
        selection: &Selection,
    ) -> Result<Outcome, Report> {
        let filled = self.filled_after_write(cx, written.sheet, selection).await;
        let (json, related_failed) = (filled.0.into_bytes(), filled.1);
        let Represented { json, tag } = represented(json, written.tag, selection);
        Ok(Outcome::Record {
            json,
            key: written.key.to_path(),
            tag,
            created,
            after_commit,
            related_failed,
        })
    }

    /// A hook's reply to a request of this resource.
    pub(super) async fn replied(
        &self,
        method: Method,
        cx: &Context,
        reply: Reply,
    ) -> Result<Outcome, Report> {
        let Some(record) = &reply.record else {
            return Ok(Outcome::Reply(reply));
        };
        let target = record.endpoint.descriptor();
        Ok(Outcome::Answered(Answered {
            json: Box::pin(self.answer(method, cx, record)).await?,
            path: format!(
                "{}/{}",
                target.path,
                key_of(&record.values, target).to_path()
            ),
            status: reply.status,
            headers: reply.headers,
            asked: self.descriptor(),
            descriptor: target,
        }))
    }

    /// A hook's reply as one item of several; null where it is no JSON.
    pub(super) async fn item(
        &self,
        method: Method,
        cx: &Context,
        reply: Reply,
    ) -> Result<Vec<u8>, Report> {
        match &reply.record {
            Some(record) => Box::pin(self.answer(method, cx, record)).await,
            None if serde_json::from_slice::<serde::de::IgnoredAny>(&reply.body).is_ok() => {
                Ok(reply.body)
            }
            None => Ok(b"null".to_vec()),
        }
    }

    /// What goes out of a record that a hook of this resource answers with.
    async fn answer(
        &self,
        method: Method,
        cx: &Context,
        record: &Record,
    ) -> Result<Vec<u8>, Report> {
        let target = record.endpoint.descriptor();
        let mut answers = self.descriptor().answers.iter();
        let said = answers.find(|answer| answer.method == method && (answer.target)().is(target));
        let selection = match said {
            Some(answer) => Selection::named(target, answer.fields),
            None => Selection::of(target, Method::Get),
        };
        let mut sheet = Sheet::new();
        let cells = ValueCells(&record.values);
        (record.endpoint.model.represent)(&Row::new(&cells), &selection, &mut sheet)?;
        // What the hook wrote stands already.
        let filled = record.endpoint.filled_after_write(cx, sheet, &selection);
        Ok(filled.await.0.into_bytes())
    }
}
