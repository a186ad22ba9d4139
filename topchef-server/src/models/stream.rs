//! The models of a list as a stream: page after page, one at a time.
//!
//! It does not know which list.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use topchef_runtime::Report;
use uuid::Uuid;

use super::contract::{ModelList, Page};

type Asked<M> = Pin<Box<dyn Future<Output = Result<Page<M>, Report>> + Send>>;

/// The models of a list, one after the other.
///
/// It ends after the first error.
#[must_use = "a stream does nothing before it is polled"]
pub struct Models<L: ModelList> {
    list: L,
    /// What was read and not given yet.
    held: VecDeque<L::Model>,
    next: Next<L::Model>,
}

enum Next<M> {
    /// The page after an id is to be asked for; the first when there is none.
    Page(Option<Uuid>),
    Asked(Asked<M>),
    End,
}

impl<L: ModelList> Models<L> {
    pub(super) fn of(list: L) -> Self {
        Self {
            list,
            held: VecDeque::new(),
            next: Next::Page(None),
        }
    }
}

impl<L: ModelList> fmt::Debug for Models<L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Models")
            .field("list", &self.list)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

/// Nothing in it is looked at where it stands: what is waited for has a place of its own.
impl<L: ModelList> Unpin for Models<L> {}

impl<L: ModelList> Stream for Models<L> {
    type Item = Result<L::Model, Report>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(model) = this.held.pop_front() {
                return Poll::Ready(Some(Ok(model)));
            }
            match &mut this.next {
                Next::End => return Poll::Ready(None),
                Next::Page(after) => {
                    let (list, after) = (this.list.clone(), *after);
                    this.next = Next::Asked(Box::pin(async move { list.page(after).await }));
                }
                Next::Asked(page) => match ready!(page.as_mut().poll(cx)) {
                    Ok(page) => {
                        this.held = page.models.into();
                        this.next = page.next.map_or(Next::End, |after| Next::Page(Some(after)));
                    }
                    Err(report) => {
                        this.next = Next::End;
                        return Poll::Ready(Some(Err(report)));
                    }
                },
            }
        }
    }
}
