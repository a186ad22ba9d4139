//! What every benchmark prints with: the middle of several figures, the processors, a line.
//!
//! It does not know what is measured.

use std::fs;

/// The middle one, of an even number the larger of the two; no number of none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How many processors there are, and of which model.
pub(crate) fn processors() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|model| model.trim_start_matches([' ', '\t', ':']));
    let count = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{count} processors, {}", model.unwrap_or("unknown model"))
}

#[expect(clippy::print_stdout, reason = "it is what a benchmark is run for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
