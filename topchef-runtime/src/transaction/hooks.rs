//! Hooks: what each phase is given, and how a hook runs when its resource's type is forgotten.
//!
//! The phases are types: only an [`Input`] can be changed before the transaction, only a [`Tracked`] in it, and a
//! [`Committed`] not at all. It does not know when hooks run.

use std::future::Future;
use std::pin::Pin;

use super::{Committed, Context, Draft, Input, Next, Permit, Select, Tracked, Transaction};
use crate::column::{Row, Value, ValueCells};
use crate::database::{Database, DatabaseError};
use crate::descriptor::{Descriptor, Method};
use crate::error::{ApiError, Report};
use crate::query::Condition;
use crate::resource::{Model, ModelResource};

/// A resource's hooks; implemented by `#[derive(ModelResource)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource",
    label = "not a resource",
    note = "write `#[derive(ModelResource)]` above the struct"
)]
pub trait Hooked: ModelResource {
    /// The hooks, by phase and method; by default none.
    fn hooks() -> &'static Hooks {
        &Hooks::NONE
    }

    /// The resource with its hooks, its type forgotten.
    #[doc(hidden)]
    fn endpoint() -> Endpoint {
        Endpoint::of::<Self>()
    }
}

/// The hooks of a resource, by phase and method.
#[doc(hidden)]
#[derive(Debug)]
pub struct Hooks {
    pub select: &'static [(Method, RunSelect)],
    pub input: &'static [(Method, RunInput)],
    pub before_commit: &'static [(Method, RunBeforeCommit)],
    pub after_commit: &'static [(Method, Delivery, RunAfterCommit)],
    /// Who may do what with which rows; where nothing is said, the API's policy says it.
    pub authorize: Option<RunAuthorize>,
    /// The related resources, one for each of the descriptor's relations.
    pub related: &'static [fn() -> Endpoint],
}

impl Hooks {
    /// No hooks, no policy, no relations.
    pub const NONE: Self = Self {
        select: &[],
        input: &[],
        before_commit: &[],
        after_commit: &[],
        authorize: None,
        related: &[],
    };
}

/// How surely an `after_commit` hook runs once its write was committed.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is stored with the write, and runs in the end whatever happens: `post = path`.
    Durable,
    /// It runs once after the commit, and nothing is stored for it: `post(path, best_effort)`.
    BestEffort,
}

/// A resource with its hooks, its type forgotten.
#[derive(Clone, Copy)]
pub struct Endpoint {
    pub(super) model: Model,
    pub(super) hooks: &'static Hooks,
}

impl Endpoint {
    /// The endpoint of a resource.
    pub fn of<M: Hooked>() -> Self {
        Self {
            model: Model::of::<M>(),
            hooks: M::hooks(),
        }
    }

    /// What the resource is.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.model.descriptor
    }

    /// The phases that have a hook of a method, in their order.
    pub(crate) fn phases(&self, method: Method) -> Vec<&'static str> {
        let hooks = self.hooks;
        let has_input = hooks.select(method).is_some() || hooks.input(method).is_some();
        [
            ("process_input", has_input),
            ("before_commit", hooks.before_commit(method).is_some()),
            ("after_commit", hooks.after_commit(method).is_some()),
        ]
        .into_iter()
        .filter_map(|(phase, is_there)| is_there.then_some(phase))
        .collect()
    }

    /// Whether a hook may answer a method in place of the record.
    pub(crate) fn may_reply(&self, method: Method) -> bool {
        let hooks = self.hooks;
        hooks.before_commit(method).is_some() || hooks.after_commit(method).is_some()
    }

    /// Whether the resource says itself who may do what.
    pub(crate) fn has_policy(&self) -> bool {
        self.hooks.authorize.is_some()
    }

    /// Whether a resource that goes out with this one says so, or this one itself.
    pub(crate) fn is_guarded(&self) -> bool {
        self.with_related().iter().any(Self::has_policy)
    }

    /// Whether a hook of it is kept in the outbox.
    pub(crate) fn follows_durably(&self) -> bool {
        let mut hooks = self.hooks.after_commit.iter();
        hooks.any(|(_, delivery, _)| *delivery == Delivery::Durable)
    }

    /// This resource and all that its relations lead to, as far as they go; each once.
    pub(crate) fn with_related(&self) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut ahead = vec![*self];
        while let Some(endpoint) = ahead.pop() {
            let descriptor = endpoint.descriptor();
            if !found.iter().any(|it| it.descriptor().is(descriptor)) {
                found.push(endpoint);
                ahead.extend(endpoint.hooks.related.iter().map(|related| related()));
            }
        }
        found
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Endpoint({})", self.model.descriptor.name)
    }
}

impl Hooks {
    pub(super) fn select(&self, method: Method) -> Option<RunSelect> {
        of(self.select, method)
    }

    pub(super) fn input(&self, method: Method) -> Option<RunInput> {
        of(self.input, method)
    }

    pub(super) fn before_commit(&self, method: Method) -> Option<RunBeforeCommit> {
        of(self.before_commit, method)
    }

    pub(super) fn after_commit(&self, method: Method) -> Option<(Delivery, RunAfterCommit)> {
        let mut hooks = self.after_commit.iter();
        let (_, delivery, hook) = hooks.find(|(of, _, _)| *of == method)?;
        Some((*delivery, *hook))
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

// A hook whose resource's type is forgotten.
type RunSelect = for<'a> fn(&'a Context, &'a mut Vec<Condition>) -> Running<'a, ()>;
type RunInput = for<'a> fn(&'a Context, &'a mut Draft) -> Running<'a, ()>;
type RunBeforeCommit =
    for<'a> fn(&'a Context, &'a mut Transaction, &'a mut Staged) -> Running<'a, Next>;
pub(super) type RunAfterCommit =
    for<'a> fn(&'a Context, &'a mut Transaction, &'a [Value]) -> Running<'a, Next>;
pub(super) type RunAuthorize = for<'a> fn(&'a Context, Method) -> Running<'a, Vec<Condition>>;

/// What a hook comes to in the time that its transaction has: what it still did after that would be kept by nobody.
pub(super) async fn in_time<T>(
    database: &Database,
    running: impl Future<Output = Result<T, Report>>,
) -> Result<T, Report> {
    let ended = tokio::time::timeout(database.transaction_timeout(), running).await;
    ended.unwrap_or_else(|_| Err(DatabaseError::TimedOut.into()))
}

/// An `async fn` of these arguments, whatever its future holds.
pub trait AsyncHook<'a, Arguments, Output> {}

/// That the future of `F` may go from thread to thread.
///
/// Apart from the signature, so that the compiler names the value that may not.
pub trait Runs<'a, Arguments, Output, F> {
    /// Calls the hook.
    fn run(hook: &'a F, arguments: Arguments) -> Running<'a, Output>;
}

/// The signature of a function that is a hook.
#[derive(Debug)]
pub enum Right {}

/// The signature of any other function.
#[derive(Debug)]
pub enum Wrong {}

/// Nothing is so.
pub trait Impossible {}

macro_rules! async_hook {
    ($($argument:ident: $type:ident),+) => {
        impl<'a, $($type,)+ Output, F, Fut, E> AsyncHook<'a, ($($type,)+), Output> for F
        where
            F: Fn($($type),+) -> Fut,
            Fut: Future<Output = Result<Output, E>>,
            E: Into<Report>,
        {
        }

        // For every type, because the compiler shows all impls of a trait but those for every type.
        impl<'a, $($type,)+ Output, F, Fut, E, Any> Runs<'a, ($($type,)+), Output, F> for Any
        where
            F: Fn($($type),+) -> Fut,
            Fut: Future<Output = Result<Output, E>> + Send + 'a,
            E: Into<Report>,
        {
            fn run(hook: &'a F, ($($argument,)+): ($($type,)+)) -> Running<'a, Output> {
                let running = hook($($argument),+);
                Box::pin(async move { running.await.map_err(Into::into) })
            }
        }
    };
}
async_hook!(cx: A, record: B);
async_hook!(cx: A, tx: B, record: C);

// One trait for each phase: the place where the compiler says which signature its hooks have. They are written out, for
// where the future of a hook may not go from thread to thread the compiler shows the bound of `run`.

/// A `process_input` hook of `get`, `list` or `delete`.
#[diagnostic::on_unimplemented(
    message = "wrong signature for a `process_input` hook of `get`, `list` or `delete` in `{M}`",
    label = "it must be `async fn(&Context, &mut Select<{M}>) -> Result<(), Report>`",
    note = "`Context`, `Select` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`"
)]
pub trait SelectHook<M, Signature>: Sized {
    /// Runs the hook, the type of its resource forgotten.
    #[doc(hidden)]
    fn run<'a>(self, cx: &'a Context, conditions: &'a mut Vec<Condition>) -> Running<'a, ()>
    where
        Signature: for<'h> Runs<'h, (&'h Context, &'h mut Select<M>), (), Self>;
}

/// A `process_input` hook of `post`, `put` or `patch`.
#[diagnostic::on_unimplemented(
    message = "wrong signature for a `process_input` hook of `post`, `put` or `patch` in `{M}`",
    label = "it must be `async fn(&Context, &mut Input<{M}>) -> Result<(), Report>`",
    note = "`Context`, `Input` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`"
)]
pub trait InputHook<M, Signature>: Sized {
    /// Runs the hook, the type of its resource forgotten.
    #[doc(hidden)]
    fn run<'a>(self, cx: &'a Context, draft: &'a mut Draft) -> Running<'a, ()>
    where
        Signature: for<'h> Runs<'h, (&'h Context, &'h mut Input<M>), (), Self>;
}

/// A `before_commit` hook.
#[diagnostic::on_unimplemented(
    message = "wrong signature for a `before_commit` hook of `{M}`",
    label = "it must be `async fn(&Context, &mut Transaction, &mut Tracked<{M}>) -> Result<Next, Report>`",
    note = "`Context`, `Transaction`, `Tracked`, `Next` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`"
)]
pub trait BeforeCommitHook<M, Signature>: Sized {
    /// Runs the hook, the type of its resource forgotten.
    #[doc(hidden)]
    fn run<'a>(
        self,
        cx: &'a Context,
        tx: &'a mut Transaction,
        staged: &'a mut Staged,
    ) -> Running<'a, Next>
    where
        Signature:
            for<'h> Runs<'h, (&'h Context, &'h mut Transaction, &'h mut Tracked<M>), Next, Self>;
}

/// An `after_commit` hook.
#[diagnostic::on_unimplemented(
    message = "wrong signature for an `after_commit` hook of `{M}`",
    label = "it must be `async fn(&Context, &mut Transaction, &Committed<{M}>) -> Result<Next, Report>`",
    note = "`Context`, `Transaction`, `Committed`, `Next` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`"
)]
pub trait AfterCommitHook<M, Signature>: Sized {
    /// Runs the hook, the type of its resource forgotten.
    #[doc(hidden)]
    fn run<'a>(
        self,
        cx: &'a Context,
        tx: &'a mut Transaction,
        values: &'a [Value],
    ) -> Running<'a, Next>
    where
        Signature:
            for<'h> Runs<'h, (&'h Context, &'h mut Transaction, &'h Committed<M>), Next, Self>;
}

/// A policy.
#[diagnostic::on_unimplemented(
    message = "wrong signature for a policy of `{M}`",
    label = "it must be `async fn(&Context, Method) -> Result<Permit<{M}>, Report>`",
    note = "`Context`, `Method`, `Permit` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`"
)]
pub trait AuthorizeHook<M, Signature>: Sized {
    /// Runs the hook, the type of its resource forgotten.
    #[doc(hidden)]
    fn run<'a>(self, cx: &'a Context, method: Method) -> Running<'a, Vec<Condition>>
    where
        Signature: for<'h> Runs<'h, (&'h Context, Method), Permit<M>, Self>;
}

/// The impls of the trait of a phase.
///
/// There are two, told apart by a type that is inferred, of which the second is for nothing: with only one, the compiler
/// would take it, and complain about what that one asks in words that do not say what a hook is.
macro_rules! phase {
    (
        $trait:ident: $arguments:ty => $output:ty => $done:ty;
        |$hook:ident, $($given:ident: $given_type:ty),+| $run:expr
    ) => {
        #[diagnostic::do_not_recommend]
        impl<M, F> $trait<M, Right> for F
        where
            M: ModelResource,
            F: for<'h> AsyncHook<'h, $arguments, $output> + Send + Sync + 'static,
        {
            fn run<'a>(self, $($given: $given_type),+) -> Running<'a, $done>
            where
                Right: for<'h> Runs<'h, $arguments, $output, Self>,
            {
                let $hook = self;
                Box::pin(async move { $run })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, F: Impossible> $trait<M, Wrong> for F {
            fn run<'a>(self, $(_: $given_type),+) -> Running<'a, $done>
            where
                Wrong: for<'h> Runs<'h, $arguments, $output, Self>,
            {
                Box::pin(std::future::pending())
            }
        }
    };
}

phase! {
    SelectHook: (&'h Context, &'h mut Select<M>) => () => ();
    |hook, cx: &'a Context, conditions: &'a mut Vec<Condition>| {
        let mut select = Select::<M>::new(std::mem::take(conditions));
        Right::run(&hook, (cx, &mut select)).await?;
        *conditions = select.into_conditions();
        Ok(())
    }
}

phase! {
    InputHook: (&'h Context, &'h mut Input<M>) => () => ();
    |hook, cx: &'a Context, draft: &'a mut Draft| {
        let empty = Draft::empty(draft.descriptor);
        let mut input = Input::<M>::new(std::mem::replace(draft, empty));
        Right::run(&hook, (cx, &mut input)).await?;
        *draft = input.into_draft();
        Ok(())
    }
}

phase! {
    BeforeCommitHook: (&'h Context, &'h mut Transaction, &'h mut Tracked<M>) => Next => Next;
    |hook, cx: &'a Context, tx: &'a mut Transaction, staged: &'a mut Staged| {
        let mut record =
            Tracked::<M>::from_values(&staged.values, staged.prior.as_deref(), staged.dirty)
                .map_err(ApiError::serialization)?;
        let before = record.values()?;
        let next = Right::run(&hook, (cx, tx, &mut record)).await?;
        staged.dirty = record.dirty();
        // What the hook left alone stays as it was sent: JSON is not written anew.
        let values = staged.values.iter_mut().zip(before).zip(record.values()?);
        for ((staged, before), after) in values {
            if before != after {
                *staged = after;
            }
        }
        Ok(next)
    }
}

phase! {
    AfterCommitHook: (&'h Context, &'h mut Transaction, &'h Committed<M>) => Next => Next;
    |hook, cx: &'a Context, tx: &'a mut Transaction, values: &'a [Value]| {
        let record =
            M::from_row(&Row::new(&ValueCells(values))).map_err(ApiError::serialization)?;
        let record = Committed::new(record);
        Right::run(&hook, (cx, tx, &record)).await
    }
}

phase! {
    AuthorizeHook: (&'h Context, Method) => Permit<M> => Vec<Condition>;
    |hook, cx: &'a Context, method: Method| {
        let permit = Right::run(&hook, (cx, method)).await?;
        Ok(permit.into_conditions())
    }
}
