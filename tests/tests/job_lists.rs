//! Lists of jobs: by status, with the fields that are asked for, in pages that end where they must and lose nothing.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

use serde_json::{Value, json};
use topchef_tests::lab::{self, JOB_KEYS, JOB_SUMMARY_KEYS};
use topchef_tests::{Api, Launch, Server, assert_keys};

/// What wrong parameters of a list are refused as.
const WRONG: &str = "Invalid Query Parameter";

/// Five jobs of a service: two that wait, and one in each other status, in the order of [`STATUSES`]; beside them one that
/// waits for another service.
struct Lists {
    server: Server,
    service: String,
    jobs: Vec<String>,
}

const STATUSES: [&str; 5] = ["REGISTERED", "WORKING", "COMPLETED", "ERROR", "REGISTERED"];

impl Lists {
    async fn start() -> Self {
        let server = Server::start();
        let api = server.api();
        let service = lab::register(&api, &lab::centrifuge()).await;
        let mut jobs = Vec::new();
        for status in STATUSES {
            let job = lab::submit(&api, &service, &json!({"rpm": 500})).await;
            let mut change = json!({"status": status});
            if status == "COMPLETED" {
                change["results"] = json!({"mass_mg": 1});
            }
            let changed = api.patch(&format!("/jobs/{job}"), &change).await;
            changed.expect(200);
            jobs.push(job);
        }
        lab::service_and_job(&api).await;
        Self {
            server,
            service,
            jobs,
        }
    }

    fn of_service(&self) -> String {
        format!("/services/{}/jobs", self.service)
    }
}

async fn data(api: &Api, path: &str) -> Value {
    api.get(path).await.expect(200).json()["data"].clone()
}

/// The sizes of all pages from a path on, and the entries of all of them.
async fn pages(server: &Server, path: &str) -> (Vec<usize>, Vec<Value>) {
    let api = server.api();
    let (mut next, mut sizes, mut seen) = (Some(api.url(path)), Vec::new(), Vec::new());
    while let Some(link) = next {
        let page = api.get(link.strip_prefix(server.base()).unwrap()).await;
        let page = page.expect(200).json();
        let entries = page["data"].as_array().unwrap().clone();
        assert!(
            !entries.is_empty() || sizes.is_empty(),
            "an empty page: {link}"
        );
        sizes.push(entries.len());
        seen.extend(entries);
        next = page["links"]["next"].as_str().map(str::to_owned);
    }
    (sizes, seen)
}

fn ids(entries: &[Value]) -> Vec<String> {
    lab::ids(&Value::from(entries.to_vec()))
}

#[tokio::test]
async fn jobs_are_listed_by_status() {
    let lists = Lists::start().await;
    let (api, path) = (lists.server.api(), lists.of_service());
    for (query, places) in [
        ("status=REGISTERED", &[0, 4][..]),
        ("status=working", &[1]),
        ("status=COMPLETED", &[2]),
        ("status=ERROR", &[3]),
        ("status[in]=WORKING,error", &[1, 3]),
        ("status%5Bin%5D=COMPLETED,REGISTERED", &[0, 2, 4]),
        ("status[in]=ERROR", &[3]),
        ("status=ERROR&sort=-id", &[3]),
        ("status=REGISTERED&sort=-id", &[4, 0]),
    ] {
        let due: Vec<_> = places
            .iter()
            .map(|place| lists.jobs[*place].clone())
            .collect();
        let found = data(&api, &format!("{path}?{query}")).await;
        assert_eq!(lab::ids(&found), due, "{query}");
    }
    // In the list of all, those of the other service stand too.
    let waiting = data(&api, "/jobs?status=REGISTERED").await;
    assert_eq!(lab::ids(&waiting).len(), 3);
    let waiting = format!("/jobs?status=REGISTERED&service_id={}", lists.service);
    assert_eq!(lab::ids(&data(&api, &waiting).await).len(), 2);
}

#[tokio::test]
async fn jobs_are_listed_with_the_fields_that_are_asked_for() {
    let lists = Lists::start().await;
    let (api, path) = (lists.server.api(), lists.of_service());
    assert_keys(&data(&api, &path).await[0], JOB_KEYS);
    assert_keys(&data(&api, "/jobs").await[0], JOB_SUMMARY_KEYS);
    let fields = "id,service_id,state,priority,run_at,attempt,job_set_id,date_finished";
    for list in [path.as_str(), "/jobs"] {
        let shown = data(&api, &format!("{list}?fields={fields}")).await;
        let keys: Vec<_> = fields.split(',').collect();
        assert_keys(&shown[0], &keys);
        assert_eq!(shown[0]["service_id"], lists.service.as_str());
        assert_eq!(shown[1]["state"], "leased");
        assert_eq!(shown[1]["attempt"], 1);
        assert_eq!(shown[0]["date_finished"], Value::Null);
        assert!(shown[2]["date_finished"].is_string());
    }
    let shown = data(&api, "/jobs?fields=results,parameters").await;
    assert_eq!(
        shown[2],
        json!({"results": {"mass_mg": 1}, "parameters": {"rpm": 500}})
    );
    assert_eq!(shown[3]["results"], Value::Null);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_query_is_told() {
    let lists = Lists::start().await;
    let api = lists.server.api();
    for list in [lists.of_service(), "/jobs".to_owned()] {
        for (query, codes) in [
            ("status=LOST", &["enum"][..]),
            ("status=", &["enum"]),
            ("status[in]=WORKING,LOST", &["enum"]),
            ("status[gt]=WORKING", &["unknown_parameter"]),
            ("fields=", &["unknown_field"]),
            ("fields=id,colour,id", &["unknown_field", "given_twice"]),
            ("fields=id&fields=status", &["given_twice"]),
            ("colour=red", &["unknown_parameter"]),
            (
                "status=LOST&fields=colour&colour=red",
                &["enum", "unknown_field", "unknown_parameter"],
            ),
        ] {
            let refused = api.get(&format!("{list}?{query}")).await;
            let faults = refused.refused(400, WRONG);
            let found: Vec<_> = faults.iter().map(|fault| fault.code.as_str()).collect();
            assert_eq!(found, codes, "{query}");
        }
        for query in ["limit=-1", "limit=x", "offset=x", "cursor=x"] {
            let refused = api.get(&format!("{list}?{query}")).await;
            assert_eq!(refused.problem(400).len(), 1, "{query}");
        }
    }
}

#[tokio::test]
async fn lists_are_read_in_pages_by_limit_by_offset_and_by_cursor() {
    let lists = Lists::start().await;
    let server = &lists.server;
    let (api, path) = (server.api(), lists.of_service());
    let (sizes, seen) = pages(server, &format!("{path}?limit=2")).await;
    assert_eq!(sizes, [2, 2, 1]);
    assert_eq!(ids(&seen), lists.jobs);
    let (sizes, seen) = pages(server, "/jobs?limit=4").await;
    assert_eq!(sizes, [4, 2]);
    assert_eq!(ids(&seen)[..5], lists.jobs);
    let from_third = data(&api, &format!("{path}?offset=2&limit=2")).await;
    assert_eq!(lab::ids(&from_third), lists.jobs[2..4]);
    let (_, seen) = pages(server, &format!("{path}?offset=1&limit=3")).await;
    assert_eq!(ids(&seen), lists.jobs[1..]);
    // What a page was asked for, the next ones are too.
    let query = "status[in]=REGISTERED,WORKING&fields=id,state&limit=1&sort=-id";
    let (sizes, seen) = pages(server, &format!("{path}?{query}")).await;
    assert_eq!(sizes, [1, 1, 1]);
    for entry in &seen {
        assert_keys(entry, &["id", "state"]);
    }
    let due = [4, 1, 0].map(|place| lists.jobs[place].clone());
    assert_eq!(ids(&seen), due);
    let (_, seen) = pages(server, &format!("{path}?cursor=&limit=2")).await;
    assert_eq!(ids(&seen), lists.jobs);
}

#[tokio::test]
async fn a_page_ends_where_its_documents_are_large_and_the_next_one_goes_on() {
    let launch = Launch::serve().arguments([
        "--max-body-bytes",
        "2000000",
        "--max-document-bytes",
        "2000000",
    ]);
    let server = launch.start();
    let api = server.api();
    let anything = json!({"type": "object"});
    let service = lab::registration(&anything, &anything);
    let service = lab::register(&api, &service).await;
    let mut jobs = Vec::new();
    for place in 0..12 {
        let parameters = json!({"place": place, "data": "x".repeat(1_000_000)});
        jobs.push(lab::submit(&api, &service, &parameters).await);
    }
    let path = format!("/services/{service}/jobs");
    let (sizes, seen) = pages(&server, &path).await;
    // Eight of them are more than eight million bytes, and less than eight times 2^20.
    assert_eq!(sizes, [8, 4]);
    assert_eq!(ids(&seen), jobs);
    for (place, entry) in seen.iter().enumerate() {
        assert_eq!(entry["parameters"]["place"], place);
    }
    let (sizes, seen) = pages(&server, &format!("{path}?limit=3")).await;
    assert_eq!(sizes, [3, 3, 3, 3]);
    assert_eq!(ids(&seen), jobs);
    let (_, seen) = pages(&server, &format!("{path}?sort=-id")).await;
    let newest_first: Vec<_> = jobs.iter().rev().cloned().collect();
    assert_eq!(ids(&seen), newest_first);
    // Who does not ask for them is not stopped by them.
    let (sizes, _) = pages(&server, &format!("{path}?fields=id")).await;
    assert_eq!(sizes, [12]);
    let queue = api.get(&format!("/services/{service}/queue")).await;
    assert!(
        !queue.expect(200).json()["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}
