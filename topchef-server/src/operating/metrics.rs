//! `/metrics`: what the server counts, and how its database stands, in Prometheus' text format.
//!
//! It does not know how requests are counted, nor how the database is asked. While that does not answer, its families are
//! left out and `topchef_database_up` is 0.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use topchef_runtime::database::{PostgresStatistics, SqliteStatistics, Statistics};

use crate::app::App;
use crate::metrics::{Kind, OpenJobs, Stored, Text};
use crate::queue::{Queue, Told};

/// The media type of the format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`.
pub async fn show(State(app): State<App>) -> Response {
    let stored = app.stored().ask(app.queue()).await;
    let mut text = Text::after(app.metrics().render());
    let statistics = app.database().statistics();
    build(&mut text, &statistics);
    let name = "process_start_time_seconds";
    text.family(
        name,
        Kind::Gauge,
        "When the server was started, since 1970.",
    )
    .sample(name, &[], app.metrics().started_seconds());
    match &statistics {
        Statistics::Sqlite(statistics) => sqlite(&mut text, statistics),
        Statistics::Postgres(statistics) => postgres(&mut text, statistics),
        _ => {}
    }
    database(&mut text, stored.as_ref());
    if let Some(jobs) = stored.and_then(|stored| stored.jobs) {
        open_jobs(&mut text, &jobs);
    }
    finished_jobs(&mut text, app.queue());
    let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
    (headers, text.into_string()).into_response()
}

fn build(text: &mut Text, statistics: &Statistics) {
    let kind = match statistics {
        Statistics::Sqlite(_) => "sqlite",
        Statistics::Postgres(_) => "postgres",
        _ => "other",
    };
    let labels = [("version", env!("CARGO_PKG_VERSION")), ("database", kind)];
    let name = "topchef_build_info";
    text.family(name, Kind::Gauge, "Which program this is; always 1.")
        .sample(name, &labels, 1);
}

fn sqlite(text: &mut Text, statistics: &SqliteStatistics) {
    let name = "topchef_sqlite_commit_writes";
    let bucket = "topchef_sqlite_commit_writes_bucket";
    let help = "How many writes each commit made durable.";
    text.family(name, Kind::Histogram, help);
    // The numbers are read one after the other: the whole is never less than its parts.
    let largest = statistics.commits_up_to.last();
    let commits = largest
        .map_or(0, |(_, count)| *count)
        .max(statistics.commits);
    for (writes, count) in &statistics.commits_up_to {
        text.sample(bucket, &[("le", &writes.to_string())], count);
    }
    text.sample(bucket, &[("le", "+Inf")], commits)
        .sample("topchef_sqlite_commit_writes_sum", &[], statistics.writes)
        .sample("topchef_sqlite_commit_writes_count", &[], commits);
    let name = "topchef_sqlite_commits_total";
    text.family(name, Kind::Counter, "Commits that went well.")
        .sample(name, &[], commits);
    let name = "topchef_sqlite_waiting";
    text.family(name, Kind::Gauge, "Work that waits for a thread.")
        .sample(name, &[("for", "reader")], statistics.waiting_reads)
        .sample(name, &[("for", "writer")], statistics.waiting_writes);
}

fn postgres(text: &mut Text, statistics: &PostgresStatistics) {
    let used = statistics.connections.saturating_sub(statistics.idle);
    let name = "topchef_postgres_connections";
    text.family(name, Kind::Gauge, "Connections to the PostgreSQL server.")
        .sample(name, &[("state", "idle")], statistics.idle)
        .sample(name, &[("state", "used")], used);
    let name = "topchef_postgres_connections_limit";
    text.family(name, Kind::Gauge, "Most connections that there may be.")
        .sample(name, &[], statistics.limit);
    let name = "topchef_postgres_batches_total";
    text.family(name, Kind::Counter, "Batches of several statements.")
        .sample(name, &[], statistics.batches);
    let name = "topchef_postgres_batched_statements_total";
    text.family(name, Kind::Counter, "Statements that were in batches.")
        .sample(name, &[], statistics.batched_statements);
}

fn database(text: &mut Text, stored: Option<&Stored>) {
    let name = "topchef_database_up";
    text.family(name, Kind::Gauge, "Whether the database answers.")
        .sample(name, &[], u8::from(stored.is_some()));
    let Some(stored) = stored else { return };
    let name = "topchef_outbox_messages";
    let help = "Messages that still have to follow a commit, and those that were given up.";
    text.family(name, Kind::Gauge, help)
        .sample(name, &[("state", "waiting")], stored.waiting)
        .sample(name, &[("state", "dead")], stored.dead);
}

fn open_jobs(text: &mut Text, jobs: &OpenJobs) {
    let name = "topchef_jobs";
    text.family(name, Kind::Gauge, "Jobs that are not finished.");
    for ((told, state), count) in &jobs.counts {
        let labels = [("service", &*shown(*told)), ("state", state.as_str())];
        text.sample(name, &labels, count);
    }
    let name = "topchef_jobs_oldest_ready_seconds";
    let help = "For how long the oldest job waits that a worker can take.";
    text.family(name, Kind::Gauge, help);
    for (service, seconds) in &jobs.oldest_seconds {
        text.sample(name, &[("service", &*shown(Some(*service)))], seconds);
    }
}

fn finished_jobs(text: &mut Text, queue: &Queue) {
    let name = "topchef_jobs_finished_total";
    let help = "Jobs that came to an end through this server.";
    text.family(name, Kind::Counter, help);
    for (told, state, count) in queue.finished_counts() {
        let labels = [("service", &*shown(told)), ("state", state.as_str())];
        text.sample(name, &labels, count);
    }
}

/// A service by its id; those that are not told apart by a word that is none.
fn shown(told: Told) -> String {
    told.map_or_else(|| "other".to_owned(), |service| service.to_string())
}
