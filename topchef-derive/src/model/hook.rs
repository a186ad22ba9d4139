//! Hooks and their phases.
//!
//! It does not know what a hook is given.

use syn::{ExprPath, Ident};

use super::Method;

/// A function that runs in one phase of one method.
pub(crate) struct Hook {
    pub(crate) phase: Phase,
    pub(crate) method: Method,
    /// The word that names the method.
    pub(crate) word: Ident,
    pub(crate) path: ExprPath,
    /// Asked of `after_commit` alone: the other phases are part of the request.
    pub(crate) delivery: Delivery,
}

/// How surely a hook runs once its write was committed.
#[derive(Clone, Copy)]
pub(crate) enum Delivery {
    /// It is stored with the write, and runs in the end whatever happens.
    Durable,
    /// It runs once, and nothing is stored for it.
    BestEffort,
}

/// When a hook runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before anything is looked up or written.
    ProcessInput,
    /// Inside the transaction.
    BeforeCommit,
    /// After it.
    AfterCommit,
}

impl Phase {
    pub(crate) const ALL: [Self; 3] = [Self::ProcessInput, Self::BeforeCommit, Self::AfterCommit];

    /// Its name in attributes.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ProcessInput => "process_input",
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
        }
    }

    /// The methods that have this phase: only what writes also commits.
    pub(crate) fn methods(self) -> &'static [Method] {
        match self {
            Self::ProcessInput => &Method::ALL,
            Self::BeforeCommit | Self::AfterCommit => {
                &[Method::Post, Method::Put, Method::Patch, Method::Delete]
            }
        }
    }
}
