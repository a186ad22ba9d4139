//! How often, and after which pauses, a hook that fails is tried again.
//!
//! It does not know what fails.

use std::time::Duration;

use uuid::Uuid;

/// How often, and after which pauses, an `after_commit` hook that fails is tried again.
///
/// The pauses double from the first to the longest, each a tenth shorter or longer by chance.
/// Without more words a hook is tried 16 times in about five hours: after 1, 2, 4 seconds and so on, at most an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 16,
            first: Duration::from_secs(1),
            longest: Duration::from_hours(1),
        }
    }
}

impl Retries {
    /// Tried this often in all, at least once; then it is given up, and waits for an operator.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// With another first pause.
    #[must_use]
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first = pause;
        self
    }

    /// With another longest pause.
    #[must_use]
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest = pause;
        self
    }

    /// Whether there is no other attempt after this many.
    pub(super) fn are_over(self, attempts: i64) -> bool {
        attempts >= i64::from(self.attempts)
    }

    /// The pause after this many attempts, in milliseconds.
    pub(super) fn pause(self, attempts: i64) -> i64 {
        let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let factor = 2_u32.saturating_pow(doublings.min(31));
        let pause = self.first.saturating_mul(factor).min(self.longest);
        let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 2);
        // A chance number from 90 to 110.
        let percent = 90 + i64::from(Uuid::now_v7().as_bytes()[15] % 21);
        millis.saturating_mul(percent) / 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end() {
        let retries = Retries::default();
        for (attempts, expected) in [
            (1, 1_000),
            (2, 2_000),
            (5, 16_000),
            (13, 3_600_000),
            (i64::MAX, 3_600_000),
        ] {
            let pause = retries.pause(attempts);
            assert!((expected * 9 / 10..=expected * 11 / 10).contains(&pause));
        }
        assert!(!retries.are_over(15));
        assert!(retries.are_over(16));
        assert!(Retries::default().attempts(0).are_over(1));
    }
}
