//! Sets of jobs: made and described, filled all or nothing, how far they are, what came of their jobs.

use serde_json::{Value, json};
use topchef_tests::lab::{self, NOBODY, title};
use topchef_tests::{Api, Server, assert_keys};

/// What the title of a set that there is not is.
const NO_SET: &str = "JobSet Not Found";

async fn new_set(api: &Api) -> String {
    let set = json!({"description": "a scan of the gate voltage"});
    api.post("/job-sets", &set).await.expect(201).made()
}

async fn submit_in(api: &Api, service: &str, set: &str) -> String {
    let body = json!({"parameters": {"rpm": 500}, "job_set": set});
    let path = format!("/services/{service}/jobs");
    api.post(&path, &body).await.expect(201).made()
}

async fn ids_of(api: &Api, set: &str) -> Vec<String> {
    let jobs = api.get(&format!("/job-sets/{set}/jobs")).await;
    lab::ids(&jobs.expect(200).json()["data"])
}

async fn progress(api: &Api, set: &str) -> Value {
    let progress = api.get(&format!("/job-sets/{set}/progress")).await;
    progress.expect(200).json()["data"].clone()
}

async fn change(api: &Api, job: &str, change: Value) {
    api.patch(&format!("/jobs/{job}"), &change)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_set_is_made_listed_changed_and_removed() {
    let server = Server::start();
    let api = server.api();
    let set = new_set(&api).await;
    let path = format!("/job-sets/{set}");
    let shown = api.get(&path).await.expect(200).json()["data"].clone();
    assert_keys(&shown, &["id", "description", "date_created"]);
    assert_eq!(shown["id"], set.as_str());
    let list = api.get("/job-sets").await.expect(200).json();
    assert_eq!(lab::ids(&list["data"]), [set.as_str()]);
    let other = json!({"description": "another scan"});
    api.patch(&path, &other).await.expect(200);
    let shown = api.get(&path).await.expect(200).json()["data"].clone();
    assert_eq!(shown["description"], "another scan");
    // Its jobs stay when it goes.
    let service = lab::register(&api, &lab::centrifuge()).await;
    let job = submit_in(&api, &service, &set).await;
    api.delete(&path).await.expect(204);
    api.get(&path).await.refused(404, NO_SET);
    assert_eq!(lab::job(&api, &job).await["status"], "REGISTERED");
    let fields = api.get("/jobs?fields=id,job_set_id").await.expect(200);
    assert_eq!(fields.json()["data"][0]["job_set_id"], Value::Null);
}

#[tokio::test]
async fn a_description_has_at_most_140_characters() {
    let server = Server::start();
    let api = server.api();
    // Characters, and not bytes.
    let longest = json!({"description": "ü".repeat(140)});
    let set = api.post("/job-sets", &longest).await.expect(201).made();
    let longer = json!({"description": "x".repeat(141)});
    let refused = api.post("/job-sets", &longer).await;
    refused.refused_at(title::DESERIALIZATION, &["/description"]);
    let refused = api.patch(&format!("/job-sets/{set}"), &longer).await;
    refused.refused_at(title::DESERIALIZATION, &["/description"]);
    let refused = api.post("/job-sets", &json!({})).await;
    refused.refused_at(title::DESERIALIZATION, &["/description"]);
}

#[tokio::test]
async fn a_job_is_submitted_in_a_set() {
    let server = Server::start();
    let api = server.api();
    let (service, outside) = lab::service_and_job(&api).await;
    let set = new_set(&api).await;
    let job = submit_in(&api, &service, &set).await;
    assert_eq!(ids_of(&api, &set).await, [job.as_str()]);
    let path = format!("/services/{service}/jobs");
    let body = json!({"parameters": {"rpm": 500}, "job_set": NOBODY});
    api.post(&path, &body).await.refused(404, NO_SET);
    for wrong in [json!("x"), json!(7), json!([set])] {
        let body = json!({"parameters": {"rpm": 500}, "job_set": wrong});
        let refused = api.post(&path, &body).await;
        refused.refused_at(title::DESERIALIZATION, &["/job_set"]);
    }
    let body = json!({"parameters": {"rpm": 500}, "job_set": null});
    let third = api.post(&path, &body).await.expect(201).made();
    let all = api.get("/jobs").await.expect(200).json();
    assert_eq!(lab::ids(&all["data"]), [outside, job.clone(), third]);
    assert_eq!(ids_of(&api, &set).await, [job]);
}

#[tokio::test]
async fn jobs_are_added_all_or_none_and_every_wrong_one_is_told() {
    let server = Server::start();
    let api = server.api();
    let (service, first) = lab::service_and_job(&api).await;
    let second = lab::submit(&api, &service, &json!({"rpm": 501})).await;
    let (set, other) = (new_set(&api).await, new_set(&api).await);
    let taken = submit_in(&api, &service, &other).await;
    let path = format!("/job-sets/{set}/jobs");
    let unknown = "00000000-0000-7000-8000-000000000007";
    // A job that there is not is told once, however often it is named.
    let body = json!({"jobs": [first, unknown, NOBODY, NOBODY, second]});
    let faults = api.post(&path, &body).await.refused(404, title::NO_JOB);
    assert_eq!(faults.len(), 2, "{faults:?}");
    for id in [unknown, NOBODY] {
        assert!(faults.iter().any(|fault| fault.detail.contains(id)));
    }
    let body = json!({"jobs": [first, taken]});
    let faults = api.post(&path, &body).await.refused(409, "Conflict");
    assert_eq!(faults[0].code, "job_of_another_set");
    assert!(faults[0].detail.contains(&taken));
    // Different errors of the client come to 400.
    let body = json!({"jobs": [taken, first, NOBODY]});
    let codes = api.post(&path, &body).await.problem(400);
    let codes: Vec<_> = codes.into_iter().map(|fault| fault.code).collect();
    assert!(codes.contains(&"job_of_another_set".to_owned()));
    assert!(codes.contains(&"job_not_found".to_owned()), "{codes:?}");
    assert_eq!(ids_of(&api, &set).await, [""; 0]);

    let body = json!({"jobs": [second, first, first]});
    let added = api.post(&path, &body).await.expect(200).json();
    assert_eq!(added["data"]["total"], 2);
    // Those that are in it already stay.
    let body = json!({"jobs": [first]});
    api.post(&path, &body).await.expect(200);
    assert_eq!(ids_of(&api, &set).await, [first, second]);
    assert_eq!(ids_of(&api, &other).await, [taken]);
}

#[tokio::test]
async fn what_is_no_list_of_ids_is_refused() {
    let server = Server::start();
    let api = server.api();
    let set = new_set(&api).await;
    let path = format!("/job-sets/{set}/jobs");
    for (body, at) in [
        (json!({}), "/jobs"),
        (json!({"jobs": NOBODY}), "/jobs"),
        (json!({"jobs": [NOBODY, "x"]}), "/jobs/1"),
        (json!({"jobs": vec![NOBODY; 1001]}), "/jobs"),
    ] {
        let refused = api.post(&path, &body).await;
        refused.refused_at(title::DESERIALIZATION, &[at]);
    }
    let refused = api.post(&path, &json!({"jobs": [1, null]})).await;
    refused.refused_at(title::DESERIALIZATION, &["/jobs/0", "/jobs/1"]);
    let nobodys = format!("/job-sets/{NOBODY}/jobs");
    let refused = api.post(&nobodys, &json!({"jobs": []})).await;
    refused.refused(404, NO_SET);
    for below in ["jobs", "progress", "results"] {
        let refused = api.get(&format!("/job-sets/{NOBODY}/{below}")).await;
        refused.refused(404, NO_SET);
        let refused = api.get(&format!("/job-sets/x/{below}")).await;
        refused.refused(404, title::NOT_UUID);
    }
    let put = api.put(&path, &json!({})).await;
    put.refused(405, title::METHOD);
    assert!(put.allow().contains("POST"));
}

#[tokio::test]
async fn progress_counts_the_jobs_in_each_status() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let set = new_set(&api).await;
    let none = json!({"total": 0, "REGISTERED": 0, "WORKING": 0, "COMPLETED": 0, "ERROR": 0});
    assert_eq!(progress(&api, &set).await, none);
    let mut jobs = Vec::new();
    for _ in 0..10 {
        jobs.push(submit_in(&api, &service, &set).await);
    }
    for job in &jobs[..2] {
        change(&api, job, json!({"status": "WORKING"})).await;
    }
    let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
    for job in &jobs[2..5] {
        change(&api, job, done.clone()).await;
    }
    change(&api, &jobs[5], json!({"status": "ERROR"})).await;
    let cancelled = api.call("POST", &format!("/jobs/{}/cancel", jobs[6])).await;
    cancelled.expect(200);
    let due = json!({"total": 10, "REGISTERED": 3, "WORKING": 2, "COMPLETED": 3, "ERROR": 2});
    assert_eq!(progress(&api, &set).await, due);
    let working = format!("/job-sets/{set}/jobs?status=WORKING");
    let working = api.get(&working).await.expect(200).json();
    assert_eq!(lab::ids(&working["data"]), jobs[..2]);
}

#[tokio::test]
async fn what_came_of_all_jobs_is_read_in_pages() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let set = new_set(&api).await;
    let mut jobs = Vec::new();
    for mass in 0..7 {
        let job = submit_in(&api, &service, &set).await;
        if mass % 2 == 0 {
            let done = json!({"status": "COMPLETED", "results": {"mass_mg": mass}});
            change(&api, &job, done).await;
        }
        jobs.push(job);
    }
    lab::submit(&api, &service, &json!({"rpm": 500})).await;
    let first = format!("/job-sets/{set}/results?limit=3");
    let (mut next, mut seen, mut sizes) = (Some(api.url(&first)), Vec::new(), Vec::new());
    while let Some(link) = next {
        let page = api.get(link.strip_prefix(server.base()).unwrap()).await;
        let page = page.expect(200).json();
        let entries = page["data"].as_array().unwrap().clone();
        sizes.push(entries.len());
        seen.extend(entries);
        next = page["links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(sizes, [3, 3, 1]);
    for (mass, (job, entry)) in jobs.iter().zip(&seen).enumerate() {
        assert_keys(entry, &["id", "status", "results"]);
        assert_eq!(entry["id"], job.as_str());
        let results = if mass % 2 == 0 {
            json!({"mass_mg": mass})
        } else {
            Value::Null
        };
        assert_eq!(entry["results"], results);
    }
}

#[tokio::test]
async fn a_job_leaves_a_set_and_is_free_for_another() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let (set, other) = (new_set(&api).await, new_set(&api).await);
    let job = submit_in(&api, &service, &set).await;
    let elsewhere = format!("/job-sets/{other}/jobs/{job}");
    api.delete(&elsewhere).await.refused(404, title::NO_JOB);
    let nobodys = format!("/job-sets/{NOBODY}/jobs/{job}");
    api.delete(&nobodys).await.refused(404, NO_SET);
    let path = format!("/job-sets/{set}/jobs/{job}");
    api.delete(&path).await.expect(204);
    api.delete(&path).await.refused(404, title::NO_JOB);
    assert_eq!(ids_of(&api, &set).await, [""; 0]);
    let body = json!({"jobs": [job]});
    let path = format!("/job-sets/{other}/jobs");
    api.post(&path, &body).await.expect(200);
    assert_eq!(ids_of(&api, &other).await, [job]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_add_the_same_jobs_at_once_one_has_them_all() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    for _ in 0..10 {
        let mut jobs = Vec::new();
        for _ in 0..8 {
            jobs.push(lab::submit(&api, &service, &json!({"rpm": 500})).await);
        }
        let sets = [new_set(&api).await, new_set(&api).await];
        let adding = sets.clone().map(|set| {
            // In the other order each: nobody may wait for one who waits for him.
            jobs.reverse();
            let (api, body) = (api.clone(), json!({"jobs": jobs}));
            tokio::spawn(async move { api.post(&format!("/job-sets/{set}/jobs"), &body).await })
        });
        let mut sizes = Vec::new();
        for (adding, set) in adding.into_iter().zip(&sets) {
            let answer = adding.await.unwrap();
            let size = ids_of(&api, set).await.len();
            match answer.status {
                200 => assert_eq!(size, 8),
                _ => assert_eq!(answer.refused(409, "Conflict").len(), 8),
            }
            sizes.push(size);
        }
        sizes.sort_unstable();
        assert_eq!(sizes, [0, 8]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_add_to_one_set_at_once_both_do() {
    let server = Server::start();
    let api = server.api();
    let service = lab::register(&api, &lab::centrifuge()).await;
    let set = new_set(&api).await;
    let mut jobs = Vec::new();
    for _ in 0..20 {
        jobs.push(lab::submit(&api, &service, &json!({"rpm": 500})).await);
    }
    // The middle ones are added by both.
    let adding = [&jobs[..14], &jobs[6..]].map(|jobs| {
        let (api, body) = (api.clone(), json!({"jobs": jobs}));
        let path = format!("/job-sets/{set}/jobs");
        tokio::spawn(async move { api.post(&path, &body).await })
    });
    for adding in adding {
        adding.await.unwrap().expect(200);
    }
    assert_eq!(ids_of(&api, &set).await, jobs);
}
