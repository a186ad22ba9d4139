//! What a durable `POST` costs: with one commit for many and with one for each, with hooks and without, beside what the
//! disk itself can do. `README.md` beside this file says how to run it and how to read what it prints.

mod disk;
mod figures;
mod load;
mod machine;
mod served;

use std::time::Duration;

use figures::{median, say};
use load::{Load, Measured};
use machine::Folder;
use served::{Kind, Served};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many clients send, each over a connection of its own, one request after the other.
const CONNECTIONS: usize = 64;

/// How many pairs are measured; the middle one counts.
const PAIRS: usize = 5;

/// How long one measurement takes, after as long as a third of it to warm up.
const TIME: Duration = Duration::from_secs(3);

fn main() -> Result<(), Failure> {
    let folder = Folder::new(std::env::args().skip(1))?;
    machine::describe(&folder);
    let load = Load {
        connections: CONNECTIONS,
        time: TIME,
    };
    say(&format!(
        "{CONNECTIONS} connections, {PAIRS} rounds of {} s each, one after the other; medians count\n",
        TIME.as_secs()
    ));
    let variants = [
        (Kind::Plain, None, "no hooks, commits shared"),
        (Kind::Plain, Some(1), "no hooks, one commit each"),
        (Kind::Before, None, "before_commit that does nothing"),
        (Kind::After, None, "durable after_commit that does nothing"),
    ];
    let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); variants.len()];
    let mut syncs = Vec::new();
    for round in 1..=PAIRS {
        syncs.push(disk::syncs_per_second(&folder)?);
        say(&format!(
            "round {round}: {:.0} fdatasyncs/s",
            syncs[round - 1]
        ));
        for ((kind, group, name), results) in variants.iter().zip(&mut measured) {
            let served = Served::start(&folder, *kind, *group)?;
            let result = load.run(served.address())?;
            served.check(result.answered)?;
            say(&format!("  {:>8.0} POSTs/s  {name}", result.per_second));
            results.push(result);
        }
    }
    report(&variants.map(|(_, _, name)| name), &measured, &syncs);
    Ok(())
}

fn report(names: &[&str; 4], measured: &[Vec<Measured>], syncs: &[f64]) {
    let rates = measured.iter().map(|results| {
        let rates = results.iter().map(|result| result.per_second);
        median(rates.collect())
    });
    let rates: Vec<f64> = rates.collect();
    say("\nmedians");
    say(&format!(
        "  {:>8.0} writes of 4 KiB with fdatasync, one after the other, per second",
        median(syncs.to_vec())
    ));
    for ((name, rate), results) in names.iter().zip(&rates).zip(measured) {
        let middle = median(results.iter().map(|it| it.middle_ms).collect());
        let slow = median(results.iter().map(|it| it.slow_ms).collect());
        say(&format!(
            "  {rate:>8.0} POSTs/s  {name}; half of the answers within {middle:.1} ms, 99 of 100 within {slow:.1} ms"
        ));
    }
    let pairs = measured[0].iter().zip(&measured[1]);
    let ratios = pairs.map(|(shared, each)| shared.per_second / each.per_second);
    let ratios: Vec<f64> = ratios.collect();
    let all: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.1}")).collect();
    say(&format!(
        "\nshared commits against one each: {:.1} times (pairs: {})",
        median(ratios),
        all.join(", ")
    ));
    for (name, rate) in names.iter().zip(&rates).skip(2) {
        say(&format!(
            "{name}: {:.2} of the rate without hooks",
            rate / rates[0]
        ));
    }
}
