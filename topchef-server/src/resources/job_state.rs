//! The states of a job as they are stored: small numbers, so that indexes which hold some of the jobs are small too.
//!
//! It does not know how a job gets from one to another.

use topchef_runtime::Value;
use topchef_runtime::column::{Cell, ColumnType, DecodeError, Kind};

use super::JobStatus;

/// Where a job is. The numbers are in the tables and in the conditions of their indexes: those before `Succeeded` are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JobState {
    /// A worker can take it.
    Ready = 0,
    /// It waits for its time.
    Scheduled = 1,
    /// It waits for other jobs.
    Blocked = 2,
    /// A worker has it.
    Leased = 3,
    /// Done, with results.
    Succeeded = 4,
    /// Its worker gave it up.
    Failed = 5,
    /// It was tried often enough.
    Dead = 6,
    /// Somebody has said that it is not wanted any more.
    Cancelled = 7,
}

impl JobState {
    /// All of them, each at the place of its number.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Scheduled,
        Self::Blocked,
        Self::Leased,
        Self::Succeeded,
        Self::Failed,
        Self::Dead,
        Self::Cancelled,
    ];

    /// What people call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Scheduled => "scheduled",
            Self::Blocked => "blocked",
            Self::Leased => "leased",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// What the original's clients are shown.
    pub const fn status(self) -> JobStatus {
        match self {
            Self::Ready | Self::Scheduled | Self::Blocked => JobStatus::Registered,
            Self::Leased => JobStatus::Working,
            Self::Succeeded => JobStatus::Completed,
            Self::Failed | Self::Dead | Self::Cancelled => JobStatus::Error,
        }
    }

    /// Whether nothing more happens to it by itself.
    pub fn is_end(self) -> bool {
        self >= Self::Succeeded
    }
}

impl ColumnType for JobState {
    const KIND: Kind = Kind::Integer { min: 0, max: 7 };

    fn from_cell(cell: Cell<'_>) -> Result<Self, DecodeError> {
        let number = i64::from_cell(cell)?;
        let state = usize::try_from(number).ok();
        let state = state.and_then(|place| Self::ALL.get(place).copied());
        state.ok_or_else(|| DecodeError::unknown_variant(&number.to_string()))
    }

    fn to_value(&self) -> Value {
        Value::BigInt(Some(*self as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_stored_as_its_number() {
        for (place, state) in JobState::ALL.into_iter().enumerate() {
            let number = i64::try_from(place).unwrap();
            assert_eq!(state.to_value(), Value::BigInt(Some(number)));
            assert_eq!(JobState::from_cell(Cell::Integer(number)).unwrap(), state);
        }
        for number in [-1, 8, i64::MAX] {
            assert!(JobState::from_cell(Cell::Integer(number)).is_err());
        }
    }

    #[test]
    fn the_open_states_come_before_the_ends() {
        let open = JobState::ALL.into_iter().filter(|state| !state.is_end());
        let shown: Vec<_> = open.map(|state| state.status().as_str()).collect();
        assert_eq!(shown, ["REGISTERED", "REGISTERED", "REGISTERED", "WORKING"]);
    }
}
