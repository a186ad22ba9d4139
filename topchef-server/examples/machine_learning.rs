//! Models that are trained by somebody else: a record, a hook that submits a durable job, a worker, and results that come
//! back into the record.
//!
//! A model is a line through points; what trains it is a worker of the queue, in Python, over HTTP like any other.
//!
//! ```text
//! cargo run -p topchef-server --example machine_learning
//! curl -i localhost:3000/models --json '{"name": "growth", "inputs": [1, 2, 3, 4], "targets": [3, 5, 7, 9]}'
//! curl localhost:3000/models/1
//! curl localhost:3000/jobs
//! ```
//!
//! In another terminal, `python3 topchef-server/examples/machine_learning_worker.py http://localhost:3000` trains what waits.

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};
use topchef_runtime::http::guarded;
use topchef_runtime::transaction::again;
use topchef_runtime::{
    Api, ApiError, Committed, Context, Database, Input, ModelResource, Next, Reply, Report,
    ResourceEnum, Transaction,
};
use topchef_server::app::App;
use topchef_server::config::Config;
use topchef_server::models::{
    self, Identified, Job as _, ModelList, Service as _, ServiceList, Stream, Tracks,
};
use topchef_server::queue::{Queue, Submit};
use topchef_server::resources::{Job, JobStatus};
use topchef_server::router;
use uuid::Uuid;

/// A straight line through some points.
#[derive(Clone, ModelResource)]
#[resource(
    url_name = "models",
    methods(get, list, post, put, delete),
    process_input(post = points_make_a_line, put = points_make_a_line),
    after_commit(post = submit_job, put = submit_job),
    serial_fields(post = Job[id, status()], put = Job[id, status()]),
    collection(filter = [training, accuracy])
)]
pub struct MachineLearningModel {
    id: i64,
    #[resource(min_length = 1, max_length = 80)]
    name: String,
    /// Where the points are.
    #[resource(json)]
    inputs: Vec<f64>,
    /// What was measured there.
    #[resource(json)]
    targets: Vec<f64>,
    #[resource(read_only, default = Training::Waiting)]
    training: Training,
    /// The job that trains it.
    #[resource(read_only)]
    job_id: Option<Uuid>,
    #[resource(read_only)]
    slope: Option<f64>,
    #[resource(read_only)]
    intercept: Option<f64>,
    /// How much of what was measured the line explains: 1 for all of it.
    #[resource(read_only)]
    accuracy: Option<f64>,
}

/// How far the training of a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ResourceEnum)]
pub enum Training {
    /// Its job waits, or is being worked on.
    Waiting,
    /// Its job is done.
    Trained,
    /// Its job was given up, or removed.
    Failed,
}

/// What the worker is given.
#[derive(Serialize)]
struct Points<'a> {
    inputs: &'a [f64],
    targets: &'a [f64],
}

/// What it gives back.
#[derive(Deserialize)]
struct Line {
    slope: f64,
    intercept: f64,
    accuracy: f64,
}

/// The service that trains; state of the application, for hooks.
#[derive(Clone, Copy)]
struct Trainer(Uuid);

/// Says at once what no worker could do anything with.
async fn points_make_a_line(
    _: &Context,
    input: &mut Input<MachineLearningModel>,
) -> Result<(), Report> {
    use MachineLearningModel as Model;
    let (inputs, targets) = (input.get(Model::INPUTS)?, input.get(Model::TARGETS)?);
    // What is missing is told by the runtime.
    let (Some(inputs), Some(targets)) = (inputs, targets) else {
        return Ok(());
    };
    let mut steps = inputs.windows(2).map(|pair| pair[1] - pair[0]);
    if !steps.any(|step| step.abs() > 0.0) {
        let detail = "must be two different numbers at least";
        input.reject(ApiError::deserialization("inputs", "too_few", detail));
    } else if inputs.len() != targets.len() {
        let detail = "must be as many numbers as there are inputs";
        input.reject(ApiError::deserialization("targets", "length", detail));
    }
    Ok(())
}

/// Submits the job, notes it in the record, and answers with it; all three, or none.
async fn submit_job(
    cx: &Context,
    tx: &mut Transaction,
    model: &Committed<MachineLearningModel>,
) -> Result<Next, Report> {
    use MachineLearningModel as Model;
    let no_trainer = || ApiError::internal(std::io::Error::other("the state has no trainer"));
    let Trainer(service) = *cx.state().ok_or_else(no_trainer)?;
    let points = Points {
        inputs: &model.inputs,
        targets: &model.targets,
    };
    let job = cx.submit(tx, service, &points).await?;
    // It may have been removed since.
    if let Some(mut model) = tx.get::<Model>(model.id).await? {
        model.set(Model::JOB_ID, job.id);
        model.set(Model::TRAINING, Training::Waiting);
        for of_earlier_points in [Model::SLOPE, Model::INTERCEPT, Model::ACCURACY] {
            model.set(of_earlier_points, None);
        }
        tx.save(&mut model).await?;
    }
    Ok(Next::Instead(Reply::record(StatusCode::ACCEPTED, &job)?))
}

/// The service of the name, registered where there is none yet.
async fn trainer(queue: &Queue) -> Result<Trainer, Box<dyn Error>> {
    const NAME: &str = "linear regression";
    let services = models::services(queue);
    let mut known = services.stream();
    while let Some(service) = std::future::poll_fn(|cx| Pin::new(&mut known).poll_next(cx)).await {
        let service = service?;
        if service.name() == NAME {
            return Ok(Trainer(service.id()));
        }
    }
    let numbers = r#"{"type": "array", "items": {"type": "number"}, "minItems": 2}"#;
    let takes = format!(
        r#"{{"type": "object", "properties": {{"inputs": {numbers}, "targets": {numbers}}}, "required": ["inputs", "targets"]}}"#
    );
    let gives = r#"{"type": "object", "properties": {"slope": {"type": "number"}, "intercept": {"type": "number"}, "accuracy": {"type": "number", "maximum": 1}}, "required": ["slope", "intercept", "accuracy"]}"#;
    let (takes, gives) = (serde_json::from_str(&takes)?, serde_json::from_str(gives)?);
    let description = "fits a line to points by gradient descent";
    let mut service = services
        .new_service(NAME, description, takes, gives)
        .await?;
    let mut tx = queue.database().transaction().await?;
    service.save(&mut tx).await?;
    tx.commit().await?;
    Ok(Trainer(service.id()))
}

/// Looks every now and then whether jobs that models wait for have ended.
///
/// A worker completes a job at whichever server it likes, and then goes away. The records that wait say what is missing, and
/// the queue says what came of it, both in the database: so nothing is lost when this program ends in between.
async fn learn(queue: Queue) {
    let mut ticks = interval(Duration::from_millis(200));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(report) = learn_once(&queue).await {
            tracing::warn!(%report, "cannot look for trained models; tried again later");
        }
    }
}

async fn learn_once(queue: &Queue) -> Result<(), Report> {
    use MachineLearningModel as Model;
    const MOST: u64 = 100;
    let mut after = i64::MIN;
    loop {
        let waiting = Model::TRAINING.eq(Training::Waiting) & Model::JOB_ID.is_not_null();
        let waiting = queue.database().select::<Model>().filter(waiting);
        let waiting = waiting
            .filter(Model::ID.gt(after))
            .limit(MOST)
            .all()
            .await?;
        for model in &waiting {
            after = model.id;
            if let Some(job) = model.job_id
                && let Some(line) = outcome(queue, job).await?
            {
                again(|| store(queue.database(), model.id, job, line.as_ref())).await?;
            }
        }
        if (waiting.len() as u64) < MOST {
            return Ok(());
        }
    }
}

/// What came of a job: nothing yet, no line, or a line.
async fn outcome(queue: &Queue, job: Uuid) -> Result<Option<Option<Line>>, Report> {
    let job = match models::jobs(queue).get(job).await {
        Ok(job) => job,
        Err(report) if report.status() == StatusCode::NOT_FOUND => return Ok(Some(None)),
        Err(report) => return Err(report),
    };
    Ok(match job.status() {
        JobStatus::Registered | JobStatus::Working => None,
        JobStatus::Error => Some(None),
        // The service's schema holds for all results; a job may be completed without any.
        JobStatus::Completed => {
            let line = job
                .results()
                .map(|results| serde_json::from_str(results.as_str()));
            Some(line.transpose().map_err(ApiError::internal)?)
        }
    })
}

/// Stores what came of the training, unless the model waits for another job by now.
async fn store(
    database: &Database,
    model: i64,
    job: Uuid,
    line: Option<&Line>,
) -> Result<(), Report> {
    use MachineLearningModel as Model;
    let mut tx = database.transaction().await?;
    let model = tx.get::<Model>(model).await?;
    let Some(mut model) = model.filter(|model| model.job_id == Some(job)) else {
        return Ok(());
    };
    match line {
        None => model.set(Model::TRAINING, Training::Failed),
        Some(line) => {
            model.set(Model::TRAINING, Training::Trained);
            model.set(Model::SLOPE, line.slope);
            model.set(Model::INTERCEPT, line.intercept);
            model.set(Model::ACCURACY, line.accuracy);
        }
    }
    tx.save(&mut model).await?;
    tx.commit().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let config = Config {
        database: "machine_learning.db".parse()?,
        ..Config::default()
    };
    let app = App::open(config).await?;
    let (database, queue) = (app.database().clone(), app.queue().clone());
    database.create_tables::<MachineLearningModel>().await?;

    let _abandoned = queue.watch();
    tokio::spawn(learn(queue.clone()));
    let api = Api::new(database)
        .state(trainer(&queue).await?)
        .state(queue)
        .resource::<MachineLearningModel>();
    let router = api.public().into_router().merge(router::routes(app));
    let listener = TcpListener::bind(&address).await?;
    axum::serve(listener, guarded(router.reset_fallback())).await?;
    Ok(())
}
