//! The time as the queue stores it.
//!
//! It does not know what is timed.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

/// Now, in the microseconds that are stored: what is answered is what will be read.
pub(crate) fn now() -> DateTime<Utc> {
    let now = Utc::now();
    now.duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(now)
}
