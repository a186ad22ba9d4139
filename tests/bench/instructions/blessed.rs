//! The counts that are in the repository, and what is said of others beside them.
//!
//! It does not know how anything is counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Failure;

/// How many percent more than it was a path may cost, and how many less before that is worth writing down.
const PERCENT: u64 = 5;

const HEAD: &str = "\
# Instructions that one request takes, of all threads together, each path over SQLite.
# They depend on the compiler and a little on the C library and the processor: they are only compared where the compiler
# is the same. README.md in the folder above says how to count, to check and to write this file anew (--bless).
";

/// What was counted, and with what.
#[derive(Debug, PartialEq)]
pub(crate) struct Counts {
    pub(crate) compiler: String,
    pub(crate) library: String,
    pub(crate) paths: BTreeMap<String, u64>,
}

/// What a comparison comes to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Verdict {
    /// Each is a reason to fail.
    pub(crate) dearer: Vec<String>,
    /// Each is a reason to write the file anew.
    pub(crate) cheaper: Vec<String>,
}

impl Counts {
    /// None yet, of what is built and run here.
    pub(crate) fn here() -> Result<Self, Failure> {
        let compiler = said("rustc", &["-vV"])?;
        let line = |name: &str| compiler.lines().find_map(|line| line.strip_prefix(name));
        Ok(Self {
            compiler: format!(
                "{} for {}",
                compiler.lines().next().unwrap_or_default(),
                line("host: ").unwrap_or_default()
            ),
            library: said("getconf", &["GNU_LIBC_VERSION"])
                .map_or("unknown".to_owned(), |library| library.trim().to_owned()),
            paths: BTreeMap::new(),
        })
    }

    /// Those of the file.
    pub(crate) fn blessed() -> Result<Self, Failure> {
        let path = file();
        let text = fs::read_to_string(&path);
        Self::read(&text.map_err(|error| format!("{}: {error}", path.display()))?)
    }

    /// Makes these the ones of the file.
    pub(crate) fn bless(&self) -> Result<(), Failure> {
        Ok(fs::write(file(), self.text())?)
    }

    fn read(text: &str) -> Result<Self, Failure> {
        let mut counts = Self {
            compiler: String::new(),
            library: String::new(),
            paths: BTreeMap::new(),
        };
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for line in lines.filter(|line| !line.is_empty()) {
            match line.split_once(": ") {
                Some(("compiler", compiler)) => compiler.clone_into(&mut counts.compiler),
                Some(("library", library)) => library.clone_into(&mut counts.library),
                Some((path, count)) => {
                    counts.paths.insert(path.to_owned(), count.parse()?);
                }
                None => return Err(format!("no `name: value`: {line}").into()),
            }
        }
        Ok(counts)
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{HEAD}compiler: {}\nlibrary: {}\n\n",
            self.compiler, self.library
        );
        for (path, count) in &self.paths {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{path}: {count}");
        }
        text
    }

    /// The paths that are in both and dearer here.
    pub(crate) fn dearer(&self, blessed: &Self) -> Vec<String> {
        let paths = self.paths.iter().filter(|(path, count)| {
            let was = blessed.paths.get(*path);
            was.is_some_and(|was| is_dearer(*was, **count))
        });
        paths.map(|(path, _)| path.clone()).collect()
    }

    /// What there is to say of these beside the blessed ones.
    pub(crate) fn beside(&self, blessed: &Self) -> Verdict {
        let mut verdict = Verdict::default();
        for (path, count) in &self.paths {
            let Some(was) = blessed.paths.get(path) else {
                verdict.dearer.push(format!("{path} is not in the file"));
                continue;
            };
            let line = || format!("{path}: {}", change(*was, *count));
            if is_dearer(*was, *count) {
                verdict.dearer.push(line());
            } else if count * 100 < was * (100 - PERCENT) {
                verdict.cheaper.push(line());
            }
        }
        let gone = blessed.paths.keys();
        for path in gone.filter(|path| !self.paths.contains_key(*path)) {
            verdict.dearer.push(format!("{path} is no longer counted"));
        }
        verdict
    }
}

fn is_dearer(was: u64, is: u64) -> bool {
    is * 100 > was * (100 + PERCENT)
}

/// Two counts, and how many percent lie between them.
#[expect(
    clippy::cast_precision_loss,
    reason = "no request takes so many instructions that it matters"
)]
pub(crate) fn change(was: u64, is: u64) -> String {
    let percent = (is as f64 / was as f64 - 1.0) * 100.0;
    format!("{is} instructions, {was} before ({percent:+.1} %)")
}

fn file() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "bench/instructions/counts.txt"]
        .iter()
        .collect()
}

/// What a program says, asked from where the toolchain is pinned.
fn said(program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output();
    let output = output.map_err(|error| format!("{program} cannot be run: {error}"))?;
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(paths: &[(&str, u64)]) -> Counts {
        Counts {
            compiler: "rustc 1.2.3 for a machine".to_owned(),
            library: "glibc 1.2".to_owned(),
            paths: paths
                .iter()
                .map(|(path, count)| ((*path).to_owned(), *count))
                .collect(),
        }
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let written = counts(&[("a", 1), ("b", 20_000)]);
        assert_eq!(Counts::read(&written.text()).ok(), Some(written));
        assert!(Counts::read("a").is_err());
        assert!(Counts::read("a: many").is_err());
    }

    #[test]
    fn five_percent_are_borne_and_no_more() {
        let blessed = counts(&[("a", 1_000), ("b", 1_000), ("c", 1_000), ("d", 1_000)]);
        let now = counts(&[("a", 1_050), ("b", 1_051), ("c", 950), ("d", 949)]);
        assert_eq!(now.dearer(&blessed), ["b"]);
        let verdict = now.beside(&blessed);
        assert_eq!(
            verdict.dearer,
            ["b: 1051 instructions, 1000 before (+5.1 %)"]
        );
        assert_eq!(
            verdict.cheaper,
            ["d: 949 instructions, 1000 before (-5.1 %)"]
        );
    }

    #[test]
    fn a_path_that_comes_or_goes_must_be_written_down() {
        let verdict = counts(&[("new", 1)]).beside(&counts(&[("old", 1)]));
        assert_eq!(
            verdict.dearer,
            ["new is not in the file", "old is no longer counted"]
        );
        assert_eq!(verdict.cheaper, Vec::<String>::new());
    }
}
