//! A small world whose hooks leave traces of every commit, and what must be true of it whatever crashed when.
//!
//! An experiment has one audit row, written in its own transaction; one job, submitted by a durable hook of its `POST`;
//! and one line for each `PATCH`, written by a durable hook too. It knows neither servers nor how they end.

use crate::{Answer, Api, PATIENCE, eventually};
use axum::http::StatusCode;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use topchef_runtime::transaction::Retries;
use topchef_runtime::{
    ApiError, Committed, Context, Database, ModelResource, Next, Reply, Report, Tracked,
    Transaction,
};
use uuid::Uuid;

use crate::database::variable;
use crate::local::Resourceful;

/// What is posted and patched.
#[derive(Clone, Debug, ModelResource)]
#[resource(
    before_commit(post = audit),
    after_commit(post = submit_job, patch = note),
    serial_fields(post = Job[id, status, experiment_id])
)]
pub struct Experiment {
    /// Assigned by the database.
    pub id: i64,
    /// Chosen by the client, who knows it again by this.
    #[resource(unique)]
    pub name: String,
    /// What is patched.
    #[resource(default = 0)]
    pub value: i64,
    /// Grows with each commit.
    #[resource(version)]
    pub version: i64,
}

/// What is written in the transaction of a `POST`.
#[derive(Clone, Debug, ModelResource)]
pub struct Audit {
    /// Assigned by the database.
    pub id: i64,
    /// The experiment's.
    pub name: String,
}

/// What follows the commit of a `POST`.
#[derive(Clone, Debug, ModelResource)]
pub struct Job {
    /// Assigned by the database.
    pub id: i64,
    /// What it is about; nothing but the hook keeps it true.
    pub experiment_id: i64,
    /// Not looked at.
    pub status: String,
}

/// What follows the commit of a `PATCH`.
#[derive(Clone, Debug, ModelResource)]
pub struct Line {
    /// Assigned by the database.
    pub id: i64,
    /// What was patched.
    pub experiment_id: i64,
    /// Its version in that commit.
    pub version: i64,
    /// Its value in that commit.
    pub value: i64,
}

/// All tables.
pub type Tables = (Experiment, Audit, Job, Line);

/// Adds everything to an API.
///
/// Attempts are soon made again, and practically never given up: each one that is cut short counts as one.
pub fn world(api: Resourceful) -> Resourceful {
    let retries = Retries::default()
        .attempts(100_000)
        .first_pause(Duration::from_millis(20))
        .longest_pause(Duration::from_millis(200));
    api.resource::<Experiment>()
        .resource::<Audit>()
        .resource::<Job>()
        .resource::<Line>()
        .retries(retries)
}

async fn audit(
    _: &Context,
    tx: &mut Transaction,
    experiment: &mut Tracked<Experiment>,
) -> Result<Next, Report> {
    let name = experiment.name.clone();
    tx.insert(&Audit { id: 0, name }).await?;
    Ok(Next::Proceed)
}

async fn submit_job(
    _: &Context,
    tx: &mut Transaction,
    experiment: &Committed<Experiment>,
) -> Result<Next, Report> {
    let job = Job {
        id: 0,
        experiment_id: experiment.id,
        status: "waiting".to_owned(),
    };
    let job = tx.insert(&job).await?;
    fail_sometimes()?;
    Ok(Next::Instead(Reply::record(StatusCode::ACCEPTED, &job)?))
}

async fn note(
    _: &Context,
    tx: &mut Transaction,
    experiment: &Committed<Experiment>,
) -> Result<Next, Report> {
    let line = Line {
        id: 0,
        experiment_id: experiment.id,
        version: experiment.version,
        value: experiment.value,
    };
    tx.insert(&line).await?;
    fail_sometimes()?;
    Ok(Next::Proceed)
}

/// One hook of sixteen fails after it has written: then its message waits, and those behind it do.
fn fail_sometimes() -> Result<(), ApiError> {
    if Uuid::now_v7().as_bytes()[15].is_multiple_of(16) {
        return Err(ApiError::internal(std::io::Error::other("on purpose")));
    }
    Ok(())
}

/// Numbers that look random and follow from a seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Of a seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Of the seed that `TOPCHEF_TEST_SEED` says, or of one that nobody chose, which is printed.
    pub fn of_this_run() -> Self {
        let seed = match variable("TOPCHEF_TEST_SEED").as_str() {
            "" => Self::seed(),
            seed => seed.parse().expect("TOPCHEF_TEST_SEED is a number"),
        };
        eprintln!("TOPCHEF_TEST_SEED={seed}");
        Self(seed)
    }

    /// A seed that nobody chose.
    pub fn seed() -> u64 {
        let (_, random) = Uuid::now_v7().as_u64_pair();
        random
    }

    /// The next number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// What the clients were told, which must be true for ever.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    /// By name, the ids of the experiments whose `POST` was answered with 2xx.
    posted: BTreeMap<String, i64>,
    /// The jobs that answered one, and what they are about.
    jobs: BTreeMap<i64, i64>,
    /// Experiment, version and value of each `PATCH` that was answered with 2xx.
    patched: BTreeSet<(i64, i64, i64)>,
    /// The idempotency keys, which are names too, of requests that were not answered.
    unanswered: Vec<String>,
    /// Of these three, what was told since [`Ledger::news`] was asked last.
    news: Vec<News>,
    refused: usize,
    broken: usize,
}

/// One thing that a client was told.
#[derive(Clone, Debug)]
enum News {
    Posted(String, i64),
    Job(i64),
    Patched(i64, i64),
}

impl Ledger {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests were answered with 2xx.
    pub fn acknowledged(&self) -> usize {
        let told = self.told();
        told.posted.len() + told.patched.len()
    }

    /// How many requests were answered with 503.
    pub fn refused(&self) -> usize {
        self.told().refused
    }

    /// How many requests got no answer.
    pub fn broken(&self) -> usize {
        self.told().broken
    }

    /// Sends one request after the other until one gets no answer.
    ///
    /// A `POST` with an idempotency key that got none is sent again by whoever comes next.
    pub async fn client(&self, api: &Api, name: &str, dice: &mut Dice) {
        for number in 0.. {
            let again = self.told().unanswered.pop();
            let is_answered = match (again, dice.below(4)) {
                (Some(key), _) => self.post(api, &key, true).await,
                (None, 0) => self.post(api, &format!("{name}-{number}"), true).await,
                (None, 1) => self.post(api, &format!("{name}-{number}"), false).await,
                (None, _) => self.patch(api, dice).await,
            };
            if !is_answered {
                return;
            }
        }
    }

    /// As many requests as are asked for; of two, it hangs up on one that takes longer than some time.
    pub async fn impatient_client(&self, api: &Api, name: &str, dice: &mut Dice, requests: u64) {
        for number in 0..requests {
            let patience = match dice.below(2) {
                0 => Duration::from_micros(300 + dice.below(30_000)),
                _ => PATIENCE,
            };
            let name = format!("{name}-{number}");
            let kind = dice.below(4);
            let sent = async {
                match kind {
                    0 => self.post(api, &name, true).await,
                    1 => self.post(api, &name, false).await,
                    _ => self.patch(api, dice).await,
                }
            };
            if tokio::time::timeout(patience, sent).await.is_err() {
                self.told().broken += 1;
            }
        }
    }

    async fn post(&self, api: &Api, name: &str, has_key: bool) -> bool {
        let mut request = body(api.request("POST", "/experiments"), &json!({"name": name}));
        if has_key {
            request = request.header("idempotency-key", name);
        }
        let answer = self.answered(api, request).await;
        let mut told = self.told();
        match answer {
            Some(answer) if answer.status < 300 => {
                let data = answer.json()["data"].clone();
                let id = match answer.status {
                    202 => {
                        let (job, about) = (integer(&data["id"]), integer(&data["experiment_id"]));
                        told.jobs.insert(job, about);
                        told.news.push(News::Job(job));
                        about
                    }
                    200 | 201 => integer(&data["id"]),
                    _ => panic!("{answer:?}"),
                };
                let before = told.posted.insert(name.to_owned(), id);
                assert_eq!(before, None, "{name} was answered twice: {answer:?}");
                told.news.push(News::Posted(name.to_owned(), id));
                true
            }
            Some(answer) => {
                assert_eq!(answer.status, 503, "POST of {name}: {answer:?}");
                if has_key {
                    told.unanswered.push(name.to_owned());
                }
                true
            }
            None => {
                if has_key {
                    told.unanswered.push(name.to_owned());
                }
                false
            }
        }
    }

    /// Patches an experiment that is known to be there; one of the last ones, so that clients meet.
    async fn patch(&self, api: &Api, dice: &mut Dice) -> bool {
        let last: Vec<i64> = {
            let told = self.told();
            let mut ids: Vec<i64> = told.posted.values().copied().collect();
            ids.sort_unstable();
            ids.into_iter().rev().take(4).collect()
        };
        if last.is_empty() {
            return true;
        }
        let position = dice.below(u64::try_from(last.len()).unwrap());
        let id = last[usize::try_from(position).unwrap()];
        let value = i64::try_from(dice.below(1_000_000_000)).unwrap();
        let request = api.request("PATCH", &format!("/experiments/{id}"));
        let answer = self
            .answered(api, body(request, &json!({"value": value})))
            .await;
        match answer {
            Some(answer) if answer.status == 200 => {
                let data = &answer.json()["data"];
                assert_eq!(integer(&data["value"]), value, "{answer:?}");
                let version = integer(&data["version"]);
                let mut told = self.told();
                told.patched.insert((id, version, value));
                told.news.push(News::Patched(id, version));
                true
            }
            Some(answer) => {
                assert_eq!(answer.status, 503, "PATCH of {id}: {answer:?}");
                true
            }
            None => false,
        }
    }

    /// The answer; none where the server has gone.
    async fn answered(&self, api: &Api, request: RequestBuilder) -> Option<Answer> {
        match api.try_send(request).await {
            Ok(answer) => {
                if answer.status == 503 {
                    assert!(answer.header("retry-after").is_some(), "{answer:?}");
                    self.told().refused += 1;
                    // A client that is told to come again later does so.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Some(answer)
            }
            Err(error) => {
                assert!(!error.is_timeout(), "the server hangs: {error:?}");
                self.told().broken += 1;
                None
            }
        }
    }

    /// Asserts that what was told since the last time can be read.
    pub async fn news(&self, api: &Api, when: &str) {
        let news = std::mem::take(&mut self.told().news);
        for told in news {
            match told {
                News::Posted(name, id) => {
                    let answer = api.get(&format!("/experiments/{id}")).await;
                    let is_there = answer.status == 200 && answer.json()["data"]["name"] == name;
                    assert!(
                        is_there,
                        "{when}: experiment {id}, answered to the POST of {name}, is lost: {answer:?}"
                    );
                }
                News::Job(id) => {
                    let answer = api.get(&format!("/jobs/{id}")).await;
                    assert_eq!(
                        answer.status, 200,
                        "{when}: job {id}, answered to a POST, is lost: {answer:?}"
                    );
                }
                News::Patched(id, version) => {
                    let answer = api.get(&format!("/experiments/{id}")).await.expect(200);
                    let stored = integer(&answer.json()["data"]["version"]);
                    assert!(
                        stored >= version,
                        "{when}: the commit of version {version} of experiment {id} is lost: {answer:?}"
                    );
                }
            }
        }
    }

    /// Asserts everything that must be true once the outbox is empty; returns how much there is, for the test to print.
    pub async fn check(&self, database: &Database) -> String {
        eventually("an empty outbox", async || {
            let waiting = database.outbox().count_waiting().await;
            (waiting.unwrap() == 0).then_some(())
        })
        .await;
        let dead = database.outbox().dead(0, 10).await.unwrap();
        assert!(dead.is_empty(), "given up: {dead:?}");
        let experiments = database.select::<Experiment>().all().await.unwrap();
        let audits = database.select::<Audit>().all().await.unwrap();
        let jobs = database.select::<Job>().all().await.unwrap();
        let lines = database.select::<Line>().order_by(Line::ID.asc());
        let lines = lines.all().await.unwrap();
        let told = self.told();
        let mut faults = told.lost(&experiments, &jobs, &lines);
        faults.extend(miscounted(&experiments, &audits, &jobs));
        faults.extend(disordered(&experiments, &lines));
        assert!(
            faults.is_empty(),
            "{} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
        format!(
            "{} POSTs and {} PATCHes acknowledged, {} refused, {} without an answer; {} experiments and {} lines, each once and in order",
            told.posted.len(),
            told.patched.len(),
            told.refused,
            told.broken,
            experiments.len(),
            lines.len(),
        )
    }
}

impl Told {
    /// What a client was told and is not there.
    fn lost(&self, experiments: &[Experiment], jobs: &[Job], lines: &[Line]) -> Vec<String> {
        let names: BTreeMap<_, _> = experiments.iter().map(|it| (&it.name, it.id)).collect();
        let jobs: BTreeMap<_, _> = jobs.iter().map(|it| (it.id, it.experiment_id)).collect();
        let lines = lines.iter();
        let lines: BTreeSet<_> = lines
            .map(|it| (it.experiment_id, it.version, it.value))
            .collect();
        let posted = self.posted.iter();
        let posted = posted.filter(|(name, id)| names.get(name) != Some(id));
        let posted = posted.map(|(name, id)| format!("experiment {id}, {name}, is lost"));
        let answered = self.jobs.iter();
        let answered = answered.filter(|(job, about)| jobs.get(job) != Some(about));
        let answered =
            answered.map(|(job, about)| format!("job {job} of experiment {about} is lost"));
        let patched = self.patched.difference(&lines);
        let patched = patched.map(|(id, version, value)| {
            format!("the line of version {version}, {value}, of experiment {id} is lost")
        });
        posted.chain(answered).chain(patched).collect()
    }
}

/// Where an experiment has not one audit row and one job, or one of those has no experiment.
fn miscounted(experiments: &[Experiment], audits: &[Audit], jobs: &[Job]) -> Vec<String> {
    let mut audited: BTreeMap<&str, usize> = BTreeMap::new();
    for audit in audits {
        *audited.entry(&audit.name).or_default() += 1;
    }
    let mut submitted: BTreeMap<i64, usize> = BTreeMap::new();
    for job in jobs {
        *submitted.entry(job.experiment_id).or_default() += 1;
    }
    let mut faults = Vec::new();
    for Experiment { id, name, .. } in experiments {
        let audits = audited.remove(name.as_str()).unwrap_or_default();
        let jobs = submitted.remove(id).unwrap_or_default();
        if (audits, jobs) != (1, 1) {
            faults.push(format!(
                "experiment {id}, {name}, has {audits} audit rows and {jobs} jobs"
            ));
        }
    }
    let audited = audited.into_iter();
    faults.extend(audited.map(|it| format!("audit rows without an experiment: {it:?}")));
    let submitted = submitted.into_iter();
    faults.extend(submitted.map(|it| format!("jobs without an experiment: {it:?}")));
    faults
}

/// Where the lines of an experiment are not those of its commits, each once and in their order.
fn disordered(experiments: &[Experiment], lines: &[Line]) -> Vec<String> {
    let mut written: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for line in lines {
        let versions = written.entry(line.experiment_id).or_default();
        versions.push(line.version);
    }
    let mut faults = Vec::new();
    for Experiment { id, version, .. } in experiments {
        let written = written.remove(id).unwrap_or_default();
        let due: Vec<i64> = (2..=*version).collect();
        if written != due {
            faults.push(format!(
                "experiment {id} is at version {version}; its lines are of {written:?}"
            ));
        }
    }
    let written = written.into_iter();
    faults.extend(written.map(|it| format!("lines without an experiment: {it:?}")));
    faults
}

fn body(request: RequestBuilder, json: &Value) -> RequestBuilder {
    request
        .header("content-type", "application/json")
        .body(json.to_string())
}

fn integer(value: &Value) -> i64 {
    let integer = value.as_i64();
    integer.unwrap_or_else(|| panic!("not a whole number: {value}"))
}
