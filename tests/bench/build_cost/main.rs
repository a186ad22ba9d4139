//! What a resource costs to build: derived, written by hand in axum and sqlx, and made by crudcrate.
//! `README.md` in the folder above says how to run it and how to read what it prints.

mod build;
mod cost;
mod crates;
mod report;

use std::process::ExitCode;

use build::Profile;
use cost::Cost;
use crates::OPPONENTS;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many resources the crates have.
const SIZES: [usize; 3] = [1, 10, 30];

/// How often each crate is built, in turn with the others; the middle one counts.
const ROUNDS: usize = 3;

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
        report::say(&format!("building what the crates need, {profile} ..."));
        for it in &crates {
            it.build(profile)?;
        }
    }
    let mut costs = Vec::new();
    for profile in Profile::ALL {
        for round in 1..=ROUNDS {
            report::say(&format!("{profile}, round {round} of {ROUNDS}"));
            for it in &crates {
                costs.push((it, profile, it.build(profile)?));
            }
        }
    }
    report::builds(&costs, &SIZES)?;
    let mut sizes = Vec::new();
    for it in &crates {
        sizes.push((it, it.lines_of_llvm_ir()?, it.bytes()?));
    }
    report::sizes(&sizes, &SIZES)?;
    Ok(ExitCode::SUCCESS)
}
