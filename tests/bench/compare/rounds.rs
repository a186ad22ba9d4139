//! The measurements: ours and another server in turn, so that both have the machine's good and bad moments.
//!
//! It does not know how the figures are shown.

use crate::Failure;
use crate::figures::say;
use crate::interrupt;
use crate::operation::Operation;
use crate::options::Options;
use crate::served::Served;
use crate::wrk::{Answered, Wrk};

/// How long a server is asked before it counts, or to see which of its settings is best.
const TRIAL_SECONDS: u64 = 1;

/// How many rows there are to be deleted in a trial: more than any server deletes in that time.
const TRIAL_ROWS: f64 = 150_000.0;

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) answered: Answered,
    /// What a request costs the server's processors, in microseconds.
    pub(crate) cpu: f64,
}

/// What is measured by, for how long.
pub(crate) struct Rounds<'a> {
    pub(crate) wrk: &'a Wrk,
    pub(crate) options: &'a Options,
}

impl Rounds<'_> {
    /// Pairs of measurements, and those of a server alone where there is no other.
    pub(crate) fn pairs(
        &self,
        operation: Operation,
        ours: &Served<'_>,
        theirs: Option<&Served<'_>>,
    ) -> Result<Vec<(Measured, Option<Measured>)>, Failure> {
        let expected = self.trial(operation, ours)?;
        let also = theirs
            .map(|theirs| self.trial(operation, theirs))
            .transpose()?;
        let mut pairs = Vec::new();
        for _ in 0..self.options.pairs {
            let our = self.counted(operation, ours, expected)?;
            let their = theirs.zip(also);
            let their = their.map(|(theirs, expected)| self.counted(operation, theirs, expected));
            pairs.push((our, their.transpose()?));
        }
        Ok(pairs)
    }

    /// The one of several settings that answers most, which all are said.
    pub(crate) fn best<'b, 'c>(
        &self,
        operation: Operation,
        settings: &'b [Served<'c>],
    ) -> Result<&'b Served<'c>, Failure> {
        let [first, others @ ..] = settings else {
            return Err("no server".into());
        };
        if others.is_empty() {
            return Ok(first);
        }
        let (mut best, mut most) = (first, 0.0);
        for served in settings {
            // Once to warm it up.
            let rate = self.trial(operation, served);
            match rate.and_then(|_| self.trial(operation, served)) {
                Ok(rate) => {
                    say(&format!("  tried {}: {rate:.0} {operation}/s", served.name));
                    if rate > most {
                        (best, most) = (served, rate);
                    }
                }
                Err(error) => say(&format!("  tried in vain: {error}")),
            }
        }
        Ok(best)
    }

    /// How many requests are answered a second, more or less.
    fn trial(&self, operation: Operation, served: &Served<'_>) -> Result<f64, Failure> {
        let measured = self.run(operation, served, TRIAL_SECONDS, TRIAL_ROWS)?;
        Ok(measured.answered.per_second)
    }

    /// A measurement that counts, of a server that answers about so many a second.
    fn counted(
        &self,
        operation: Operation,
        served: &Served<'_>,
        expected: f64,
    ) -> Result<Measured, Failure> {
        let seconds = self.options.seconds;
        // On a machine that is shared, a trial may have come in a bad moment.
        let rows = (expected * 10.0 + 1_000.0).min(TRIAL_ROWS);
        #[expect(clippy::cast_precision_loss, reason = "nobody measures for so long")]
        let rows = rows * seconds as f64;
        self.run(operation, served, seconds, rows)
    }

    fn run(
        &self,
        operation: Operation,
        served: &Served<'_>,
        seconds: u64,
        rows: f64,
    ) -> Result<Measured, Failure> {
        interrupt::check()?;
        if operation.changes_the_number_of_rows() {
            let is_delete = operation == Operation::Delete;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a number of rows"
            )]
            let rows = if is_delete { rows as u32 } else { 0 };
            served.data.reset(rows)?;
        }
        let request = operation.request(served.contestant);
        let before = served.usage().cpu;
        let answered = self.wrk.run(&served.address, operation, request, seconds);
        let answered =
            answered.map_err(|error| format!("{}, {operation}: {error}", served.name))?;
        let spent = served.usage().cpu - before;
        Ok(Measured {
            answered,
            cpu: spent * 1e6 / answered.requests,
        })
    }
}
