//! A batch: statements of one text as one statement, each with values of its own, and all of them committed at once.
//!
//! `PostgreSQL` alone is asked so, where a round trip, a process that wakes and a commit cost more than most statements do.
//! What sea-query made stands in it as it is, but for the numbers of its places.
//! It does not know which statements are in a batch, nor why.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::{Dialect, Statement};
use crate::column::Value;
use crate::descriptor::Descriptor;
use crate::query::Condition;

/// The row that a statement is about, where it is about one alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// One that it stores.
    New,
    /// The one whose key is what stands here among the statement's values.
    Key(Range<usize>),
}

impl Subject {
    /// The row of the key that the first of these conditions says, where so many values stand before theirs.
    pub(super) fn of(
        dialect: Dialect,
        descriptor: &Descriptor,
        conditions: &[Condition],
        before: usize,
    ) -> Option<Self> {
        let says_key = |first: &Condition| first.says_key(descriptor);
        let is_one = dialect == Dialect::Postgres && conditions.first().is_some_and(says_key);
        is_one.then(|| Self::Key(before..before + descriptor.key.len()))
    }
}

impl Statement {
    /// The key of the row that it changes; none where it only reads, or stores a new one.
    pub(crate) fn changed_key(&self) -> Option<&[Value]> {
        match &self.subject {
            Some(Subject::Key(key)) if !self.only_reads => self.values.get(key.clone()),
            Some(Subject::Key(_) | Subject::New) | None => None,
        }
    }

    /// The text of a batch of so many statements of this text, whose values follow each other.
    ///
    /// It gives the rows of all of them, each with the place of its statement in a column behind its own. None of them sees
    /// what another has written; of two that change one row, only one does.
    pub(crate) fn batch_text(&self, count: usize) -> Arc<str> {
        let mut with = String::with_capacity((self.text.len() + 64) * count);
        let mut rows = String::with_capacity(48 * count);
        for place in 0..count {
            let (comma, union) = match place {
                0 => ("WITH", ""),
                _ => (",", " UNION ALL "),
            };
            let (text, places) = moved(&self.text, place * self.values.len());
            debug_assert_eq!(places, self.values.len(), "{}", self.text);
            // A string takes everything.
            let _ = write!(with, "{comma} topchef_batch_{place} AS ({text})");
            let _ = write!(rows, "{union}SELECT *, {place} FROM topchef_batch_{place}");
        }
        format!("{with} {rows}").into()
    }
}

/// A text whose places for values come later by so many, and how many it has.
///
/// Names stand between quotes, and may hold anything; texts among the values are bound, and are not in it.
fn moved(text: &str, by: usize) -> (String, usize) {
    let mut moved = String::with_capacity(text.len() + 16);
    let mut places = 0;
    let mut quote = None;
    let mut left = text.chars().peekable();
    while let Some(character) = left.next() {
        moved.push(character);
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '$') => {
                let mut number = 0_usize;
                while let Some(digit) = left.peek().and_then(|next| next.to_digit(10)) {
                    number = number * 10 + digit as usize;
                    left.next();
                }
                let _ = write!(moved, "{}", number + by);
                places += 1;
            }
            _ => {}
        }
    }
    (moved, places)
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use insta::assert_snapshot;

    use super::super::tests::{Book, condition, hostile};
    use super::*;
    use crate::ModelResource;
    use crate::query::Operator;

    fn is(column: usize, number: i64) -> Condition {
        condition(column, Operator::Equal(Value::from(number)))
    }

    #[test]
    fn the_places_of_the_values_follow_each_other() {
        let dialect = Dialect::Postgres;
        let book = Book::descriptor();
        let statements = [
            dialect.select_one(book, &[is(0, 7)]),
            dialect.insert(book, &[(1, hostile())]),
            dialect.update(book, &[is(0, 7)], &[(1, hostile())]),
            dialect.remove(book, &[is(0, 7)]),
        ];
        let texts = statements.map(|statement| statement.batch_text(3));
        assert_snapshot!(texts.join("\n\n"));
    }

    #[test]
    fn names_are_left_as_they_are() {
        let text = r#"UPDATE "a$1" SET "b""$2" = $1, c = 'it''s $3' WHERE "d'" = $12"#;
        let later = r#"UPDATE "a$1" SET "b""$2" = $101, c = 'it''s $3' WHERE "d'" = $112"#;
        assert_eq!(moved(text, 100), (later.to_owned(), 2));
        assert_eq!(moved(text, 0).0, text);
    }

    #[derive(ModelResource)]
    struct Line {
        #[resource(primary_key)]
        page: i64,
        #[resource(primary_key)]
        number: i64,
        text: String,
        #[resource(version)]
        version: i64,
    }

    #[test]
    fn a_statement_about_one_row_says_its_key() {
        let line = Line::descriptor();
        let is_key = Condition::All(vec![is(0, 7), is(1, 8)]);
        let conditions = [is_key, is(3, 2)];
        let text = [(2, Value::from("a"))];
        let postgres = Dialect::Postgres;
        let key: &[Value] = &[Value::from(7_i64), Value::from(8_i64)];
        let changes = [
            postgres.update(line, &conditions, &text),
            postgres.delete(line, &conditions),
            postgres.remove(line, &conditions),
        ];
        for statement in changes {
            assert_eq!(statement.changed_key(), Some(key), "{}", statement.text);
        }
        let read = postgres.select_one(line, &conditions);
        assert_eq!(read.subject, Some(Subject::Key(0..2)));
        assert_eq!(read.changed_key(), None);
        let new = postgres.insert(line, &text);
        assert_eq!(
            (&new.subject, new.changed_key()),
            (&Some(Subject::New), None)
        );
        // There may be several, or its key becomes another, or a lock is to stay.
        let others = [
            postgres.update(line, &conditions[1..], &text),
            postgres.update(line, &conditions, &[(1, Value::from(9_i64))]),
            postgres.select_one(line, &conditions[1..]),
            postgres.select_to_change(line, &conditions),
            Dialect::Sqlite.delete(line, &conditions),
        ];
        for statement in others {
            assert_eq!(statement.subject, None, "{}", statement.text);
        }
    }
}
