//! A laboratory's day: Rabi and Ramsey experiments from four clients, two workers, and a server that is killed meanwhile.

#![expect(
    clippy::unwrap_used,
    reason = "clients and workers are functions of a test, and stop it"
)]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};
use topchef_tests::lab::{self, DRAFT_4, title};
use topchef_tests::{Answer, Api, Fault, PATIENCE, Server};

const VALID: usize = 200;
const INVALID: usize = 50;
const ALL: usize = VALID + INVALID;
const CLIENTS: usize = 4;
const WORKERS: usize = 2;
/// How many answers of 201 and how many finished jobs the server is killed after.
const KILLED_AFTER: (usize, usize) = (40, 5);

/// What a run of the spin qubit takes: what every experiment has, and what its kind adds.
fn experiment_schema() -> Value {
    let microseconds = json!({"type": "number", "minimum": 0, "maximum": 500});
    json!({
        "$schema": DRAFT_4,
        "title": "One run of the spin qubit",
        "type": "object",
        "properties": {
            "kind": {"enum": ["rabi", "ramsey"]},
            "shots": {"type": "integer", "minimum": 1, "maximum": 20_000},
            "operator": {"type": "string", "pattern": "^[a-z]{2,12}$"},
        },
        "required": ["kind", "shots", "operator"],
        "oneOf": [
            {
                "title": "Rabi: one pulse of varying length",
                "properties": {
                    "kind": {"enum": ["rabi"]},
                    "drive_us": microseconds,
                    "rabi_mhz": {"type": "number", "minimum": 0.001},
                },
                "required": ["drive_us", "rabi_mhz"],
            },
            {
                "title": "Ramsey: two pulses, and a gap between them",
                "properties": {
                    "kind": {"enum": ["ramsey"]},
                    "gap_us": microseconds,
                    "detuning_mhz": {"type": "number"},
                    "phase_rad": {"type": "number", "minimum": 0, "maximum": 6.25},
                },
                "required": ["gap_us", "detuning_mhz", "phase_rad"],
            },
        ],
    })
}

/// What a run gives back.
fn counts_schema() -> Value {
    json!({
        "$schema": DRAFT_4,
        "title": "How often the qubit shone",
        "type": "object",
        "properties": {
            "bright": {"type": "integer", "minimum": 0},
            "dark": {"type": "integer", "minimum": 0},
            "contrast": {"type": "number", "minimum": -1, "maximum": 1},
        },
        "required": ["bright", "dark", "contrast"],
    })
}

/// What the apparatus would measure, without its noise.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the number of shots is small and never negative"
)]
fn measure(parameters: &Value) -> Value {
    let number = |key: &str| parameters[key].as_f64().unwrap_or(f64::NAN);
    let angle = match parameters["kind"].as_str() {
        Some("rabi") => TAU * number("drive_us") * number("rabi_mhz"),
        _ => TAU * number("gap_us") * number("detuning_mhz") + number("phase_rad"),
    };
    let shots = parameters["shots"].as_u64().unwrap_or_default();
    let bright = (shots as f64 * (angle / 2.0).sin().powi(2)).round() as u64;
    // In steps that a float holds exactly, so that no reader of JSON rounds it.
    let contrast = ((bright as f64 / shots as f64 * 2.0 - 1.0) * 1024.0).round() / 1024.0;
    json!({"bright": bright, "dark": shots - bright, "contrast": contrast})
}

/// The experiment with that number, different from every other.
fn valid(number: usize) -> Value {
    let fraction = f64::from(u16::try_from(number).unwrap_or_default()) / 16.0;
    let operator = ["noor", "ines", "okan"][number % 3];
    let shared = json!({"shots": 100 + number, "operator": operator});
    let own = if number.is_multiple_of(2) {
        json!({"kind": "rabi", "drive_us": fraction, "rabi_mhz": 0.75})
    } else {
        json!({"kind": "ramsey", "gap_us": fraction, "detuning_mhz": -0.125, "phase_rad": 1.5})
    };
    merged(shared, &own)
}

fn merged(mut base: Value, over: &Value) -> Value {
    for (key, value) in over.as_object().into_iter().flatten() {
        base[key] = value.clone();
    }
    base
}

/// An experiment with something wrong, and a word for each of its violations that the errors must contain.
fn invalid(number: usize) -> (Value, Vec<String>) {
    let (even, odd) = (valid(2 * number), valid(2 * number + 1));
    let shots = 30_001 + number;
    let (change, words): (Value, Vec<&str>) = match number % 5 {
        0 => (
            merged(even, &json!({"shots": shots, "operator": "R2D2"})),
            vec!["R2D2"],
        ),
        1 => (
            merged(even, &json!({"shots": shots, "drive_us": -31.25})),
            vec!["-31.25"],
        ),
        2 => (
            merged(
                odd,
                &json!({"shots": shots, "phase_rad": 7.75, "gap_us": 612.5}),
            ),
            vec!["7.75", "612.5"],
        ),
        3 => (
            json!({"kind": "ramsey", "shots": shots, "operator": "noor"}),
            vec!["gap_us", "detuning_mhz", "phase_rad"],
        ),
        _ => (
            json!({"kind": "echo", "shots": shots}),
            vec!["echo", "operator"],
        ),
    };
    let words = words
        .into_iter()
        .map(str::to_owned)
        .chain([shots.to_string()]);
    (change, words.collect())
}

/// What all tasks share.
#[derive(Default)]
struct Day {
    /// Ids that were answered 201, with the experiment's number.
    accepted: Mutex<BTreeMap<String, usize>>,
    /// Ids whose completion was answered 200.
    completed: Mutex<BTreeSet<String>>,
    /// How many invalid experiments were refused rightly.
    refused: AtomicUsize,
    /// Set when every client is done.
    all_posted: AtomicBool,
    /// Told of every new entry of the first two.
    progress: Notify,
}

/// Sends the request until an answer comes, through a server that is down for a while.
async fn persist(api: &Api, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let began = Instant::now();
    loop {
        let mut request = api.request(method, path);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        match api.try_send(request).await {
            Ok(answer) => return answer,
            Err(error) => assert!(
                began.elapsed() < PATIENCE,
                "{method} {path}: no answer: {error:?}"
            ),
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// Posts every fourth experiment, the first half before the server is killed and the second after.
async fn client(
    api: Api,
    service: String,
    first: usize,
    day: Arc<Day>,
    mut killed: watch::Receiver<bool>,
) {
    let path = format!("/services/{service}/jobs");
    for number in (first..ALL).step_by(CLIENTS) {
        if number >= ALL / 2 {
            killed.wait_for(|killed| *killed).await.unwrap();
        }
        // Every fifth is invalid.
        if number % 5 == 4 {
            let (parameters, words) = invalid(number / 5);
            let body = json!({"parameters": parameters});
            let answer = persist(&api, "POST", &path, Some(&body)).await;
            assert_all_told(&answer.refused(400, title::SCHEMA), &words, &parameters);
            day.refused.fetch_add(1, Ordering::SeqCst);
        } else {
            let number = number - number / 5;
            let body = json!({"parameters": valid(number)});
            let answer = persist(&api, "POST", &path, Some(&body)).await.expect(201);
            day.accepted.lock().unwrap().insert(answer.made(), number);
            day.progress.notify_one();
        }
    }
}

fn assert_all_told(faults: &[Fault], words: &[String], parameters: &Value) {
    for word in words {
        let told = faults.iter().any(|fault| fault.detail.contains(word));
        assert!(
            told,
            "the violation {word} of {parameters} is not told: {faults:?}"
        );
    }
}

/// Takes what waits, works on it, gives it back; ends when nothing waits and nothing will.
async fn worker(api: Api, service: String, place: usize, day: Arc<Day>) {
    loop {
        let last_look = day.all_posted.load(Ordering::SeqCst);
        let queue = persist(&api, "GET", &format!("/services/{service}/queue"), None).await;
        if queue.status == 204 {
            if last_look {
                return;
            }
            sleep(Duration::from_millis(5)).await;
            continue;
        }
        let queue = queue.expect(200).json();
        let waiting = queue["data"].as_array().unwrap();
        // The queue claims nothing: workers that begin at different ends seldom meet.
        let job = if place == 0 {
            waiting.first()
        } else {
            waiting.last()
        }
        .unwrap();
        let path = format!("/jobs/{}", job["id"].as_str().unwrap_or_default());
        let working = json!({"status": "WORKING"});
        let taken = persist(&api, "PATCH", &path, Some(&working)).await;
        if taken.status == 409 {
            continue;
        }
        assert_eq!(taken.status, 200, "{taken:?}");
        let done = json!({"status": "COMPLETED", "results": measure(&job["parameters"])});
        let answer = persist(&api, "PATCH", &path, Some(&done)).await;
        assert!(
            matches!(answer.status, 200 | 409),
            "right results were refused: {answer:?}"
        );
        if answer.status == 200 {
            day.completed.lock().unwrap().insert(path);
            day.progress.notify_one();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_accepted_is_lost_when_the_server_is_killed() {
    let mut server = Server::start();
    let service = lab::registration(&experiment_schema(), &counts_schema());
    let service = lab::register(&server.api(), &service).await;
    let day = Arc::new(Day::default());
    let (kill, killed) = watch::channel(false);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|first| {
            client(
                server.api(),
                service.clone(),
                first,
                Arc::clone(&day),
                killed.clone(),
            )
        })
        .map(tokio::spawn)
        .collect();
    let workers: Vec<_> = (0..WORKERS)
        .map(|place| worker(server.api(), service.clone(), place, Arc::clone(&day)))
        .map(tokio::spawn)
        .collect();

    kill_in_the_middle(&mut server, &day, &kill).await;
    for client in clients {
        client.await.unwrap();
    }
    day.all_posted.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.await.unwrap();
    }

    let refused = day.refused.load(Ordering::SeqCst);
    assert_eq!(refused, INVALID, "every invalid experiment was refused");
    let accepted = day.accepted.lock().unwrap().clone();
    let numbers: BTreeSet<_> = accepted.values().copied().collect();
    assert_eq!(
        numbers,
        (0..VALID).collect(),
        "every valid experiment was accepted"
    );
    let api = server.api();
    for (id, number) in accepted {
        let job = lab::job(&api, &id).await;
        assert_eq!(
            job["parameters"],
            valid(number),
            "experiment {number} came back otherwise"
        );
        assert_eq!(
            job["status"], "COMPLETED",
            "experiment {number} was not done: {job}"
        );
        assert_eq!(
            job["results"],
            measure(&valid(number)),
            "experiment {number} has other results"
        );
    }
    // What the kill cut off may have been kept without an answer: then a worker has done that one too.
    let queue = api.get(&format!("/services/{service}/queue")).await;
    assert_eq!(queue.status, 204, "something still waits: {queue:?}");
}

/// Waits until clients and workers are busy, kills the server, starts it again, and looks whether all is there that was
/// answered before.
async fn kill_in_the_middle(server: &mut Server, day: &Day, kill: &watch::Sender<bool>) {
    let busy = || {
        let accepted = day.accepted.lock().unwrap().len();
        accepted >= KILLED_AFTER.0 && day.completed.lock().unwrap().len() >= KILLED_AFTER.1
    };
    while !busy() {
        let progress = timeout(PATIENCE, day.progress.notified()).await;
        assert!(progress.is_ok(), "clients and workers stand still");
    }
    let accepted = day.accepted.lock().unwrap().clone();
    let completed = day.completed.lock().unwrap().clone();
    server.kill();
    kill.send(true).unwrap();
    server.restart_on_same_port();

    let api = server.api();
    for (id, number) in accepted {
        let job = api.get(&format!("/jobs/{id}")).await;
        assert_eq!(
            job.status, 200,
            "experiment {number} was answered 201 and is lost: {job:?}"
        );
    }
    for path in completed {
        let job = api.get(&path).await.expect(200).json();
        assert!(
            !job["data"]["results"].is_null(),
            "results that were answered 200 are lost: {job}"
        );
    }
}

#[tokio::test]
async fn every_job_ends_with_results_that_satisfy_the_schema() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(
        &api,
        &lab::registration(&experiment_schema(), &counts_schema()),
    )
    .await;
    let id = lab::submit(&api, &service, &valid(3)).await;
    let wrong =
        json!({"status": "COMPLETED", "results": {"bright": -4, "dark": 2.5, "contrast": 9}});
    let due = ["/results/bright", "/results/dark", "/results/contrast"];
    api.patch(&format!("/jobs/{id}"), &wrong)
        .await
        .refused_at(title::SCHEMA, &due);
    assert_eq!(lab::job(&api, &id).await["status"], "REGISTERED");
    let done = json!({"status": "COMPLETED", "results": measure(&valid(3))});
    assert_eq!(
        api.patch(&format!("/jobs/{id}"), &done)
            .await
            .expect(200)
            .json()["results"],
        done["results"]
    );
}
