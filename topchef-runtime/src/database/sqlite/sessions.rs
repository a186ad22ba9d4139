//! Transactions of several statements, one after the other: those that are brief, and may wait for each other, share a commit.
//!
//! It does not know what the statements are, nor what else waits for the writer.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::connection::{commit, roll_back};
use super::failure::{shared, unavailable};
use super::file::OpenedFile;
use super::session::{SessionRequest, Written};
use crate::database::DatabaseError;
use crate::database::statistics::Commits;

/// For how long what is written may wait for others: as long as a commit takes, but at least and at most so long.
const WAIT: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(20)];

/// What takes longer has the others wait for nothing.
const LONG: Duration = Duration::from_millis(10);

/// For how long each has its own commit after one took long, or after a commit failed that was shared.
const CALM: Duration = Duration::from_secs(1);

/// Runs the transactions on the writer's connection.
///
/// Nothing is written to a file that is not at its path any more: it would be gone with this program.
pub(super) struct Sessions<'a> {
    connection: &'a Connection,
    file: &'a OpenedFile,
    commits: &'a Commits,
    /// How many share a commit at most.
    group: usize,
    pace: Pace,
}

impl<'a> Sessions<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        file: &'a OpenedFile,
        commits: &'a Commits,
        group: usize,
    ) -> Self {
        Self {
            connection,
            file,
            commits,
            group,
            pace: Pace::new(WAIT),
        }
    }

    /// Runs a transaction, and with it those that `next` gives, all of which may share its commit.
    pub(super) fn run(
        &mut self,
        first: SessionRequest,
        mut next: impl FnMut() -> Option<SessionRequest>,
    ) {
        let mut written: Vec<Written> = Vec::new();
        let mut oldest = None;
        let mut request = Some(first);
        while let Some(one) = request {
            let shares = one.shares();
            written.extend(self.run_one(one, !written.is_empty()));
            // What was written before is gone where SQLite rolled back; otherwise nothing is to be committed yet.
            if !shares || self.connection.is_autocommit() {
                break;
            }
            let now = Instant::now();
            let oldest = *oldest.get_or_insert(now);
            let may_wait = written.len() < self.group && self.pace.allows(oldest, now);
            request = may_wait.then(&mut next).flatten();
        }
        self.commit(written);
    }

    /// Runs one, but for its commit.
    fn run_one(&mut self, request: SessionRequest, among: bool) -> Option<Written> {
        // Who gave up while waiting must not make the writer wait for the file.
        if request.is_given_up() {
            return None;
        }
        if let Err(error) = self.file.is_in_place() {
            request.refuse(unavailable(&error));
            return None;
        }
        let since = Instant::now();
        let written = request.run(self.connection, among);
        self.pace.ran(since, Instant::now());
        written
    }

    /// Ends what was written with one commit, and tells everyone.
    fn commit(&mut self, mut written: Vec<Written>) {
        if written.is_empty() {
            return;
        }
        if let Err(error) = self.file.is_in_place() {
            roll_back(self.connection);
            return tell(written, || Err(unavailable(&error)));
        }
        let since = Instant::now();
        let committed = commit(self.connection);
        let now = Instant::now();
        self.pace.commit = now - since;
        let several = written.len() > 1;
        match committed {
            Ok(()) => {
                self.commits.add(written.len());
                tell(written, || Ok(()));
            }
            Err(error) if is_for_another(&error, several) => {
                self.pace.calm = Some(now + CALM);
                tell(written, || Err(DatabaseError::Conflict));
            }
            Err(error) if several => tell(written, || Err(shared(&error))),
            Err(error) => {
                if let Some(alone) = written.pop() {
                    alone.answer(Err(error.into()));
                }
            }
        }
    }
}

fn tell(written: Vec<Written>, committed: impl Fn() -> Result<(), DatabaseError>) {
    for one in written {
        one.answer(committed());
    }
}

/// Whether a commit fails because of what another wrote, perhaps: who does his work again finds out.
fn is_for_another(error: &rusqlite::Error, several: bool) -> bool {
    match error.sqlite_error_code() {
        // What was deferred until the commit.
        Some(ErrorCode::ConstraintViolation) => several,
        // One that came later made SQLite roll back: it was told so, and those that wait had ended well.
        Some(ErrorCode::OperationAborted) => true,
        _ => false,
    }
}

/// How long things took lately.
struct Pace {
    wait: [Duration; 2],
    commit: Duration,
    /// The last transaction, without its commit.
    session: Duration,
    /// Until when nobody shares.
    calm: Option<Instant>,
}

impl Pace {
    fn new(wait: [Duration; 2]) -> Self {
        Self {
            wait,
            commit: Duration::ZERO,
            session: Duration::ZERO,
            calm: None,
        }
    }

    /// Notes a transaction of this time.
    fn ran(&mut self, since: Instant, now: Instant) {
        self.session = now - since;
        if self.session > LONG {
            self.calm = Some(now + CALM);
        }
    }

    /// Whether what was written at the earliest then may wait for one more: for about as long as a commit of its own would
    /// take, as far as one can tell.
    fn allows(&self, oldest: Instant, now: Instant) -> bool {
        let [least, most] = self.wait;
        let limit = self.commit.clamp(least, most);
        let is_calm = self.calm.is_none_or(|until| until <= now);
        is_calm && self.session <= limit && now - oldest < limit
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::super::SqliteOptions;
    use super::super::testing::{Scripted, insert, notes, options, stored};
    use super::*;
    use crate::sql::Statement;

    const FOREVER: Duration = Duration::from_hours(1);

    /// A database with a table of notes, to write in.
    struct Fixture {
        options: SqliteOptions,
        connection: Connection,
        commits: Commits,
    }

    impl Fixture {
        fn new() -> Self {
            let options = options();
            let connection = notes(&options);
            let commits = Commits::default();
            Self {
                options,
                connection,
                commits,
            }
        }

        /// Runs these in turn, each group as far as it takes others along; gives how many groups there were.
        fn run(&self, group: usize, wait: Duration, all: &mut [Scripted]) -> usize {
            let file = OpenedFile::at(&self.options.place.path()).unwrap();
            let mut sessions = Sessions::new(&self.connection, &file, &self.commits, group);
            sessions.pace = Pace::new([wait, wait]);
            let requests = all.iter_mut().filter_map(|one| one.request.take());
            let mut requests: VecDeque<_> = requests.collect();
            let mut groups = 0;
            while let Some(first) = requests.pop_front() {
                groups += 1;
                run(&mut sessions, first, &mut requests);
                assert!(self.connection.is_autocommit());
            }
            for one in all {
                assert!(one.was_begun());
            }
            groups
        }

        fn stored(&self) -> i64 {
            stored(&self.connection)
        }
    }

    /// Runs one, and those after it that may share its commit.
    fn run(
        sessions: &mut Sessions<'_>,
        first: SessionRequest,
        others: &mut VecDeque<SessionRequest>,
    ) {
        sessions.run(first, || {
            let shares = others.front().is_some_and(SessionRequest::shares);
            shares.then(|| others.pop_front()).flatten()
        });
    }

    fn noting(texts: &[&str]) -> Vec<Scripted> {
        texts.iter().map(|text| Scripted::noting(text)).collect()
    }

    #[test]
    fn those_that_share_have_one_commit() {
        let fixture = Fixture::new();
        let mut all = noting(&["one", "two", "three"]);
        assert_eq!(fixture.run(256, FOREVER, &mut all), 1);
        for one in &mut all {
            one.answer().unwrap().unwrap();
        }
        assert_eq!(fixture.stored(), 3);
        let counted = fixture.commits.statistics(0, 0);
        assert_eq!((counted.commits, counted.writes), (1, 3));
    }

    #[test]
    fn no_more_share_than_may_and_none_that_may_not() {
        let fixture = Fixture::new();
        let mut all = noting(&["one", "two", "three"]);
        assert_eq!(fixture.run(2, FOREVER, &mut all), 2);
        // What takes its time has its own.
        let mut all = noting(&["four", "five"]);
        assert_eq!(fixture.run(256, Duration::ZERO, &mut all), 2);
        let alone = || Scripted::new(vec![insert("alone")], false, false);
        let mut all = [alone(), Scripted::noting("six"), alone(), alone()];
        assert_eq!(fixture.run(256, FOREVER, &mut all), 4);
        assert_eq!(fixture.stored(), 6);
    }

    #[test]
    fn one_that_is_given_up_takes_nothing_along() {
        let fixture = Fixture::new();
        let given_up = || Scripted::new(vec![insert("given up")], true, false);
        let mut all = [
            given_up(),
            Scripted::noting("one"),
            given_up(),
            Scripted::noting("two"),
            given_up(),
        ];
        // The first had a transaction of its own, which ended with it.
        assert_eq!(fixture.run(256, FOREVER, &mut all), 2);
        assert!(all[1].answer().unwrap().is_ok() && all[3].answer().unwrap().is_ok());
        assert_eq!(fixture.stored(), 2);
    }

    #[test]
    fn those_that_had_ended_before_another_made_the_database_roll_back_are_to_be_done_again() {
        let fixture = Fixture::new();
        let mut all = noting(&["one", "two", "one", "three"]);
        assert_eq!(fixture.run(256, FOREVER, &mut all), 2);
        for one in &mut all[..2] {
            assert!(matches!(one.answer(), Some(Err(DatabaseError::Conflict))));
        }
        assert!(matches!(all[2].answer(), Some(Err(_))));
        assert!(all[3].answer().unwrap().is_ok());
        assert_eq!(fixture.stored(), 1);
    }

    #[test]
    fn who_leaves_something_until_the_commit_is_told_by_himself() {
        const DEFERRED: &str = "CREATE TABLE parents (id INTEGER PRIMARY KEY);
            CREATE TABLE children (parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED)";
        let fixture = Fixture::new();
        fixture.connection.execute_batch(DEFERRED).unwrap();
        let orphan = || {
            let statement = Statement::plain("INSERT INTO children VALUES (1)");
            Scripted::new(vec![statement], true, true)
        };
        // Once together, and then each by itself.
        let mut all = [Scripted::noting("one"), orphan()];
        let mut again = [Scripted::noting("one"), orphan(), Scripted::noting("two")];
        let file = OpenedFile::at(&fixture.options.place.path()).unwrap();
        let mut sessions = Sessions::new(&fixture.connection, &file, &fixture.commits, 256);
        sessions.pace = Pace::new([FOREVER, FOREVER]);
        for these in [&mut all[..], &mut again[..]] {
            let requests = these.iter_mut().filter_map(|one| one.request.take());
            let mut requests: VecDeque<_> = requests.collect();
            while let Some(first) = requests.pop_front() {
                run(&mut sessions, first, &mut requests);
            }
            // However slow this test is.
            let calm = sessions.pace.calm.as_mut().unwrap();
            *calm += FOREVER;
        }
        for one in &mut all {
            assert!(matches!(one.answer(), Some(Err(DatabaseError::Conflict))));
        }
        assert!(again[0].answer().unwrap().is_ok() && again[2].answer().unwrap().is_ok());
        let told = again[1].answer();
        assert!(
            matches!(told, Some(Err(DatabaseError::ForeignKey))),
            "{told:?}"
        );
        assert_eq!(fixture.stored(), 2);
    }
}
