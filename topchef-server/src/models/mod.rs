//! The model contract: what services, jobs and the lists of them are for code, apart from how they are kept.
//!
//! Models track the changes that they intend to make: what was set is read at once, and nothing is stored before
//! [`save`](Tracks::save) is given a transaction, and the transaction is committed. It knows neither routes nor wire forms.
//!
//! Only the contracts can be named outside; [`services`], [`jobs`] and [`metadata`] give what fulfils them.
//!
//! ```
//! use topchef_server::app::App;
//! use topchef_server::config::Config;
//! use topchef_server::models::{self, Identified, Job, ModelList, Service, ServiceList, Tracks};
//! use topchef_server::resources::JobStatus;
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::TempDir::new()?;
//! # let file = folder.path().join("lab.db").display().to_string();
//! let app = App::open(Config { database: file.parse()?, ..Config::default() }).await?;
//! let services = models::services(app.queue());
//!
//! let takes = serde_json::from_str(r#"{"type": "object", "required": ["value"]}"#)?;
//! let gives = serde_json::from_str(r#"{"type": "object"}"#)?;
//! let mut adder = services.new_service("Adder", "adds one", takes, gives).await?;
//! let mut job = adder.new_job(serde_json::from_str(r#"{"value": 41}"#)?).await?;
//!
//! let mut tx = app.database().transaction().await?;
//! adder.save(&mut tx).await?;
//! job.save(&mut tx).await?;
//! tx.commit().await?;
//!
//! job.set_status(JobStatus::Working);
//! assert_eq!(job.status(), JobStatus::Working); // as it is meant to be
//! let stored = adder.jobs().get(job.id()).await?;
//! assert_eq!(stored.status(), JobStatus::Registered); // as it is
//! # Ok(()) }
//! ```

mod contract;
mod stream;

mod list;

mod job;
mod service;

use crate::config::Metadata;
use crate::queue::Queue;

use list::{Base, List};

pub use contract::{
    ApiMetadata, Identified, Job, JobList, Model, ModelList, Page, Service, ServiceList, Tracks,
};
pub use futures_core::Stream;
pub use stream::Models;

/// All services of a queue.
pub fn services(queue: &Queue) -> impl ServiceList + use<> {
    List::<service::ServiceModel>::over(queue.clone(), Base::All)
}

/// All jobs of a queue, of whichever service.
pub fn jobs(queue: &Queue) -> impl JobList + use<> {
    List::<job::JobModel>::over(queue.clone(), Base::All)
}

/// What a server says about itself.
pub fn metadata(metadata: &Metadata) -> impl ApiMetadata + use<> {
    metadata.clone()
}
