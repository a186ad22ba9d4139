//! Who may do what with which rows: the resource's policy, or else the API's.
//!
//! It does not know who is asking.

use std::pin::Pin;
use std::sync::Arc;

use super::super::Context;
use super::super::context::Permitted;
use super::Endpoint;
use super::stage::Written;
use crate::column::{Key, Value};
use crate::database::DatabaseError;
use crate::descriptor::{Method, Selection};
use crate::error::{ApiError, Report};
use crate::query::{Condition, holds};

impl Endpoint {
    /// Asks the policies that an operation is subject to, before anything else is done: the resource's own, and those of
    /// the related resources that go out with it, whose refusal must not come after a write.
    ///
    /// The context that it gives carries the permitted rows to the statements: a write in any other is refused.
    ///
    /// # Errors
    /// A [`Report`] with a policy's refusal.
    pub(super) async fn admitted(
        &self,
        method: Method,
        cx: &Context,
        selection: &Selection,
    ) -> Result<Context, Report> {
        let rows = self.permitted(method, cx).await?;
        if selection.relations().next().is_some() {
            self.related_admitted(cx, selection).await?;
        }
        Ok(cx.permitting(Permitted {
            resource: self.descriptor(),
            policy: self.hooks.authorize,
            rows,
        }))
    }

    /// What must hold of every row that a request reads, changes or leaves behind.
    ///
    /// A policy is asked once in a request for each method, however many statements, records and relations follow.
    ///
    /// # Errors
    /// A [`Report`] with the policy's refusal.
    pub(crate) async fn permitted(
        &self,
        method: Method,
        cx: &Context,
    ) -> Result<Vec<Condition>, Report> {
        let policy = self.hooks.authorize;
        if let Some(rows) = cx.answer(policy, method) {
            return Ok(rows);
        }
        let rows = if let Some(policy) = policy {
            policy(cx, method).await?
        } else {
            cx.policy().decide(cx, method).await?;
            Vec::new()
        };
        cx.remember(policy, method, rows.clone());
        Ok(rows)
    }

    fn related_admitted<'a>(
        &'a self,
        cx: &'a Context,
        selection: &'a Selection,
    ) -> Pin<Box<dyn Future<Output = Result<(), Report>> + Send + 'a>> {
        Box::pin(async move {
            for (index, of_each) in selection.relations() {
                // One without an endpoint is an error where it is loaded.
                let Some(target) = self.hooks.related.get(index) else {
                    continue;
                };
                let target = target();
                let many = self.descriptor().relations[index].kind.is_many();
                let method = if many { Method::List } else { Method::Get };
                target.permitted(method, cx).await?;
                target.related_admitted(cx, of_each).await?;
            }
            Ok(())
        })
    }

    /// That a row has this key, and is one that the policy permits.
    pub(super) fn permitted_row(&self, cx: &Context, key: &Key) -> Result<Vec<Condition>, Report> {
        let mut conditions = vec![Condition::is_key(self.descriptor(), key)];
        conditions.extend(self.permit(cx)?.rows.iter().cloned());
        Ok(conditions)
    }

    /// Whether rows may be there that the policy hides.
    pub(super) fn hides_rows(&self, cx: &Context) -> Result<bool, Report> {
        Ok(!self.permit(cx)?.rows.is_empty())
    }

    /// What a statement of the operation may leave behind.
    ///
    /// # Errors
    /// 500 when the policy of this resource was not asked: then nothing is written.
    pub(super) fn permit(&self, cx: &Context) -> Result<Arc<Permitted>, Report> {
        let permit = cx.permit(self.descriptor(), self.hooks.authorize);
        permit.cloned().ok_or_else(|| {
            let reason = format!("the policy of {} was not asked", self.descriptor().name);
            ApiError::internal(std::io::Error::other(reason)).into()
        })
    }
}

impl Permitted {
    /// The row that was written, when it is one that the policy permits; otherwise the statement that wrote it fails.
    pub(super) fn checked(&self, written: Written) -> Result<Written, DatabaseError> {
        if self.holds_of(&written.values) {
            Ok(written)
        } else {
            Err(DatabaseError::Forbidden)
        }
    }

    fn holds_of(&self, values: &[Value]) -> bool {
        self.rows.iter().all(|condition| holds(condition, values))
    }
}
