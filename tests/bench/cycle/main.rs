//! How many jobs go through the queue in a second: submitted, fetched by `jobs/next` and completed, over HTTP, in the
//! forms of the original TopChef, and how that compares with another server that speaks them.
//! `README.md` in the folder above says how to run it and how to read what it prints.

mod client;
mod cycles;
#[path = "../figures.rs"]
mod figures;
#[path = "../machine.rs"]
mod machine;
mod served;

use std::path::Path;
use std::time::Duration;

use cycles::{Load, Measured};
use figures::{median, say};
use served::Served;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many clients there are at once, each with a service and a connection of its own.
const CLIENTS: [usize; 2] = [1, 8];

/// How many finished jobs there are before anything is measured, in equal parts in the services of the clients, where
/// nobody names another number.
const FINISHED: usize = 1_000;

/// How many pairs are measured; the middle one counts.
const PAIRS: usize = 5;

/// How long one measurement takes, after a quarter of it to warm up.
const TIME: Duration = Duration::from_secs(4);

/// Names the other server, by its base URL.
const ORIGINAL: &str = "TOPCHEF_ORIGINAL";

fn main() -> Result<(), Failure> {
    let folder = machine::Folder::new(std::env::args().skip(1))?;
    machine::describe(&folder);
    compare(&folder)
}

fn compare(folder: &Path) -> Result<(), Failure> {
    let finished = std::env::var_os("TOPCHEF_BENCH_JOBS");
    let finished = finished.map_or(Ok(FINISHED), |jobs| jobs.to_string_lossy().parse())?;
    let ours = Served::start(folder)?;
    let original = match std::env::var_os(ORIGINAL) {
        Some(url) => Some(address(&url.to_string_lossy())?),
        None => None,
    };
    say(&format!(
        "{}; {finished} finished jobs, {PAIRS} rounds of {} s each, one after the other; medians count",
        ours.kind(),
        TIME.as_secs()
    ));
    if original.is_none() {
        say(&format!(
            "this server alone: {ORIGINAL}=http://127.0.0.1:PORT names one to compare with"
        ));
    }
    for clients in CLIENTS {
        let load = Load {
            clients,
            time: TIME,
        };
        say(&format!("\n{clients} at once"));
        measure(load, finished, &ours, original.as_deref())?;
    }
    Ok(())
}

fn measure(
    load: Load,
    finished: usize,
    ours: &Served,
    original: Option<&str>,
) -> Result<(), Failure> {
    let here = load.prepare(ours.address(), finished)?;
    let there = match original {
        Some(address) => Some((address, load.prepare(address, finished)?)),
        None => None,
    };
    let (mut results, mut others, mut processor) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=PAIRS {
        let before = ours.processor_seconds()?;
        let result = load.run(ours.address(), &here)?;
        processor.push((ours.processor_seconds()? - before) * 1e6 / result.done);
        let mut line = format!("  round {round}: {:>9.1} cycles/s", result.per_second);
        if let Some((address, services)) = &there {
            let other = load.run(address, services)?;
            line = format!("{line}, the original {:.1}", other.per_second);
            others.push(other);
        }
        say(&line);
        results.push(result);
    }
    show("this server", &results);
    say(&format!(
        "    {:.0} µs of a processor for each cycle, clients not counted",
        median(processor)
    ));
    if others.is_empty() {
        return Ok(());
    }
    show("the original", &others);
    let ratios: Vec<f64> = results
        .iter()
        .zip(&others)
        .map(|(result, other)| result.per_second / other.per_second)
        .collect();
    let all: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.0}")).collect();
    let all = all.join(", ");
    say(&format!("  {:.0} times (pairs: {all})", median(ratios)));
    Ok(())
}

/// The figures in the middle of all rounds.
fn show(name: &str, results: &[Measured]) {
    let middle = |figure: fn(&Measured) -> f64| median(results.iter().map(figure).collect());
    say(&format!(
        "  {:>9.1} cycles/s; submit {:.2} ms, next {:.2} ms, complete {:.2} ms  {name}",
        middle(|result| result.per_second),
        middle(|result| result.steps_ms[0]),
        middle(|result| result.steps_ms[1]),
        middle(|result| result.steps_ms[2]),
    ));
}

/// `host:port` of a base URL without a path.
fn address(url: &str) -> Result<String, Failure> {
    let address = url
        .strip_prefix("http://")
        .map(|url| url.trim_end_matches('/'));
    let address = address.filter(|address| !address.contains('/'));
    let address = address.ok_or_else(|| format!("{ORIGINAL} is no http://HOST:PORT"))?;
    Ok(address.to_owned())
}
