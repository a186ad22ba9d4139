//! How many instructions a request takes inside, path by path; `--check` holds them against those that are written down.
//! `README.md` in the folder above says how to run it and how to read what it prints.

mod blessed;
#[path = "../books/book.rs"]
mod book;
mod books;
mod client;
mod count;
#[path = "../figures.rs"]
#[expect(dead_code, reason = "nothing here depends on how fast the machine is")]
mod figures;
mod jobs;
mod paths;
#[path = "../books/rows.rs"]
mod rows;

use std::path::Path;
use std::process::ExitCode;

use blessed::{Counts, change};
use figures::say;
use paths::PATHS;
use topchef_tests::{Kind, skip};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many requests the shorter run of a path sends: enough for whatever is made when it is first needed.
const FEW: u32 = 100;

/// How many the longer one sends, and how many books there are.
const MOST: u32 = 1_100;

/// How this is run, before its argument.
const RUN: &str = "cargo run --profile counts --package topchef-tests --example instructions --";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => count(Kind::of_this_run()).map(drop),
        ["--check"] => check(),
        ["--bless"] => bless(),
        ["--ask", path, times] => ask(path, times),
        _ => Err(format!("{RUN} [--check | --bless]").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// What is run under valgrind.
fn ask(path: &str, times: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let kind = Kind::of_this_run();
    runtime.block_on(paths::ask(kind, path, times.parse()?))
}

/// Counts all paths, and says of each what came out as soon as it is known.
fn count(kind: Kind) -> Result<Counts, Failure> {
    let mut counts = Counts::here()?;
    say(&format!("{}, {}", counts.compiler, counts.library));
    // The file has those of one kind, and so has the queue here.
    let blessed = Counts::blessed().ok().filter(|_| kind == Kind::Sqlite);
    let paths = PATHS
        .iter()
        .filter(|path| kind == Kind::Sqlite || path.starts_with("books/"));
    for path in paths {
        let counted = count::per_request(kind, path)?;
        let was = blessed
            .as_ref()
            .and_then(|blessed| blessed.paths.get(*path));
        say(&was.map_or_else(
            || format!("  {path}: {counted} instructions"),
            |was| format!("  {path}: {}", change(*was, counted)),
        ));
        counts.paths.insert((*path).to_owned(), counted);
    }
    Ok(counts)
}

fn bless() -> Result<(), Failure> {
    as_it_is_compared()?;
    count(Kind::Sqlite)?.bless()
}

/// How often what looks dearer is counted again.
const AGAIN: usize = 5;

/// Fails where a path became dearer.
fn check() -> Result<(), Failure> {
    as_it_is_compared()?;
    let (here, blessed) = (Counts::here()?, Counts::blessed()?);
    if here.compiler != blessed.compiler {
        skip(&format!(
            "the counts of instructions are those of {}, and this is {}",
            blessed.compiler, here.compiler
        ));
        return Ok(());
    }
    let mut counts = count(Kind::Sqlite)?;
    // Where threads wait for each other, a part of a count is chance: what looks dearer is to be so each time.
    for _ in 0..AGAIN {
        for path in counts.dearer(&blessed) {
            let again = count::per_request(Kind::Sqlite, &path)?;
            say(&format!("  {path} again: {again} instructions"));
            counts
                .paths
                .entry(path)
                .and_modify(|was| *was = again.min(*was));
        }
    }
    let verdict = counts.beside(&blessed);
    if !verdict.cheaper.is_empty() {
        let cheaper = verdict.cheaper.join("\n  ");
        say(&format!(
            "\nCheaper by more than 5 %, to be written down with\n{RUN} --bless\n  {cheaper}"
        ));
    }
    if verdict.dearer.is_empty() {
        return Ok(());
    }
    let dearer = verdict.dearer.join("\n  ");
    Err(format!(
        "\nDearer by more than 5 %:\n  {dearer}\nThe counts before are of {}, these of {}. Where it is meant to be so:\n{RUN} --bless",
        blessed.library, here.library
    )
    .into())
}

/// Other profiles take other numbers of instructions.
fn as_it_is_compared() -> Result<(), Failure> {
    let program = std::env::current_exe()?;
    // Of `target/counts/examples/instructions`.
    let profile = program.parent().and_then(Path::parent);
    if profile.is_some_and(|profile| profile.ends_with("counts")) {
        return Ok(());
    }
    Err(format!(
        "built with another profile than those that are compared: {RUN} [--check | --bless]"
    )
    .into())
}
