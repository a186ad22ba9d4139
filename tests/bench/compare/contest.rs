//! The contest on each database: all servers are started, then ours is measured beside each of the others.
//!
//! It does not know how a server is measured, nor what is made of the figures.

use std::path::{Path, PathBuf};

use topchef_tests::{Cluster, Kind};

use crate::Failure;
use crate::check::check;
use crate::contestants::{Contestant, OPPONENTS, TOPCHEF, word};
use crate::figures::say;
use crate::limits;
use crate::operation::Operation;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::served::{Place, Served};
use crate::versions;

const KINDS: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// The name of what is measured without a server.
const LIMITS: &str = "limits";

/// What can be named to be measured.
pub(crate) struct Names {
    databases: Vec<&'static str>,
    operations: Vec<&'static str>,
    /// Ours is always measured: to name it is to measure it alone.
    servers: Vec<&'static str>,
}

pub(crate) struct Contest<'a> {
    pub(crate) names: &'a Names,
    /// For files that are removed at the end.
    pub(crate) folder: &'a Path,
    /// Where the servers of others are built and installed, and stay.
    pub(crate) installed: PathBuf,
    pub(crate) rounds: Rounds<'a>,
    pub(crate) report: Report,
}

impl Default for Names {
    fn default() -> Self {
        let operations = Operation::ALL.into_iter().map(Operation::name);
        let opponents = OPPONENTS.iter().map(|opponent| opponent.name);
        Self {
            databases: KINDS.into_iter().map(word).collect(),
            operations: operations.chain(std::iter::once(LIMITS)).collect(),
            servers: std::iter::once(TOPCHEF.name).chain(opponents).collect(),
        }
    }
}

impl Names {
    pub(crate) fn all(&self) -> Vec<&'static str> {
        let parts = [&self.databases, &self.operations, &self.servers];
        parts.into_iter().flatten().copied().collect()
    }
}

impl Contest<'_> {
    /// On each database that is wanted, and there.
    pub(crate) fn all(&mut self) -> Result<(), Failure> {
        if self.wants(word(Kind::Sqlite), &self.names.databases) {
            self.on(Kind::Sqlite, "")?;
        }
        if self.wants(word(Kind::Postgres), &self.names.databases) {
            let cluster = cluster();
            match cluster.as_ref().map(Cluster::address).or_else(named) {
                Some(address) => {
                    versions::describe_postgres(&address)?;
                    self.on(Kind::Postgres, &address)?;
                }
                None => say("PostgreSQL is skipped: tests/postgres starts this program beside one"),
            }
        }
        Ok(())
    }

    fn wants(&self, name: &str, of: &[&str]) -> bool {
        self.rounds.options.want(name, of)
    }

    fn on(&mut self, kind: Kind, postgres: &str) -> Result<(), Failure> {
        let place = Place {
            kind,
            folder: self.folder,
            work: &self.installed.clone(),
            postgres,
        };
        let ours = Served::start(&place, &TOPCHEF, None)?;
        check(&ours)?;
        let others = self.others(&place);
        for operation in Operation::ALL {
            if self.wants(operation.name(), &self.names.operations) {
                self.measure(kind, operation, &ours, &others)?;
            }
        }
        if self.wants(LIMITS, &self.names.operations) {
            let connections = self.rounds.options.connections;
            match limits::measure(&place, &ours.data, connections) {
                Ok(limits) => self.report.add_limits(limits),
                Err(error) => self.report.add_missing(format!("limits: {error}")),
            }
        }
        for served in std::iter::once(&ours).chain(others.iter().flatten()) {
            let peak = served.usage().peak;
            self.report.add_memory(kind, &served.name, peak);
        }
        Ok(())
    }

    /// Those opponents that are wanted and can be started.
    fn others(&mut self, place: &Place<'_>) -> Vec<Vec<Served<'static>>> {
        let mut others = Vec::new();
        for opponent in &OPPONENTS {
            if !opponent.serves(place.kind) || !self.wants(opponent.name, &self.names.servers) {
                continue;
            }
            match started(place, opponent) {
                Ok(settings) => others.push(settings),
                Err(error) => {
                    let on = word(place.kind);
                    let what = format!("{} on {on}: {error}", opponent.name);
                    self.report.add_missing(what);
                }
            }
        }
        others
    }

    /// Fails when ours does; what another fails in is noted, and left out.
    fn measure(
        &mut self,
        kind: Kind,
        operation: Operation,
        ours: &Served<'_>,
        others: &[Vec<Served<'_>>],
    ) -> Result<(), Failure> {
        let others = others.iter().filter(|settings| {
            let served = settings.first();
            served.is_some_and(|served| served.contestant.has(operation))
        });
        let mut is_alone = true;
        for settings in others {
            is_alone = false;
            let pairs = self.rounds.best(operation, settings).and_then(|theirs| {
                let pairs = self.rounds.pairs(operation, ours, Some(theirs))?;
                Ok((theirs.name.clone(), pairs))
            });
            match pairs {
                Ok((name, pairs)) => self.report.add(kind, operation, name, pairs),
                Err(error) => self.report.add_missing(format!("{}: {error}", word(kind))),
            }
        }
        if is_alone {
            let pairs = self.rounds.pairs(operation, ours, None)?;
            self.report.add(kind, operation, String::new(), pairs);
        }
        Ok(())
    }
}

/// A server that writes as carefully as one that people use: that which the tests share does not wait for the disk.
fn cluster() -> Option<Cluster> {
    std::env::var_os("TOPCHEF_TEST_POSTGRES_BIN").filter(|folder| !folder.is_empty())?;
    Cluster::start()
}

/// The address of the one that is named.
fn named() -> Option<String> {
    let address = std::env::var_os("TOPCHEF_TEST_POSTGRES")?.into_string();
    address.ok().filter(|address| !address.is_empty())
}

/// An opponent, once for each setting that is tried, when its answers are right.
fn started<'a>(place: &Place<'_>, opponent: &'a Contestant) -> Result<Vec<Served<'a>>, Failure> {
    say(&format!(
        "{}, {}: starting",
        word(place.kind),
        opponent.name
    ));
    let pools = opponent.pools(place.kind).iter().copied();
    let mut pools: Vec<Option<u32>> = pools.map(Some).collect();
    if pools.is_empty() {
        pools.push(None);
    }
    let mut all = Vec::new();
    for pool in pools {
        let served = Served::start(place, opponent, pool)?;
        check(&served)?;
        all.push(served);
    }
    if let Some(versions) = opponent.program.versions(place.work) {
        say(&format!("{}: {versions}", opponent.name));
    }
    Ok(all)
}
