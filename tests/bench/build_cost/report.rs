//! What is printed: the machine, and tables for a page of the documentation.
//!
//! It does not know how anything was measured.

use std::path::Path;
use std::process::Command;

use crate::build::Profile;
use crate::crates::{Crate, OPPONENTS};
use crate::figures::{median, processors, say};
use crate::{Cost, Failure};

/// One build of one crate.
pub(crate) type Built<'a> = (&'a Crate, Profile, Cost);

/// What the numbers depend on.
pub(crate) fn machine(folder: &Path) -> Result<(), Failure> {
    for (program, argument) in [("rustc", "--version"), ("cargo", "--version")] {
        let output = Command::new(program)
            .arg(argument)
            .current_dir(folder)
            .output()?;
        say(String::from_utf8_lossy(&output.stdout).trim());
    }
    say(&format!("{}\n", processors()));
    Ok(())
}

/// What one build cost, as soon as that is known.
pub(crate) fn cost(of: &Crate, profile: Profile, cost: Cost) {
    let Crate {
        opponent,
        resources,
        ..
    } = of;
    let Cost { seconds, memory } = cost;
    say(&format!(
        "{profile} {opponent} {resources}: {seconds:.2} s, {memory:.0} MiB"
    ));
}

/// What the builds cost, and what one resource more adds.
pub(crate) fn builds(built: &[Built<'_>], sizes: &[usize]) -> Result<(), Failure> {
    for profile in Profile::ALL {
        say(&format!("\n{profile}: seconds of processors\n"));
        let seconds =
            |opponent, resources| of(built, profile, opponent, resources, |it| it.seconds);
        table(sizes, 2, seconds)?;
    }
    for profile in Profile::ALL {
        say(&format!("\n{profile}: MiB of memory at most\n"));
        let memory = |opponent, resources| of(built, profile, opponent, resources, |it| it.memory);
        table(sizes, 0, memory)?;
    }
    Ok(())
}

/// How much code there is, and how large the programs are.
pub(crate) fn sizes(measured: &[(&Crate, usize, u64)], sizes: &[usize]) -> Result<(), Failure> {
    let find = |opponent, resources| {
        let mut all = measured.iter();
        all.find(|(it, _, _)| it.opponent == opponent && it.resources == resources)
    };
    say("\nrelease: thousands of lines of LLVM IR\n");
    table(sizes, 1, |opponent, resources| {
        let found = find(opponent, resources);
        found
            .map(|(_, lines, _)| count(*lines) / 1e3)
            .into_iter()
            .collect()
    })?;
    say("\nrelease: the program's size in MB\n");
    table(sizes, 3, |opponent, resources| {
        let found = find(opponent, resources);
        let bytes = found.map(|(_, _, bytes)| *bytes).into_iter();
        bytes
            .filter_map(|bytes| usize::try_from(bytes).ok())
            .map(|bytes| count(bytes) / 1e6)
            .collect()
    })
}

#[expect(clippy::cast_precision_loss, reason = "no program has so many lines")]
fn count(count: usize) -> f64 {
    count as f64
}

/// The values of one opponent's crate, one for each round.
fn of(
    built: &[Built<'_>],
    profile: Profile,
    opponent: &str,
    resources: usize,
    value: fn(&Cost) -> f64,
) -> Vec<f64> {
    let mine = built.iter().filter(|(it, how, _)| {
        *how == profile && it.opponent == opponent && it.resources == resources
    });
    mine.map(|(_, _, cost)| value(cost)).collect()
}

/// One line for each number of resources, and one for what each resource after the first adds.
fn table(
    sizes: &[usize],
    digits: usize,
    values: impl Fn(&'static str, usize) -> Vec<f64>,
) -> Result<(), Failure> {
    let names = OPPONENTS.map(|it| it.name);
    let [first, .., last] = *sizes else {
        return Err("two sizes are needed".into());
    };
    let ratios: Vec<_> = names[1..]
        .iter()
        .map(|other| format!("{} / {other}", names[0]))
        .collect();
    say(&format!(
        "| resources | {} | {} |",
        names.join(" | "),
        ratios.join(" | ")
    ));
    say(&format!(
        "| --- |{}",
        " ---: |".repeat(names.len() + ratios.len())
    ));
    for &resources in sizes {
        line(
            &resources.to_string(),
            digits,
            &names.map(|name| values(name, resources)),
        );
    }
    let more = count(last - first);
    let slopes = names.map(|name| {
        let (few, many) = (values(name, first), values(name, last));
        few.iter()
            .zip(many)
            .map(|(few, many)| (many - few) / more)
            .collect()
    });
    line("each more", digits + 1, &slopes);
    Ok(())
}

/// The medians of each opponent's rounds, and of the ratios of the first to each other, round by round.
fn line(what: &str, digits: usize, rounds: &[Vec<f64>; 3]) {
    let medians = rounds
        .iter()
        .map(|rounds| format!("{:.digits$}", median(rounds.clone())));
    let ratios = rounds[1..].iter().map(|other| {
        let pairs = rounds[0].iter().zip(other);
        format!(
            "{:.2}",
            median(pairs.map(|(mine, other)| mine / other).collect())
        )
    });
    let cells: Vec<_> = medians.chain(ratios).collect();
    say(&format!("| {what} | {} |", cells.join(" | ")));
}
