//! What the clients do: each takes jobs of its own service through the queue, one after the other.
//!
//! A service for each client, since the original gives one job to everybody who asks before it is completed.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failure;
use crate::client::Client;

/// The service of a client; both schemas are checked by both servers.
const SERVICE: &str = r#"{"name": "Centrifuge", "description": "spins",
    "job_registration_schema": {"type": "object", "properties": {"rpm": {"type": "integer", "minimum": 1}}, "required": ["rpm"]},
    "job_result_schema": {"type": "object", "properties": {"mass_mg": {"type": "number"}}, "required": ["mass_mg"]}}"#;

const JOB: &str = r#"{"parameters": {"rpm": 500}}"#;

const COMPLETED: &str = r#"{"status": "COMPLETED", "results": {"mass_mg": 12.5}}"#;

/// How much is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) clients: usize,
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// All cycles, before the clock ran too.
    pub(crate) done: f64,
    /// How long a submission, a look at what is next, and a completion took on average.
    pub(crate) steps_ms: [f64; 3],
}

/// The cycles of one client.
#[derive(Default)]
struct Counted {
    before: u32,
    within: u32,
    steps: [Duration; 3],
}

impl Load {
    /// Makes a service for each client, and finished jobs in them; gives the ids of the services.
    pub(crate) fn prepare(self, address: &str, finished: usize) -> Result<Vec<String>, Failure> {
        let each = finished / self.clients;
        runtime()?.block_on(async {
            let mut makers = JoinSet::new();
            for _ in 0..self.clients {
                makers.spawn(service(Client::of(address), each));
            }
            let mut services = Vec::new();
            while let Some(service) = makers.join_next().await {
                services.push(service??);
            }
            Ok(services)
        })
    }

    /// Goes on for its time, after a quarter of it that does not count.
    pub(crate) fn run(self, address: &str, services: &[String]) -> Result<Measured, Failure> {
        let counts = Instant::now() + self.time / 4;
        let ends = counts + self.time;
        let all = runtime()?.block_on(async {
            let mut clients = JoinSet::new();
            for service in services {
                clients.spawn(cycles(Client::of(address), service.clone(), counts, ends));
            }
            let mut all = Counted::default();
            while let Some(client) = clients.join_next().await {
                let client = client??;
                all.before += client.before;
                all.within += client.within;
                for (sum, step) in all.steps.iter_mut().zip(client.steps) {
                    *sum += step;
                }
            }
            Ok::<_, Failure>(all)
        })?;
        let counted = f64::from(all.within);
        Ok(Measured {
            per_second: counted / self.time.as_secs_f64(),
            done: counted + f64::from(all.before),
            steps_ms: all.steps.map(|sum| sum.as_secs_f64() * 1e3 / counted),
        })
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    Ok(runtime.enable_all().build()?)
}

async fn service(mut client: Client, finished: usize) -> Result<String, Failure> {
    let made = client.ask(201, "POST", "/services", SERVICE).await?;
    for _ in 0..finished {
        let jobs = format!("/services/{}/jobs", made.created);
        let job = client.ask(201, "POST", &jobs, JOB).await?;
        let job = format!("/jobs/{}", job.created);
        client.ask(200, "PATCH", &job, COMPLETED).await?;
    }
    Ok(made.created)
}

async fn cycles(
    mut client: Client,
    service: String,
    counts: Instant,
    ends: Instant,
) -> Result<Counted, Failure> {
    let jobs = format!("/services/{service}/jobs");
    let next = format!("{jobs}/next");
    let mut done = Counted::default();
    loop {
        let began = Instant::now();
        let submitted = client.ask(201, "POST", &jobs, JOB).await?;
        let at_submitted = Instant::now();
        let found = client.ask(200, "GET", &next, "").await?;
        let at_found = Instant::now();
        let job = found.id().ok_or("no job is shown")?;
        if job != submitted.created {
            return Err(format!("{job} came before {}", submitted.created).into());
        }
        let path = format!("/jobs/{job}");
        let completed = client.ask(200, "PATCH", &path, COMPLETED).await?;
        let at_completed = Instant::now();
        if completed.id() != Some(job) {
            return Err(format!("{path} shows another job").into());
        }
        if at_completed < counts {
            done.before += 1;
        } else if at_completed < ends {
            done.within += 1;
            done.steps[0] += at_submitted - began;
            done.steps[1] += at_found - at_submitted;
            done.steps[2] += at_completed - at_found;
        } else {
            done.before += 1;
            return Ok(done);
        }
    }
}
