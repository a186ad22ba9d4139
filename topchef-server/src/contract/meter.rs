//! Owns the count of the work and memory of the validation that runs on this thread.
//! Does not know what is being validated.
//!
//! The count is kept per thread because `jsonschema` makes some nodes itself (one for every property name)
//! and gives a representation no place to pass a counter along.

use std::cell::Cell;

/// What a validation may spend, and what its schema makes expensive.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rates {
    /// Units of work, see [`Limits::evaluations`](super::Limits::evaluations).
    pub(super) units: u64,
    /// Bytes for errors.
    pub(super) bytes: u64,
    /// Width of the widest pattern: the states a matcher may hold for every byte of a string.
    pub(super) string_width: u64,
    /// Width of all patterns on property names together.
    pub(super) name_width: u64,
    /// Longest chain of subschemas on one instance: each level of the document may add as many frames.
    pub(super) chain: u64,
    /// Bytes of the largest piece of the schema that an error carries.
    pub(super) error_bytes: u64,
}

thread_local! {
    static RATES: Cell<Rates> = const { Cell::new(Rates {
        units: 0, bytes: 0, string_width: 0, name_width: 0, chain: 0, error_bytes: 0,
    }) };
}

/// Clears the count when a validation ends, also by unwinding.
struct Running;

impl Drop for Running {
    fn drop(&mut self) {
        RATES.set(Rates::default());
    }
}

/// Run `work` within `rates`; the second part is what was left of them, nothing left meaning that the result is not to be trusted.
pub(super) fn within<T>(rates: Rates, work: impl FnOnce() -> T) -> (T, Rates) {
    RATES.set(rates);
    let running = Running;
    let result = work();
    let left = RATES.get();
    drop(running);
    (result, left)
}

impl Rates {
    /// Whether the validation ran to its end.
    pub(super) fn is_left(&self) -> bool {
        self.units > 0 && self.bytes > 0
    }

    fn spend(mut self, units: u64, bytes: u64) -> bool {
        self.units = self.units.saturating_sub(units);
        self.bytes = self.bytes.saturating_sub(bytes);
        RATES.set(self);
        self.is_left()
    }

    /// `jsonschema` searches the stack of references for cycles, so a question costs more the deeper it is asked.
    fn question(&self, depth: u32) -> u64 {
        1 + ((u64::from(depth) * self.chain) >> 6)
    }
}

/// Spend what one question at `depth` costs, and `extra`; `false` when nothing is left.
pub(super) fn ask(depth: u32, extra: u64) -> bool {
    let rates = RATES.get();
    rates.spend(rates.question(depth).saturating_add(extra), 0)
}

/// Spend what matching a string of `length` bytes may cost.
///
/// The lazy DFA of `regex` takes about 1 ns a byte, but falls back to simulating every state when its cache thrashes.
pub(super) fn string(depth: u32, length: usize) -> bool {
    let rates = RATES.get();
    rates.spend(rates.question(depth) + text(length, rates.string_width), 0)
}

/// Spend what visiting a property whose name has `length` bytes may cost.
pub(super) fn name(depth: u32, length: usize) -> bool {
    let rates = RATES.get();
    rates.spend(
        rates.question(depth) + 1 + text(length, rates.name_width),
        0,
    )
}

/// Spend what an error at `depth` costs, whose pointer has `path` bytes.
pub(super) fn error(depth: u32, path: u32) -> bool {
    let rates = RATES.get();
    let hops = u64::from(depth) * rates.chain;
    // An error, its excerpt, its pointer and its way through the references of the schema.
    let bytes = 768 + u64::from(path) + rates.error_bytes + hops * 48;
    rates.spend(rates.question(depth) + 30 + bytes / 64, bytes)
}

fn text(length: usize, width: u64) -> u64 {
    let length = length as u64;
    length / 16 + length.saturating_mul(width) / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_stops_when_nothing_is_left() {
        let rates = Rates {
            units: 3,
            bytes: 1,
            ..Rates::default()
        };
        let (answers, left) = within(rates, || [ask(0, 0), ask(0, 0), ask(0, 0), ask(0, 0)]);
        assert_eq!(answers, [true, true, false, false]);
        assert!(!left.is_left());
        assert!(
            !ask(0, 0),
            "no validation runs, so there is nothing to spend"
        );
    }

    #[test]
    fn long_strings_cost_more_under_wide_patterns() {
        let spent = |width| {
            let rates = Rates {
                units: 1_000_000,
                bytes: 1,
                string_width: width,
                ..Rates::default()
            };
            rates.units - within(rates, || string(0, 10_000)).1.units
        };
        assert!(spent(100) > 100 * spent(0));
    }
}
