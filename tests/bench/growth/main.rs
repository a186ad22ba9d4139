//! What a million finished jobs cost: how long answers of the queue take beside them, against a thousand of them.
//! `README.md` in the folder above says how to run it and how to read what it prints.

#[path = "../figures.rs"]
mod figures;
mod filled;
#[path = "../machine.rs"]
mod machine;
mod served;

use std::time::{Duration, Instant};

use figures::{median, say};
use filled::Filled;
use served::Served;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many pairs are measured; the middle one counts.
const PAIRS: usize = 5;

/// How often each path is asked for in a round; the first tenth is not counted.
const TIMES: usize = 200;

/// For how long the server keeps what it counts, and a little more: each look at the metrics is to ask the database.
const FRESH: Duration = Duration::from_millis(5_100);

/// How many finished jobs there are of the one service: few, and many, where nobody names another number for those.
const JOBS: [u32; 2] = [1_000, 1_000_000];

/// The paths, with `{service}` for the id of the service.
const PATHS: [&str; 7] = [
    "/services/{service}/jobs/next",
    "/services/{service}/queue",
    "/services/{service}/jobs?limit=20",
    "/jobs?limit=20",
    "/services/{service}/jobs?status=ERROR&limit=20",
    "/jobs?status=ERROR&limit=20",
    METRICS,
];

const METRICS: &str = "/metrics";

fn main() -> Result<(), Failure> {
    let folder = machine::folder(std::env::args().nth(1))?;
    machine::describe(&folder);
    let many = std::env::var_os("TOPCHEF_BENCH_JOBS");
    let many = many.map_or(Ok(JOBS[1]), |many| many.to_string_lossy().parse())?;
    let measured = measure(&folder, [JOBS[0], many]);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &std::path::Path, jobs: [u32; 2]) -> Result<(), Failure> {
    let mut servers = Vec::new();
    for jobs in jobs {
        let began = Instant::now();
        let filled = Filled::new(folder, jobs)?;
        say(&format!(
            "{}: {jobs} finished jobs, made in {:.0} s",
            filled.kind(),
            began.elapsed().as_secs_f64()
        ));
        servers.push(Served::start(filled)?);
    }
    say(&format!(
        "{PAIRS} rounds, {TIMES} requests for each path and server in turn, one after the other; medians\n"
    ));
    for path in PATHS {
        let (mut few, mut many) = (Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            few.push(middle(&mut servers[0], path)?);
            many.push(middle(&mut servers[1], path)?);
        }
        let ratios: Vec<f64> = few
            .iter()
            .zip(&many)
            .map(|(few, many)| many / few)
            .collect();
        let all: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        say(&format!(
            "  {:>8.3} ms beside few, {:>8.3} ms beside many, {:.2} times (pairs: {})  {path}",
            median(few),
            median(many),
            median(ratios),
            all.join(", ")
        ));
    }
    Ok(())
}

/// The time within which half of the requests of one round are answered, in milliseconds.
fn middle(server: &mut Served, path: &str) -> Result<f64, Failure> {
    if path == METRICS {
        // What stands in the database is kept for a while: one look that asks it, each round.
        std::thread::sleep(FRESH);
    }
    // It was silent while the other server was asked.
    server.connect_again()?;
    if path == METRICS {
        return server.ask(path);
    }
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        times.push(server.ask(path)?);
    }
    Ok(median(times.split_off(TIMES / 10)))
}
