//! How a service with ten thousand jobs is read: by an index, no more than is shown, and in pages.
//!
//! What is read is told by the statements that the server logs and by the database's plans of them, never by a clock.

use serde_json::{Value, json};
use topchef_tests::lab;
use topchef_tests::{Api, Kind, Launch, Server, eventually};

/// How many jobs wait; half as many are completed, and as many of those belong to another service.
const WAITING: usize = 10_000;

/// What a server logs so that its statements can be read.
const STATEMENTS: &str = "warn,topchef_runtime::sql=trace";

/// A server with that many jobs.
struct Busy {
    server: Server,
    service: String,
}

impl Busy {
    async fn start() -> Self {
        let server = Launch::serve().environment("RUST_LOG", STATEMENTS).start();
        let api = server.api();
        let (service, _) = lab::service_and_job(&api).await;
        let (other, _) = lab::service_and_job(&api).await;
        let done = json!({"status": "COMPLETED", "results": {"mass_mg": 1}});
        for service in [&service, &other] {
            let job = lab::submit(&api, service, &json!({"rpm": 501})).await;
            api.patch(&format!("/jobs/{job}"), &done).await.expect(200);
        }
        multiply(&server);
        Self { server, service }
    }

    fn api(&self) -> Api {
        self.server.api()
    }

    /// The statements with which a path is answered, and the answer.
    async fn asked(&self, path: &str) -> (Vec<String>, Value) {
        let begin = self.server.log().len();
        let answer = self.api().get(path).await.expect(200).json();
        // What is logged of a later request stands behind all of this one.
        self.api().get("/services").await.expect(200);
        let log = eventually("the statement of the next request", async || {
            let log = self.server.log()[begin..].to_owned();
            let lines: Vec<_> = log.lines().filter_map(statement).collect();
            let next = |line: &String| line.contains(r#"FROM "services" ORDER BY"#);
            let end = lines.iter().position(next)?;
            Some(lines[..end].to_vec())
        });
        (log.await, answer)
    }
}

/// The statement that a line of the log is about.
fn statement(line: &str) -> Option<String> {
    let (_, text) = line.split_once("statement text=")?;
    Some(text.to_owned())
}

/// Makes copies of the four jobs: ten thousand of the first one, half as many of each other.
///
/// They are made whatever columns the table has; their ids are smaller than all others, so that they are the oldest.
/// What may stand in tables beside it is left out: it is not looked for.
fn multiply(server: &Server) {
    let (numbers, id) = match Kind::of_this_run() {
        Kind::Sqlite => (
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
             SELECT n FROM numbers",
            "unhex(printf('%032x', rowid))",
        ),
        Kind::Postgres => (
            "SELECT n FROM generate_series(1, 10000) AS numbers(n)",
            "lpad(to_hex(nextval('copied')), 32, '0')::uuid",
        ),
    };
    let database = server.launch().database();
    if Kind::of_this_run() == Kind::Postgres {
        database.execute("CREATE SEQUENCE copied");
    }
    database.execute(&format!(
        "CREATE TABLE numbers AS {numbers};
         CREATE TABLE copies AS SELECT jobs.* FROM numbers CROSS JOIN jobs
             WHERE n <= 5000 OR jobs.id = (SELECT id FROM jobs ORDER BY id LIMIT 1);
         UPDATE copies SET id = {id};
         INSERT INTO jobs SELECT * FROM copies;
         DROP TABLE copies;
         DROP TABLE numbers;
         ANALYZE;"
    ));
}

/// That a statement finds its rows by an index, in their order, and ends with the last one that is asked for.
fn assert_reads_only_what_it_gives(server: &Server, statement: &str) {
    assert!(statement.contains(" LIMIT "), "{statement}");
    let plan = server.launch().database().plan(statement);
    // By an index that was made for it, and not by that of the key.
    let (by_index, others) = match Kind::of_this_run() {
        Kind::Sqlite => ("SEARCH jobs USING INDEX jobs_", ["TEMP B-TREE", "SCAN"]),
        Kind::Postgres => ("Index Scan using jobs_", ["Sort", "Filter"]),
    };
    assert!(plan.contains(by_index), "{statement}\n{plan}");
    for other in others {
        assert!(!plan.contains(other), "{statement}\n{plan}");
    }
}

#[tokio::test]
async fn next_and_queue_read_by_an_index_and_load_no_more_than_they_show() {
    let busy = Busy::start().await;
    let service = &busy.service;
    let mut shown = Vec::new();
    for path in ["jobs/next", "queue"] {
        let (statements, answer) = busy.asked(&format!("/services/{service}/{path}")).await;
        let of_jobs = statements.iter().filter(|it| it.contains(r#"FROM "jobs""#));
        let of_jobs: Vec<_> = of_jobs.collect();
        assert_eq!(of_jobs.len(), 1, "{path}: {statements:#?}");
        assert!(statements.len() <= 4, "{path}: {statements:#?}");
        assert_reads_only_what_it_gives(&busy.server, of_jobs[0]);
        shown.push(answer["data"].clone());
    }
    let queue = lab::ids(&shown[1]);
    assert_eq!(queue.len(), 10);
    assert_eq!(shown[0]["id"], queue[0]);
    assert!(queue.is_sorted(), "{queue:?}");
    // A worker that takes the first finds the second: nothing of what was found is kept.
    let taken = json!({"status": "WORKING"});
    let path = format!("/jobs/{}", queue[0]);
    busy.api().patch(&path, &taken).await.expect(200);
    let next = format!("/services/{service}/jobs/next");
    let next = busy.api().get(&next).await.expect(200).json();
    assert_eq!(next["data"]["id"], queue[1]);
}

#[tokio::test]
async fn what_is_not_completed_is_listed_without_a_look_at_what_is() {
    let busy = Busy::start().await;
    // The ten thousand that wait are completed as well, but for the last one; it is the statement's plan that counts.
    let database = busy.server.launch().database();
    database.execute(
        "UPDATE jobs SET state = 4 WHERE id < (SELECT id FROM jobs WHERE state = 0 ORDER BY id DESC LIMIT 1); ANALYZE;",
    );
    for status in ["REGISTERED", "WORKING", "ERROR"] {
        for list in [
            "/jobs".to_owned(),
            format!("/services/{}/jobs", busy.service),
        ] {
            let (statements, _) = busy
                .asked(&format!("{list}?status={status}&limit=20"))
                .await;
            let mut of_jobs = statements.iter();
            let of_jobs = of_jobs.find(|it| it.contains(r#"FROM "jobs""#));
            let statement = of_jobs.unwrap_or_else(|| panic!("{status}: {statements:#?}"));
            let plan = database.plan(statement);
            let is_of_few = ["jobs_open", "jobs_failed", "jobs_leased"]
                .iter()
                .any(|index| plan.contains(index));
            assert!(is_of_few, "{list} {status}: {statement}\n{plan}");
        }
    }
}

#[tokio::test]
async fn every_list_of_ten_thousand_jobs_is_bounded_and_leads_on_to_its_end() {
    let busy = Busy::start().await;
    let api = busy.api();
    let of_service = format!("/services/{}/jobs", busy.service);
    for (path, due) in [
        (of_service.as_str(), WAITING + WAITING / 2 + 2),
        ("/jobs", WAITING + 3 * WAITING / 2 + 4),
    ] {
        let (mut seen, mut next, mut largest) = (Vec::new(), api.url(path), 0);
        loop {
            let path = next.strip_prefix(busy.server.base()).unwrap_or(&next);
            let page = api.get(path).await.expect(200).json();
            let ids = lab::ids(&page["data"]);
            largest = largest.max(ids.len());
            seen.extend(ids);
            match page["links"]["next"].as_str() {
                Some(link) => link.clone_into(&mut next),
                None => break,
            }
        }
        assert!(largest <= 1_000, "{path}: a page of {largest}");
        assert_eq!(seen.len(), due, "{path}");
        assert!(
            seen.is_sorted() && seen.windows(2).all(|two| two[0] != two[1]),
            "{path}: a job was shown twice"
        );
    }
    let shown = api.get(&format!("/services/{}", busy.service)).await;
    let shown = shown.expect(200).json();
    assert!(lab::ids(&shown["data"]["jobs"]).len() <= 1_000);
    assert_eq!(shown["links"]["jobs"], api.url(&of_service));
}
