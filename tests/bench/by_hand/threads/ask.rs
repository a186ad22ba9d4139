//! What the threads are asked for, and how a handler asks.

use crossbeam_channel::Sender;
use tokio::sync::oneshot;

use crate::book::{BookPatch, NewBook};
use crate::error::Error;
use crate::list::BookQuery;

/// The JSON that goes out, or why there is none.
pub(crate) type Answer = Result<Vec<u8>, Error>;

#[derive(Debug)]
pub(crate) enum Read {
    Get {
        id: i64,
        answer: oneshot::Sender<Answer>,
    },
    List {
        query: BookQuery,
        answer: oneshot::Sender<Answer>,
    },
}

#[derive(Debug)]
pub(crate) enum Write {
    Post {
        book: NewBook,
        answer: oneshot::Sender<Answer>,
    },
    Patch {
        id: i64,
        patch: BookPatch,
        answer: oneshot::Sender<Answer>,
    },
    Delete {
        id: i64,
        answer: oneshot::Sender<Answer>,
    },
}

impl Write {
    /// Who waits for the answer.
    pub(crate) fn sender(self) -> oneshot::Sender<Answer> {
        match self {
            Self::Post { answer, .. }
            | Self::Patch { answer, .. }
            | Self::Delete { answer, .. } => answer,
        }
    }
}

/// Where the threads are asked.
#[derive(Clone, Debug)]
pub(crate) struct Threads {
    pub(crate) readers: Sender<Read>,
    pub(crate) writer: Sender<Write>,
}

/// Asks a thread, and waits for what it answers.
pub(crate) async fn ask<T>(
    threads: &Sender<T>,
    ask: impl FnOnce(oneshot::Sender<Answer>) -> T,
) -> Answer {
    let gone = || Error::Database("the thread is gone".into());
    let (sender, answer) = oneshot::channel();
    threads.send(ask(sender)).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}
