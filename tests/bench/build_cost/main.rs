//! What a resource costs to build: derived, written by hand in axum and sqlx, and made by crudcrate.
//! `README.md` in the folder above says how to run it and how to read what it prints.

mod build;
mod cost;
mod crates;
#[path = "../figures.rs"]
mod figures;
mod report;

use std::process::ExitCode;

use build::Profile;
use cost::Cost;
use crates::OPPONENTS;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many resources the crates have.
const SIZES: [usize; 3] = [1, 10, 30];

fn main() -> Result<ExitCode, Failure> {
    // Cargo runs this program in place of the compiler, to measure it.
    if let Some(file) = std::env::var_os(cost::MEASURED_INTO) {
        return cost::compile(file.as_ref());
    }
    let folder = crates::folder()?;
    report::machine(&folder)?;
    let mut crates = Vec::new();
    for opponent in &OPPONENTS {
        crates.extend(crates::write(&folder, opponent, &SIZES)?);
    }
    for profile in Profile::ALL {
        figures::say(&format!("building what the crates need, {profile} ..."));
        // All crates of an opponent need the same.
        for it in crates.iter().filter(|it| it.resources == SIZES[0]) {
            it.build(profile)?;
        }
    }
    let mut costs = Vec::new();
    for profile in Profile::ALL {
        for round in 1..=crates::MOST_ROUNDS {
            for it in crates.iter().filter(|it| round <= it.rounds) {
                let cost = it.build(profile)?;
                report::cost(it, profile, cost);
                costs.push((it, profile, cost));
            }
        }
    }
    report::builds(&costs, &SIZES)?;
    let mut sizes = Vec::new();
    for it in &crates {
        // In this order: to count lines, another program is built.
        let bytes = it.bytes()?;
        sizes.push((it, it.lines_of_llvm_ir()?, bytes));
    }
    report::sizes(&sizes, &SIZES)?;
    Ok(ExitCode::SUCCESS)
}
