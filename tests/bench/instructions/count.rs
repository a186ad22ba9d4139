//! How many instructions a request takes: this program under valgrind, twice, with two numbers of requests.
//!
//! What both runs have in common, the start above all, is not in the difference.

use std::process::{Command, Stdio};

use topchef_tests::Kind;

use crate::{FEW, Failure, MOST};

/// Instructions of all threads together for one request more.
pub(crate) fn per_request(kind: Kind, path: &str) -> Result<u64, Failure> {
    // Both at once: a run uses one processor at a time.
    let (few, most) = std::thread::scope(|scope| {
        let few = scope.spawn(|| of_a_run(kind, path, FEW));
        let most = of_a_run(kind, path, MOST);
        (few.join(), most)
    });
    let few = few.map_err(|_| "the thread that counts is gone")??;
    let more = most?
        .checked_sub(few)
        .ok_or("more requests took fewer instructions")?;
    Ok(more / u64::from(MOST - FEW))
}

fn of_a_run(kind: Kind, path: &str, times: u32) -> Result<u64, Failure> {
    let mut valgrind = Command::new("valgrind");
    // Of its tools, the quickest that counts; caches are not simulated, and no file is written.
    valgrind.args([
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
        "--vgdb=no",
        "--fair-sched=try",
    ]);
    valgrind.arg(std::env::current_exe()?);
    valgrind.args(["--ask", path, &times.to_string()]);
    let database = match kind {
        Kind::Sqlite => "sqlite",
        Kind::Postgres => "postgres",
    };
    valgrind.env("TOPCHEF_TEST_DATABASE", database);
    let output = valgrind.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let counted = said.lines().find_map(instructions);
    match counted {
        Some(counted) if output.status.success() => Ok(counted),
        _ => Err(format!("{path} under valgrind: {}\n{said}", output.status).into()),
    }
}

/// The number of a line such as `==7== I   refs:      1,234,567`.
fn instructions(line: &str) -> Option<u64> {
    let (before, number) = line.split_once("refs:")?;
    if !before.trim_end().ends_with(" I") {
        return None;
    }
    number.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::instructions;

    #[test]
    fn both_forms_of_the_line_are_read() {
        assert_eq!(
            instructions("==7== I   refs:      1,234,567"),
            Some(1_234_567)
        );
        assert_eq!(instructions("==7== I refs:        12"), Some(12));
        assert_eq!(instructions("==7== D refs:        12"), None);
        assert_eq!(instructions("==7== Command: ./instructions"), None);
    }
}
