//! The queue: how jobs come into it, wait, are taken, finished, and read, over the transaction manager.
//!
//! Everything that happens to a job happens here, whoever asks for it: the compatible forms, the models, the command line,
//! the hooks of other resources. It knows neither routes nor wire forms.

mod abandoned;
mod change;
mod clock;
mod documents;
mod finished;
mod listing;
mod moves;
mod removal;
mod seen;
mod sets;
mod submit;
mod view;
mod waiting;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use topchef_runtime::Database;

use crate::contract::Limits;
use crate::resources::{Contracts, JobState};

use finished::Finished;
use seen::Seen;

pub use abandoned::Watch;
pub use change::JobChange;
pub(crate) use clock::now;
pub use documents::Documents;
pub use finished::{MOST_SERVICES, Told};
pub use listing::Sought;
pub use removal::Removal;
pub use sets::Progress;
pub(crate) use submit::submitted;
pub use submit::{Submission, Submit, Submitted};
pub use view::{JobField, JobView};

/// The queue over a database; cheap to clone.
#[derive(Clone)]
pub struct Queue(Arc<Shared>);

impl fmt::Debug for Queue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Queue").finish_non_exhaustive()
    }
}

struct Shared {
    database: Database,
    contracts: Contracts,
    worker_timeout: Option<Duration>,
    finished: Finished,
    seen: Seen,
}

impl Queue {
    /// The queue over a database that has its tables ([`migrations`](crate::migrations)); schemas and documents are handled
    /// within `limits`.
    pub fn new(database: Database, limits: Limits) -> Self {
        Self(Arc::new(Shared {
            database,
            contracts: Contracts::new(limits),
            worker_timeout: None,
            finished: Finished::default(),
            seen: Seen::default(),
        }))
    }

    /// With a time for which a worker is waited for that gives no sign of life; without one, without end.
    #[must_use]
    pub fn worker_timeout(self, timeout: Option<Duration>) -> Self {
        Self(Arc::new(Shared {
            database: self.0.database.clone(),
            contracts: self.0.contracts.clone(),
            worker_timeout: timeout,
            finished: self.0.finished.clone(),
            seen: self.0.seen.clone(),
        }))
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// How many jobs came to an end through this program, by their service and the state that they ended in.
    pub fn finished_counts(&self) -> Vec<(Told, JobState, u64)> {
        self.0.finished.counts()
    }

    /// The contracts of all services.
    pub fn contracts(&self) -> &Contracts {
        &self.0.contracts
    }

    /// Whether both are one queue.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
