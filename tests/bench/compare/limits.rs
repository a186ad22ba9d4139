//! The limits: what the disk, the drivers and the databases do when nobody serves anything.
//!
//! It does not know any server.

use topchef_tests::Kind;

use crate::Failure;
use crate::data::Data;
use crate::disk;
use crate::figures::say;
use crate::interrupt;
use crate::operation::Operation;
use crate::raw;
use crate::served::Place;

/// A table of limits on one database.
pub(crate) struct Limits {
    pub(crate) kind: Kind,
    /// How often the disk makes a page durable, a second.
    pub(crate) syncs: f64,
    pub(crate) rows: Vec<(Operation, Vec<Rate>)>,
}

/// By what, and how often a second.
pub(crate) struct Rate {
    pub(crate) by: &'static str,
    pub(crate) rate: f64,
}

/// Over the data of a server that has nothing to do at the moment.
pub(crate) fn measure(
    place: &Place<'_>,
    data: &Data,
    connections: usize,
) -> Result<Limits, Failure> {
    let syncs = disk::syncs_per_second(place.folder)?;
    say(&format!("limits: {syncs:.0} fdatasyncs/s"));
    let mut rows = Vec::new();
    for operation in Operation::ALL {
        interrupt::check()?;
        let rates = match place.kind {
            Kind::Sqlite => vec![
                Rate {
                    by: "rusqlite, one thread",
                    rate: raw::over_rusqlite(data, operation)?,
                },
                Rate {
                    by: "sqlx, one connection",
                    rate: raw::over_sqlx(data, operation)?,
                },
            ],
            Kind::Postgres => vec![Rate {
                by: "pgbench",
                rate: raw::over_pgbench(data, place.folder, operation, connections)?,
            }],
        };
        for Rate { by, rate } in &rates {
            say(&format!("limits, {operation}: {rate:.0}/s by {by}"));
        }
        rows.push((operation, rates));
    }
    data.reset(0)?;
    Ok(Limits {
        kind: place.kind,
        syncs,
        rows,
    })
}
