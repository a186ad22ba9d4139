//! The tables: what was measured, ratios above all.
//!
//! It does not know how it was measured.

use topchef_tests::Kind;

use crate::contestants::TOPCHEF;
use crate::figures::{median, say};
use crate::limits::Limits;
use crate::operation::Operation;
use crate::rounds::Measured;

/// All that was measured, in that order.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    memory: Vec<(Kind, String, f64)>,
    limits: Vec<Limits>,
    /// What could not be measured, and why.
    missing: Vec<String>,
}

/// One server beside ours, in one operation on one database; ours alone where there is no other.
struct Row {
    kind: Kind,
    operation: Operation,
    name: String,
    pairs: Vec<(Measured, Option<Measured>)>,
}

const HEAD: &str = "| server | requests/s | 50 % within ms | 99 % within ms | CPU us/request | requests/s, topchef / it | pairs | CPU/request, topchef / it |
| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |";

impl Report {
    /// Keeps what was measured, and says it.
    pub(crate) fn add(
        &mut self,
        kind: Kind,
        operation: Operation,
        name: String,
        pairs: Vec<(Measured, Option<Measured>)>,
    ) {
        let row = Row {
            kind,
            operation,
            name,
            pairs,
        };
        let ours = figures(&row.ours());
        say(&format!("{kind}, {operation}: | topchef | {ours} |"));
        if let Some(line) = row.line() {
            say(&format!("{kind}, {operation}: {line}"));
        }
        self.rows.push(row);
    }

    /// The most memory that a server had.
    pub(crate) fn add_memory(&mut self, kind: Kind, name: &str, peak: f64) {
        self.memory.push((kind, name.to_owned(), peak));
    }

    pub(crate) fn add_limits(&mut self, limits: Limits) {
        self.limits.push(limits);
    }

    pub(crate) fn add_missing(&mut self, what: String) {
        say(&format!("NOT MEASURED: {what}"));
        self.missing.push(what);
    }

    /// Everything once more, as tables.
    pub(crate) fn print(&self) {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            for operation in Operation::ALL {
                let of_it = |row: &&Row| row.kind == kind && row.operation == operation;
                let rows: Vec<&Row> = self.rows.iter().filter(of_it).collect();
                if !rows.is_empty() {
                    print(&format!("{kind}, {operation}"), &rows);
                }
            }
            self.print_memory(kind);
        }
        self.limits.iter().for_each(print_limits);
        for what in &self.missing {
            say(&format!("not measured: {what}"));
        }
    }

    fn print_memory(&self, kind: Kind) {
        let of_it: Vec<_> = self.memory.iter().filter(|(of, ..)| *of == kind).collect();
        if of_it.is_empty() {
            return;
        }
        say(&format!("\n{kind}, memory:\n"));
        say("| server | MiB at most |\n| --- | ---: |");
        for (_, name, peak) in of_it {
            say(&format!("| {name} | {peak:.0} |"));
        }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }
}

fn print(name: &str, rows: &[&Row]) {
    say(&format!("\n{name}:\n\n{HEAD}"));
    let ours: Vec<Measured> = rows.iter().flat_map(|row| row.ours()).collect();
    say(&format!("| {} | {} | | | |", TOPCHEF.name, figures(&ours)));
    for line in rows.iter().filter_map(|row| row.line()) {
        say(&line);
    }
}

fn print_limits(limits: &Limits) {
    let Some((_, first)) = limits.rows.first() else {
        return;
    };
    let by: Vec<&str> = first.iter().map(|rate| rate.by).collect();
    say(&format!(
        "\n{}, without a server, a second; the disk makes {:.0} pages durable in that time:\n",
        limits.kind, limits.syncs
    ));
    say(&format!("| operation | {} |", by.join(" | ")));
    say(&format!("| --- |{}", " ---: |".repeat(by.len())));
    for (operation, rates) in &limits.rows {
        let rates: Vec<String> = rates.iter().map(|it| format!("{:.0}", it.rate)).collect();
        say(&format!("| {operation} | {} |", rates.join(" | ")));
    }
}

impl Row {
    fn ours(&self) -> Vec<Measured> {
        self.pairs.iter().map(|(ours, _)| *ours).collect()
    }

    /// The other server's line.
    fn line(&self) -> Option<String> {
        let both = self
            .pairs
            .iter()
            .map(|(ours, theirs)| Some((*ours, (*theirs)?)));
        let both: Vec<(Measured, Measured)> = both.collect::<Option<_>>()?;
        let theirs: Vec<Measured> = both.iter().map(|(_, theirs)| *theirs).collect();
        let rates = both
            .iter()
            .map(|(ours, theirs)| ours.answered.per_second / theirs.answered.per_second);
        let mut rates: Vec<f64> = rates.collect();
        rates.sort_by(f64::total_cmp);
        let costs = both.iter().map(|(ours, theirs)| ours.cpu / theirs.cpu);
        Some(format!(
            "| {} | {} | {:.2} | {:.2} to {:.2} | {:.2} |",
            self.name,
            figures(&theirs),
            median(rates.clone()),
            rates.first()?,
            rates.last()?,
            median(costs.collect()),
        ))
    }
}

/// The medians of one server's measurements.
fn figures(measured: &[Measured]) -> String {
    let middle = |figure: fn(&Measured) -> f64| median(measured.iter().map(figure).collect());
    format!(
        "{:.0} | {:.2} | {:.2} | {:.1}",
        middle(|it| it.answered.per_second),
        middle(|it| it.answered.milliseconds[0]),
        middle(|it| it.answered.milliseconds[2]),
        middle(|it| it.cpu),
    )
}
