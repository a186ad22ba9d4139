//! How many statements a batch has, and how many are on their way at once: more in a batch while that goes well.
//!
//! It does not know what they are.

use std::time::{Duration, Instant};

/// What several may take longer than one and a half times as long as one does: what takes its time by itself is better done
/// by many at once.
const LONGER: Duration = Duration::from_millis(1);

/// How many in a row may take longer: on each connection the first ones of each size are prepared, and planned anew.
const SLOW: u32 = 16;

/// For how long, after something went wrong with several, no more are run as one.
const CALM: Duration = Duration::from_secs(1);

/// As [`CALM`], where the database has no such batches.
const LONG_CALM: Duration = Duration::from_mins(1);

/// What takes longer by itself, as over a long way, is better done on all connections at once.
const BRIEF: Duration = Duration::from_millis(2);

/// The weight that what one took has among those before it.
const NEWEST: u32 = 8;

/// The size of the batches of one text.
#[derive(Debug)]
pub(super) struct Size {
    most: usize,
    limit: usize,
    /// What one takes by itself, as it has been lately.
    alone: Duration,
    /// How many in a row took too long.
    slow: u32,
    /// Until when no more are run as one.
    calm: Option<Instant>,
}

/// What became of several.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ran {
    /// They took so long.
    Well(Duration),
    /// Something went wrong with one of them.
    Undone,
    /// The database does not run these as one.
    Unsupported,
}

impl Size {
    /// One that begins with two, and never takes more than so many.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            most: limit.min(2),
            limit,
            alone: Duration::ZERO,
            slow: 0,
            calm: None,
        }
    }

    /// How many are run as one at most.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// What one takes by itself.
    pub(super) fn alone(&self) -> Duration {
        self.alone
    }

    /// How many are on their way at once: few where they are brief, or all.
    pub(super) fn slots(&self, few: usize, all: usize) -> usize {
        if self.alone > BRIEF { all } else { few }
    }

    /// Notes what one took by itself.
    pub(super) fn ran_alone(&mut self, took: Duration) {
        self.alone = if self.alone.is_zero() {
            took
        } else {
            (self.alone * (NEWEST - 1) + took) / NEWEST
        };
    }

    /// Notes what became of so many that were run as one.
    pub(super) fn ran(&mut self, count: usize, ran: Ran, now: Instant) {
        let fewer = (count / 2).max(1);
        match ran {
            Ran::Well(took) if took <= self.alone * 3 / 2 + LONGER => {
                self.slow = 0;
                if count >= self.most && self.is_calm(now) {
                    self.most = (self.most * 2).min(self.limit);
                }
            }
            Ran::Well(_) if self.slow < SLOW => self.slow += 1,
            Ran::Well(_) | Ran::Undone => {
                self.slow = 0;
                self.most = self.most.min(fewer);
                self.calm = Some(now + CALM);
            }
            Ran::Unsupported => {
                self.most = 1;
                self.calm = Some(now + LONG_CALM);
            }
        }
    }

    /// Where everyone goes alone, tries two again after a while.
    pub(super) fn again(&mut self, now: Instant) {
        if self.most < 2 && self.is_calm(now) {
            self.most = self.limit.min(2);
        }
    }

    fn is_calm(&self, now: Instant) -> bool {
        self.calm.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Duration = Duration::from_micros(200);
    const LONG: Duration = Duration::from_millis(5);

    fn grown() -> (Size, Instant) {
        let (mut size, now) = (Size::new(16), Instant::now());
        size.ran_alone(ONE);
        for count in [2, 4, 8, 16] {
            assert_eq!(size.most(), count);
            size.ran(count, Ran::Well(ONE * 2), now);
        }
        assert_eq!(size.most(), 16);
        (size, now)
    }

    #[test]
    fn as_many_go_along_as_went_well() {
        let (mut size, now) = grown();
        // Few that go well are no reason for more.
        size.ran(16, Ran::Undone, now);
        assert_eq!(size.most(), 8);
        let later = now + CALM;
        size.ran(2, Ran::Well(ONE), later);
        assert_eq!(size.most(), 8);
        size.ran(8, Ran::Well(ONE), later);
        assert_eq!(size.most(), 16);
    }

    #[test]
    fn what_goes_wrong_is_tried_with_fewer_for_a_while() {
        let (mut size, now) = grown();
        for count in [16, 8, 4, 2] {
            size.ran(count, Ran::Undone, now);
            size.ran(count / 2, Ran::Well(ONE), now);
            assert_eq!(size.most(), count / 2);
        }
        size.again(now);
        assert_eq!(size.most(), 1);
        size.again(now + CALM);
        assert_eq!(size.most(), 2);
    }

    #[test]
    fn several_that_take_long_are_made_fewer_but_not_for_one_halt() {
        let (mut size, now) = grown();
        for _ in 0..SLOW {
            size.ran(16, Ran::Well(LONG), now);
        }
        assert_eq!(size.most(), 16);
        size.ran(16, Ran::Well(LONG), now);
        assert_eq!(size.most(), 8);
        for _ in 0..SLOW {
            size.ran(8, Ran::Well(LONG), now);
        }
        size.ran(8, Ran::Well(ONE), now);
        size.ran(8, Ran::Well(LONG), now);
        assert_eq!(size.most(), 8);
    }

    #[test]
    fn what_takes_its_time_by_itself_may_do_so_with_others() {
        let (mut size, now) = (Size::new(16), Instant::now());
        for _ in 0..100 {
            size.ran_alone(LONG * 2);
        }
        for _ in 0..=SLOW {
            size.ran(2, Ran::Well(LONG * 3), now);
        }
        assert_eq!(size.most(), 4);
        // As much for each as by itself.
        for _ in 0..=SLOW {
            size.ran(4, Ran::Well(LONG * 8), now);
        }
        assert_eq!(size.most(), 2);
    }

    #[test]
    fn what_the_database_does_not_run_as_one_is_not_tried_soon() {
        let (mut size, now) = grown();
        size.ran(4, Ran::Unsupported, now);
        size.again(now + CALM);
        assert_eq!(size.most(), 1);
        size.again(now + LONG_CALM);
        assert_eq!(size.most(), 2);
    }

    #[test]
    fn what_is_on_its_way_for_long_has_all_connections() {
        let mut size = Size::new(8);
        assert_eq!(size.slots(2, 10), 2);
        size.ran_alone(ONE);
        assert_eq!(size.slots(2, 10), 2);
        for _ in 0..20 {
            size.ran_alone(LONG);
        }
        assert_eq!(size.slots(2, 10), 10);
    }
}
