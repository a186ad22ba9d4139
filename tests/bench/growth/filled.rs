//! A database with many finished jobs of one service, and a few that wait and are worked on.
//!
//! The server's own `migrate` makes the tables; jobs are made by statements, since a million requests would take hours.

use std::path::Path;

use topchef_tests::Kind;

use crate::Failure;
use crate::place::Place;
use crate::served::server;

/// The service; no job has a greater id than those that wait.
const SERVICE: &str = "00000000-0000-7000-8000-000000000001";

/// A database, until this goes.
pub(crate) struct Filled {
    kind: Kind,
    place: Place,
}

impl Filled {
    /// One with that many finished jobs, a fiftieth of which failed; twenty more wait, and five are worked on.
    pub(crate) fn new(folder: &Path, jobs: u32) -> Result<Self, Failure> {
        let filled = Self {
            kind: Kind::of_this_run(),
            place: Place::new(folder),
        };
        let mut migrate = server()?;
        migrate.args(["migrate", "--database", &filled.address()]);
        migrate.stderr(std::process::Stdio::null());
        if !migrate.status()?.success() {
            return Err("the tables cannot be made".into());
        }
        filled.fill(jobs)?;
        filled.place.settle()?;
        Ok(filled)
    }

    /// What `--database` is given.
    pub(crate) fn address(&self) -> String {
        self.place.address()
    }

    /// The id of the service.
    pub(crate) fn service() -> &'static str {
        SERVICE
    }

    fn fill(&self, jobs: u32) -> Result<(), Failure> {
        let (yes, time) = match self.kind {
            Kind::Sqlite => ("1", "'2026-11-26T20:00:00.000000+00:00'"),
            Kind::Postgres => ("true", "'2026-11-26T20:00:00Z'::timestamptz"),
        };
        let service = self.id_of(SERVICE);
        self.place.execute(&format!(
            "INSERT INTO services (id, name, description, job_registration_schema, job_result_schema, is_service_available, timeout, last_checked_in)
             VALUES ({service}, 'Centrifuge', 'spins', '{{}}', '{{}}', {yes}, 30, {time})"
        ))?;
        self.place.fill(jobs, |first, last| {
            self.jobs(first, last, "CASE n % 50 WHEN 0 THEN 5 ELSE 4 END", time)
        })?;
        let worked_on = self.jobs(jobs + 1, jobs + 5, "3", time);
        let waiting = self.jobs(jobs + 6, jobs + 25, "0", time);
        self.place.execute(&worked_on)?;
        self.place.execute(&waiting)
    }

    /// What makes jobs of these numbers, in that state; those that are finished have results.
    fn jobs(&self, first: u32, last: u32, state: &str, time: &str) -> String {
        let service = self.id_of(SERVICE);
        let (numbers, id) = match self.kind {
            Kind::Sqlite => (
                format!(
                    "(WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) SELECT n FROM numbers) AS numbers"
                ),
                "unhex(printf('%032x', n))",
            ),
            Kind::Postgres => (
                format!("generate_series({first}, {last}) AS numbers(n)"),
                "lpad(to_hex(n), 32, '0')::uuid",
            ),
        };
        format!(
            "INSERT INTO jobs (id, service_id, state, run_at, parameters_bytes, results_bytes, date_submitted, date_finished)
             SELECT {id}, {service}, {state}, {time}, 11, CASE WHEN {state} > 3 THEN 13 END, {time}, CASE WHEN {state} > 3 THEN {time} END FROM {numbers};
             INSERT INTO job_parameters SELECT {id}, '{{\"rpm\":500}}' FROM {numbers};
             INSERT INTO job_results SELECT {id}, '{{\"mass_mg\":1}}' FROM {numbers} WHERE {state} > 3;"
        )
    }

    fn id_of(&self, id: &str) -> String {
        match self.kind {
            Kind::Sqlite => format!("unhex('{}')", id.replace('-', "")),
            Kind::Postgres => format!("'{id}'::uuid"),
        }
    }
}
