//! What a process and its children needed of the machine: a server may well be several processes.
//!
//! It does not know what they do.

use std::collections::HashMap;
use std::fs;

/// The ticks that the kernel counts the time of processors in, a second: the same on every system that there is.
const TICKS: f64 = 100.0;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Seconds of all processors together.
    pub(crate) cpu: f64,
    /// The most memory that each process had, summed up, in MiB.
    pub(crate) peak: f64,
}

/// One process, as the kernel shows it.
struct Process {
    parent: u32,
    cpu: f64,
}

/// Of the process and all below it.
pub(crate) fn usage(root: u32) -> Usage {
    let processes = processes();
    let mut sum = Usage::default();
    for id in members(root, &processes) {
        sum.cpu += processes.get(&id).map_or(0.0, |process| process.cpu);
        sum.peak += peak(id).unwrap_or_default();
    }
    sum
}

/// The process and all below it, parents first.
pub(crate) fn family(root: u32) -> Vec<u32> {
    members(root, &processes())
}

fn members(root: u32, processes: &HashMap<u32, Process>) -> Vec<u32> {
    let mut family = vec![root];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        let children = processes.iter().filter(|(_, child)| child.parent == parent);
        family.extend(children.map(|(id, _)| *id));
        next += 1;
    }
    family
}

fn processes() -> HashMap<u32, Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return HashMap::new();
    };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| Some((id, process(id)?))).collect()
}

fn process(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before it may hold anything; the state, the parent, … follow.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Process {
        parent: fields.get(1)?.parse().ok()?,
        // In it, and for it in the kernel; then the same of children that have ended.
        cpu: (ticks(11)? + ticks(12)? + ticks(13)? + ticks(14)?) / TICKS,
    })
}

fn peak(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes / 1024.0)
}
