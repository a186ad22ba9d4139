//! How fast ours is beside others: the same API, over the same tables, under the same load.
//! `README.md` in the folder above says how to run it and how to read what it prints.

mod check;
mod contest;
mod contestants;
mod data;
#[path = "../disk.rs"]
mod disk;
#[path = "../figures.rs"]
mod figures;
mod interrupt;
mod limits;
#[path = "../machine.rs"]
mod machine;
mod operation;
mod options;
mod programs;
mod raw;
mod report;
mod rounds;
mod served;
mod tree;
mod versions;
mod wrk;

use std::path::Path;

use contest::{Contest, Names};
use figures::say;
use options::Options;
use report::Report;
use rounds::Rounds;
use wrk::Wrk;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let names = Names::default();
    let options = Options::read(&names.all())?;
    interrupt::listen()?;
    let folder = machine::Folder::new(std::iter::empty())?;
    measure(&folder, &names, &options)
}

fn measure(folder: &Path, names: &Names, options: &Options) -> Result<(), Failure> {
    machine::describe(folder);
    let wrk = Wrk::new(folder, options.connections)?;
    versions::describe();
    say(&format!(
        "{} connections, {} pairs of {} s each; medians count\n",
        options.connections, options.pairs, options.seconds
    ));
    let installed = folder.join("../../compare-opponents");
    std::fs::create_dir_all(&installed)?;
    let mut contest = Contest {
        names,
        folder,
        installed: installed.canonicalize()?,
        rounds: Rounds { wrk: &wrk, options },
        report: Report::default(),
    };
    let outcome = contest.all();
    contest.report.print();
    outcome?;
    if contest.report.is_whole() {
        Ok(())
    } else {
        Err("not all was measured".into())
    }
}
