//! Several servers over one PostgreSQL, and one server whose PostgreSQL goes and comes back.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use topchef_tests::lab::title;
use topchef_tests::{Answer, Api, Cluster, Kind, Launch, Scratch, Server, eventually, lab};

/// Two servers over one new database; none where this run is not on PostgreSQL.
fn two() -> Option<[Server; 2]> {
    if !Kind::Postgres.is_of_this_run("several servers share a PostgreSQL, and never a file") {
        return None;
    }
    let database = Arc::new(Scratch::new());
    let server = || Launch::serve_over(Arc::clone(&database)).start();
    Some([server(), server()])
}

fn completed(mass: i64) -> Value {
    json!({"status": "COMPLETED", "results": {"mass_mg": mass}})
}

#[tokio::test]
async fn what_is_written_through_one_is_read_through_the_other_at_once() {
    let Some(servers) = two() else { return };
    let [one, other] = [servers[0].api(), servers[1].api()];
    for round in 0..20 {
        let (here, there) = if round % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        let (service, job) = lab::service_and_job(here).await;
        assert_eq!(lab::job(there, &job).await["status"], "REGISTERED");
        let next = there.get(&format!("/services/{service}/jobs/next")).await;
        assert_eq!(next.expect(200).json()["data"]["id"], job.as_str());
        let path = format!("/jobs/{job}");
        there.patch(&path, &completed(round)).await.expect(200);
        assert_eq!(lab::job(here, &job).await["results"]["mass_mg"], round);
        let name = json!({"name": format!("round {round}")});
        let path = format!("/services/{service}");
        here.patch(&path, &name).await.expect(200);
        assert_eq!(lab::service(there, &service).await["name"], name["name"]);
    }
}

#[tokio::test]
async fn a_contract_holds_at_both() {
    let Some(servers) = two() else { return };
    let [one, other] = [servers[0].api(), servers[1].api()];
    let service = lab::register(&one, &lab::centrifuge()).await;
    let path = format!("/services/{service}/jobs");
    // Twice, so that the second finds what the first has kept.
    for api in [&other, &one, &other, &one] {
        let wrong = api.post(&path, &json!({"parameters": {"rpm": 1}})).await;
        wrong.refused(400, title::SCHEMA);
        let job = lab::submit(api, &service, &json!({"rpm": 500})).await;
        let results = json!({"status": "COMPLETED", "results": {"mass_mg": -1}});
        let wrong = api.patch(&format!("/jobs/{job}"), &results).await;
        wrong.refused(400, title::SCHEMA);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_workers_at_two_servers_one_completes_the_job() {
    let Some(servers) = two() else { return };
    let service = lab::register(&servers[0].api(), &lab::centrifuge()).await;
    for _ in 0..25 {
        let job = lab::submit(&servers[0].api(), &service, &json!({"rpm": 500})).await;
        let complete = |server: &Server, mass| {
            let (api, path) = (server.api(), format!("/jobs/{job}"));
            tokio::spawn(async move { api.patch(&path, &completed(mass)).await })
        };
        let both = [complete(&servers[0], 1), complete(&servers[1], 2)];
        let mut won = Vec::new();
        for (mass, answer) in (1..).zip(both) {
            match answer.await.unwrap() {
                answer if answer.status == 200 => won.push(mass),
                answer => drop(answer.refused(409, "Conflict")),
            }
        }
        let job = lab::job(&servers[1].api(), &job).await;
        assert_eq!(won.len(), 1, "{job}");
        assert_eq!(job["results"]["mass_mg"], won[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_stops_starts_and_dies_while_the_other_serves() {
    let Some([one, mut other]) = two() else {
        return;
    };
    let service = lab::register(&one.api(), &lab::centrifuge()).await;
    let load = Load::begin(&one.api(), &service);
    assert_eq!(other.terminate().code(), Some(0));
    other.restart();
    let elsewhere = Load::begin(&other.api(), &service);
    elsewhere.goes_on("jobs at the other").await;
    other.kill();
    load.goes_on("jobs after the other has died").await;
    other.restart();
    let mut jobs = elsewhere.end().await.taken;
    let told = load.end().await;
    assert_eq!(told.refused, 0, "the one that went on refused something");
    jobs.extend(told.taken);
    for job in jobs {
        lab::job(&other.api(), &job).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_fails_is_503_until_it_is_back_and_nothing_is_lost() {
    if !Kind::Postgres.is_of_this_run("only a PostgreSQL goes while its server stays") {
        return;
    }
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let server = Launch::serve_at(&cluster.address()).start();
    let service = lab::register(&server.api(), &lab::centrifuge()).await;
    let load = Load::begin(&server.api(), &service);
    for _ in 0..2 {
        load.goes_on("jobs").await;
        cluster.fail();
        load.is_refused("refusals").await;
        let read = server.api().get(&format!("/services/{service}")).await;
        assert_unavailable(&read);
        cluster.start_again();
    }
    load.goes_on("jobs after all").await;
    for job in load.end().await.taken {
        lab::job(&server.api(), &job).await;
    }
}

/// Asserts a 503 that says when to come again, came in time, and says nothing of the database's own.
fn assert_unavailable(answer: &Answer) {
    answer.problem(503);
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    assert!(answer.took < Duration::from_secs(12), "{answer:?}");
    let text = answer.text.to_lowercase();
    for word in [
        "postgres",
        "sqlx",
        "fatal",
        "terminat",
        "refused",
        "pool",
        "os error",
        "127.0.0.1",
        "select",
        "insert",
    ] {
        assert!(!text.contains(word), "{word:?} in {answer:?}");
    }
}

/// Clients that submit jobs one after the other, until they are told to end.
struct Load {
    ended: Arc<AtomicBool>,
    taken: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<Vec<String>>>,
}

/// What came of it.
struct Told {
    /// The ids of the jobs that were answered with 201.
    taken: Vec<String>,
    refused: usize,
}

impl Load {
    fn begin(api: &Api, service: &str) -> Self {
        let mut load = Self {
            ended: Arc::default(),
            taken: Arc::default(),
            refused: Arc::default(),
            clients: Vec::new(),
        };
        let path = format!("/services/{service}/jobs");
        for _ in 0..6 {
            let client = load.client(api.clone(), path.clone());
            load.clients.push(tokio::spawn(client));
        }
        load
    }

    fn client(&self, api: Api, path: String) -> impl Future<Output = Vec<String>> + use<> {
        let (ended, taken) = (Arc::clone(&self.ended), Arc::clone(&self.taken));
        let refused = Arc::clone(&self.refused);
        let body = json!({"parameters": {"rpm": 500}}).to_string();
        async move {
            let mut jobs = Vec::new();
            while !ended.load(Ordering::SeqCst) {
                let request = api.request("POST", &path).body(body.clone());
                let request = request.header("content-type", "application/json");
                match api.try_send(request).await {
                    Ok(answer) if answer.status == 201 => {
                        jobs.push(answer.made());
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                    Ok(answer) => {
                        assert_unavailable(&answer);
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                    // A server that was killed answers nothing; one that hangs fails the test.
                    Err(error) => {
                        assert!(!error.is_timeout(), "{error:?}");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            }
            jobs
        }
    }

    /// Waits until more jobs were taken.
    async fn goes_on(&self, what: &str) {
        self.counts(&self.taken, 20, what).await;
    }

    /// Waits until more requests were refused, each of which waits for a connection as long as it may.
    async fn is_refused(&self, what: &str) {
        self.counts(&self.refused, 6, what).await;
    }

    async fn counts(&self, counter: &AtomicUsize, more: usize, what: &str) {
        let due = counter.load(Ordering::SeqCst) + more;
        eventually(what, async || {
            let is_over = self.clients.iter().any(JoinHandle::is_finished);
            (is_over || counter.load(Ordering::SeqCst) >= due).then_some(())
        })
        .await;
    }

    async fn end(self) -> Told {
        self.ended.store(true, Ordering::SeqCst);
        let mut taken = Vec::new();
        for client in self.clients {
            taken.extend(client.await.unwrap());
        }
        let refused = self.refused.load(Ordering::SeqCst);
        Told { taken, refused }
    }
}
