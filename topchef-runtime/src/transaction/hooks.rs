//! Hooks: what each phase is given, and how a hook runs when its resource's type is forgotten.
//!
//! The phases are types: only an [`Input`] can be changed before the transaction, only a [`Tracked`] in it, and a
//! [`Committed`] not at all. It does not know when hooks run.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use super::{Committed, Context, Draft, Input, Next, Select, Tracked, Transaction};
use crate::column::{Row, Value, ValueCells};
use crate::descriptor::Method;
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::resource::ModelResource;

/// A resource's hooks; implemented by `#[derive(ModelResource)]`.
pub trait Hooked: ModelResource {
    /// The hooks, by phase and method.
    fn hooks() -> &'static Hooks;
}

/// The hooks of a resource, by phase and method.
#[doc(hidden)]
#[expect(
    missing_debug_implementations,
    reason = "functions have nothing to show"
)]
pub struct Hooks {
    pub select: &'static [(Method, &'static dyn ErasedSelect)],
    pub input: &'static [(Method, &'static dyn ErasedInput)],
    pub before_commit: &'static [(Method, &'static dyn ErasedBeforeCommit)],
    pub after_commit: &'static [(Method, &'static dyn ErasedAfterCommit)],
}

impl Hooks {
    pub(super) fn select(&self, method: Method) -> Option<&'static dyn ErasedSelect> {
        of(self.select, method)
    }

    pub(super) fn input(&self, method: Method) -> Option<&'static dyn ErasedInput> {
        of(self.input, method)
    }

    pub(super) fn before_commit(&self, method: Method) -> Option<&'static dyn ErasedBeforeCommit> {
        of(self.before_commit, method)
    }

    pub(super) fn after_commit(&self, method: Method) -> Option<&'static dyn ErasedAfterCommit> {
        of(self.after_commit, method)
    }
}

fn of<H: Copy>(hooks: &[(Method, H)], method: Method) -> Option<H> {
    let mut hooks = hooks.iter();
    hooks.find(|(of, _)| *of == method).map(|(_, hook)| *hook)
}

type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, Report>> + Send + 'a>>;

/// A record between reading and writing, its type forgotten.
#[doc(hidden)]
#[derive(Debug)]
pub struct Staged {
    pub(super) values: Vec<Value>,
    pub(super) prior: Option<Vec<Value>>,
    pub(super) dirty: u128,
}

#[doc(hidden)]
pub trait ErasedSelect: Send + Sync {
    fn run<'a>(&'a self, cx: &'a Context, conditions: &'a mut Vec<Condition>) -> Running<'a, ()>;
}

#[doc(hidden)]
pub trait ErasedInput: Send + Sync {
    fn run<'a>(&'a self, cx: &'a Context, draft: &'a mut Draft) -> Running<'a, ()>;
}

#[doc(hidden)]
pub trait ErasedBeforeCommit: Send + Sync {
    fn run<'a>(
        &'a self,
        cx: &'a Context,
        tx: &'a mut Transaction,
        staged: &'a mut Staged,
    ) -> Running<'a, Next>;
}

#[doc(hidden)]
pub trait ErasedAfterCommit: Send + Sync {
    fn run<'a>(
        &'a self,
        cx: &'a Context,
        tx: &'a mut Transaction,
        values: &'a [Value],
    ) -> Running<'a, Next>;
}

/// One trait for each phase: implemented for every function of the right signature, and the place where the compiler
/// says which signature that is.
macro_rules! phase {
    (
        $(#[$documentation:meta])*
        $trait:ident, $signature:literal, ($($argument:ident: $type:ty),+) -> $output:ty
    ) => {
        $(#[$documentation])*
        #[diagnostic::on_unimplemented(
            message = "this function cannot be such a hook of `{M}`",
            label = "not a hook with the signature that is needed here",
            note = $signature
        )]
        pub trait $trait<'a, M>: Send + Sync + 'static {
            /// Runs the hook.
            fn call(&'a self, $($argument: $type),+) -> Running<'a, $output>;
        }

        #[diagnostic::do_not_recommend]
        impl<'a, M, F, Fut, E> $trait<'a, M> for F
        where
            M: ModelResource,
            F: Fn($($type),+) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Result<$output, E>> + Send + 'a,
            E: Into<Report>,
        {
            fn call(&'a self, $($argument: $type),+) -> Running<'a, $output> {
                let running = self($($argument),+);
                Box::pin(async move { running.await.map_err(Into::into) })
            }
        }
    };
}

phase! {
    /// A `process_input` hook of `get`, `list` or `delete`.
    SelectHook,
    "it must be `async fn(&Context, &mut Select<{M}>) -> Result<(), Report>` (or `ApiError` in place of `Report`)",
    (cx: &'a Context, select: &'a mut Select<M>) -> ()
}

phase! {
    /// A `process_input` hook of `post`, `put` or `patch`.
    InputHook,
    "it must be `async fn(&Context, &mut Input<{M}>) -> Result<(), Report>` (or `ApiError` in place of `Report`)",
    (cx: &'a Context, input: &'a mut Input<M>) -> ()
}

phase! {
    /// A `before_commit` hook.
    BeforeCommitHook,
    "it must be `async fn(&Context, &mut Transaction, &mut Tracked<{M}>) -> Result<Next, Report>` (or `ApiError` in place of `Report`)",
    (cx: &'a Context, tx: &'a mut Transaction, record: &'a mut Tracked<M>) -> Next
}

phase! {
    /// An `after_commit` hook.
    AfterCommitHook,
    "it must be `async fn(&Context, &mut Transaction, &Committed<{M}>) -> Result<Next, Report>` (or `ApiError` in place of `Report`)",
    (cx: &'a Context, tx: &'a mut Transaction, record: &'a Committed<M>) -> Next
}

/// A hook with the type of its resource.
macro_rules! holder {
    ($holder:ident) => {
        #[doc(hidden)]
        #[expect(
            missing_debug_implementations,
            reason = "functions have nothing to show"
        )]
        pub struct $holder<M, H> {
            hook: H,
            of: PhantomData<fn() -> M>,
        }

        impl<M, H> $holder<M, H> {
            pub(crate) const fn new(hook: H) -> Self {
                Self {
                    hook,
                    of: PhantomData,
                }
            }
        }
    };
}
holder!(SelectOf);
holder!(InputOf);
holder!(BeforeCommitOf);
holder!(AfterCommitOf);

impl<M: ModelResource, H: for<'h> SelectHook<'h, M>> ErasedSelect for SelectOf<M, H> {
    fn run<'a>(&'a self, cx: &'a Context, conditions: &'a mut Vec<Condition>) -> Running<'a, ()> {
        Box::pin(async move {
            let mut select = Select::<M>::new(std::mem::take(conditions));
            self.hook.call(cx, &mut select).await?;
            *conditions = select.into_conditions();
            Ok(())
        })
    }
}

impl<M: ModelResource, H: for<'h> InputHook<'h, M>> ErasedInput for InputOf<M, H> {
    fn run<'a>(&'a self, cx: &'a Context, draft: &'a mut Draft) -> Running<'a, ()> {
        Box::pin(async move {
            let empty = Draft::empty(draft.descriptor);
            let mut input = Input::<M>::new(std::mem::replace(draft, empty));
            self.hook.call(cx, &mut input).await?;
            *draft = input.into_draft();
            Ok(())
        })
    }
}

impl<M: ModelResource, H: for<'h> BeforeCommitHook<'h, M>> ErasedBeforeCommit
    for BeforeCommitOf<M, H>
{
    fn run<'a>(
        &'a self,
        cx: &'a Context,
        tx: &'a mut Transaction,
        staged: &'a mut Staged,
    ) -> Running<'a, Next> {
        Box::pin(async move {
            let mut record =
                Tracked::<M>::from_values(&staged.values, staged.prior.as_deref(), staged.dirty)
                    .map_err(ApiError::serialization)?;
            let next = self.hook.call(cx, tx, &mut record).await?;
            staged.dirty = record.dirty();
            staged.values = record.values();
            Ok(next)
        })
    }
}

impl<M: ModelResource, H: for<'h> AfterCommitHook<'h, M>> ErasedAfterCommit
    for AfterCommitOf<M, H>
{
    fn run<'a>(
        &'a self,
        cx: &'a Context,
        tx: &'a mut Transaction,
        values: &'a [Value],
    ) -> Running<'a, Next> {
        Box::pin(async move {
            let record =
                M::from_row(&Row::new(&ValueCells(values))).map_err(ApiError::serialization)?;
            let record = Committed::new(record);
            self.hook.call(cx, tx, &record).await
        })
    }
}
