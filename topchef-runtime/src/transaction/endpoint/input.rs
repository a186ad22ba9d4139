//! The first phase of a write: what is wrong with the input, the hook that may change it, what is missing then.
//!
//! It does not know what is done with it.

use super::super::{Context, Draft};
use super::Endpoint;
use crate::column::Value;
use crate::descriptor::Method;
use crate::error::{ApiError, Report};

/// Whether a method needs every column that has no default.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Require {
    All,
    Nothing,
}

impl Endpoint {
    /// Reports what is wrong with the input; runs the hook when nothing is; finds what is missing after it.
    pub(super) async fn process_input(
        &self,
        method: Method,
        cx: &Context,
        mut draft: Draft,
        require: Require,
    ) -> Result<Draft, Report> {
        if draft.wrong.is_empty()
            && let Some(hook) = self.hooks.input(method)
        {
            hook(cx, &mut draft).await?;
        }
        if require == Require::All {
            // A field that is wrong is not missing too; what a hook was to give is not missing when it did not run.
            let mut missing = draft.missing();
            missing.retain(|error| {
                !draft.wrong.tells_of(error.pointer())
                    && (error.status().is_client_error()
                        // A replacement leaves read-only columns as they are.
                        || (draft.wrong.is_empty() && method != Method::Put))
            });
            draft.wrong.append(missing);
        }
        std::mem::take(&mut draft.wrong).into_result()?;
        Ok(draft)
    }

    /// The input with the path's key; a body that has another is wrong.
    pub(super) fn with_key(&self, mut draft: Draft, key: &Value) -> Draft {
        let (index, column) = self.descriptor().key_column();
        let given = draft.values[index].replace(key.clone());
        if given.is_some_and(|given| given != *key) {
            draft.reject(ApiError::deserialization(
                column.wire,
                "key",
                "must be the key of the path",
            ));
        }
        draft
    }

    /// The columns that a replacement writes: all but the key and the read-only ones.
    pub(super) fn replaceable(&self, draft: &Draft) -> Vec<(usize, Value)> {
        let descriptor = self.descriptor();
        let mut values = draft.given();
        values.retain(|(index, _)| {
            !descriptor.key.contains(index) && !descriptor.columns[*index].read_only
        });
        values
    }
}
