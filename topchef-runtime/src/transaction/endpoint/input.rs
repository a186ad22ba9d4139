//! The first phase of a write: what is wrong with the input, the hook that may change it, what is missing then.
//!
//! It does not know what is done with it.

use super::super::{Context, Draft, draft};
use super::Endpoint;
use crate::column::{InputError, Key, Value};
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
    pub(super) fn with_key(&self, mut draft: Draft, key: &Key) -> Draft {
        let descriptor = self.descriptor();
        for (&index, value) in descriptor.key.iter().zip(key.values()) {
            let given = draft.values[index].replace(value.clone());
            if given.is_some_and(|given| given != *value) {
                draft.reject(ApiError::deserialization(
                    descriptor.columns[index].wire,
                    "key",
                    "must be the key of the path",
                ));
            }
        }
        draft
    }

    /// Why no record may be made under the key of a path: what its columns ask of clients holds of keys in paths too.
    pub(super) fn unfit(&self, key: &Key) -> Report {
        let descriptor = self.descriptor();
        let values = descriptor.key.iter().zip(key.values());
        let fits = values.map(|(&index, value)| {
            let column = &descriptor.columns[index];
            let wrong = |error: InputError| {
                ApiError::deserialization(column.wire, error.code, error.detail)
            };
            column.accepts(value).map_err(wrong)?;
            draft::is_fit(descriptor, index, value)
        });
        fits.filter_map(Result::err).collect()
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
