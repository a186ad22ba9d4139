//! What a read would ask of the database, and how the database would find it; instead of doing it.
//!
//! It does not know who may ask.

use serde::Serialize;

use super::super::Context;
use super::Endpoint;
use crate::column::Key;
use crate::descriptor::Method;
use crate::error::{ApiError, Report};
use crate::query::{Condition, Query};
use crate::sql::Statement;

/// A statement and its plan, as they are told; its values are counted and not shown.
#[derive(Serialize)]
struct Explained<'a> {
    sql: &'a str,
    values: usize,
    plan: Vec<String>,
}

impl Endpoint {
    /// The statement that reads a page, and its plan, as JSON.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn explain_list(&self, cx: &Context, mut query: Query) -> Result<Vec<u8>, Report> {
        self.narrow(cx, &mut query).await?;
        let statement = self.page_statement(cx, &mut query);
        let plan = cx.database().dialect().plan(self.descriptor(), &query);
        self.explained(cx, statement, plan).await
    }

    /// The statement that reads one record, and its plan, as JSON.
    ///
    /// # Errors
    /// A [`Report`]: a policy's or a hook's refusal, or the database's.
    pub async fn explain_get(&self, cx: &Context, key: &Key) -> Result<Vec<u8>, Report> {
        let descriptor = self.descriptor();
        let mut conditions = vec![Condition::is_key(descriptor, key)];
        conditions.extend(self.permitted(Method::Get, cx).await?);
        self.process_select(Method::Get, cx, &mut conditions)
            .await?;
        let dialect = cx.database().dialect();
        let statement = dialect.select_one(descriptor, &conditions);
        let plan = dialect.plan_one(descriptor, &conditions);
        self.explained(cx, statement, plan).await
    }

    async fn explained(
        &self,
        cx: &Context,
        statement: Statement,
        plan: Statement,
    ) -> Result<Vec<u8>, Report> {
        let column = cx.database().dialect().plan_column();
        let plan = cx.database().rows(plan, move |rows| {
            let mut plan = Vec::new();
            while let Some(row) = rows.next()? {
                plan.push(row.cell(column)?.text()?.to_owned());
            }
            Ok(plan)
        });
        let explained = Explained {
            sql: &statement.text,
            values: statement.values.len(),
            plan: plan.await?,
        };
        Ok(serde_json::to_vec(&explained).map_err(ApiError::serialization)?)
    }
}
