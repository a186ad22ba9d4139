//! Whether a condition holds of a row in memory, as SQL would say it.
//!
//! It does not know why that is asked.

use std::cmp::Ordering;

use chrono::{NaiveTime, Timelike};

use super::pattern::{Part, parts};
use super::{Comparison, Condition, Operator};
use crate::column::{Value, is_null};

/// Whether a condition holds of the values of all columns: what is unknown because of a null does not.
///
/// Texts are compared byte by byte; values of different kinds cannot be compared, which is unknown too.
pub(crate) fn holds(condition: &Condition, values: &[Value]) -> bool {
    truth(condition, values) == Some(true)
}

/// True, false, or unknown.
fn truth(condition: &Condition, values: &[Value]) -> Option<bool> {
    match condition {
        Condition::Value { column, operator } => compared(values.get(*column)?, operator),
        Condition::Constant {
            column,
            comparison,
            number,
        } => {
            let number = Value::BigInt(Some(*number));
            let ordering = ordering(values.get(*column)?, &number)?;
            Some(satisfies(ordering, *comparison))
        }
        Condition::Columns {
            left,
            comparison,
            right,
        } => {
            let ordering = ordering(values.get(*left)?, values.get(*right)?)?;
            Some(satisfies(ordering, *comparison))
        }
        Condition::Tuple {
            columns,
            comparison,
            values: others,
        } => {
            let mut found = Ordering::Equal;
            for (column, other) in columns.iter().zip(others) {
                if found.is_eq() {
                    found = ordering(values.get(*column)?, other)?;
                }
            }
            Some(satisfies(found, *comparison))
        }
        Condition::All(conditions) => decided(conditions, values, false),
        Condition::Any(conditions) => decided(conditions, values, true),
        Condition::Not(condition) => truth(condition, values).map(|holds| !holds),
    }
}

/// What several conditions come to: one that is `deciding` decides, otherwise one that is unknown leaves all unknown.
fn decided(conditions: &[Condition], values: &[Value], deciding: bool) -> Option<bool> {
    let mut all_known = true;
    for condition in conditions {
        match truth(condition, values) {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(!deciding)
}

fn compared(value: &Value, operator: &Operator) -> Option<bool> {
    let against = |other: &Value, comparison| {
        ordering(value, other).map(|ordering| satisfies(ordering, comparison))
    };
    match operator {
        Operator::Equal(other) if is_null(other) => Some(is_null(value)),
        Operator::NotEqual(other) if is_null(other) => Some(!is_null(value)),
        Operator::Equal(other) => against(other, Comparison::Equal),
        Operator::NotEqual(other) => against(other, Comparison::NotEqual),
        Operator::Less(other) => against(other, Comparison::Less),
        Operator::LessOrEqual(other) => against(other, Comparison::LessOrEqual),
        Operator::Greater(other) => against(other, Comparison::Greater),
        Operator::GreaterOrEqual(other) => against(other, Comparison::GreaterOrEqual),
        Operator::In(others) => among(value, others),
        Operator::Like(pattern) => matches(value, pattern, char::eq),
        Operator::LikeIgnoringCase(pattern) => matches(value, pattern, char::eq_ignore_ascii_case),
    }
}

/// Whether a value is one of several; unknown when it is none of them and one of them is null.
fn among(value: &Value, others: &[Value]) -> Option<bool> {
    let mut all_known = true;
    for other in others {
        match ordering(value, other) {
            Some(Ordering::Equal) => return Some(true),
            Some(_) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(false)
}

const fn satisfies(ordering: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    }
}

/// How two values are ordered; unknown for a null, for what is no number, and for values of different kinds.
fn ordering(one: &Value, other: &Value) -> Option<Ordering> {
    if let (Some(one), Some(other)) = (float(one), float(other)) {
        return one.partial_cmp(&other);
    }
    Some(match (one, other) {
        (Value::BigInt(Some(one)), Value::BigInt(Some(other))) => one.cmp(other),
        (Value::Decimal(Some(one)), Value::Decimal(Some(other))) => one.cmp(other),
        (Value::Bool(Some(one)), Value::Bool(Some(other))) => one.cmp(other),
        (Value::String(Some(one)), Value::String(Some(other))) => one.cmp(other),
        (Value::Bytes(Some(one)), Value::Bytes(Some(other))) => one.cmp(other),
        (Value::Uuid(Some(one)), Value::Uuid(Some(other))) => one.cmp(other),
        (Value::ChronoDate(Some(one)), Value::ChronoDate(Some(other))) => one.cmp(other),
        (Value::ChronoTime(Some(one)), Value::ChronoTime(Some(other))) => {
            stored(*one).cmp(&stored(*other))
        }
        (Value::ChronoDateTime(Some(one)), Value::ChronoDateTime(Some(other))) => one.cmp(other),
        (Value::ChronoDateTimeUtc(Some(one)), Value::ChronoDateTimeUtc(Some(other))) => {
            one.cmp(other)
        }
        _ => return None,
    })
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Double(number) => *number,
        Value::Float(number) => number.map(f64::from),
        _ => None,
    }
}

/// A time of day as it is stored: in microseconds.
fn stored(time: NaiveTime) -> (u32, u32) {
    (time.num_seconds_from_midnight(), time.nanosecond() / 1000)
}

/// Whether a text has the form of a pattern; unknown for what is no text.
fn matches(value: &Value, pattern: &str, same: fn(&char, &char) -> bool) -> Option<bool> {
    let Value::String(Some(text)) = value else {
        return None;
    };
    let text: Vec<char> = text.chars().collect();
    let parts: Vec<Part> = parts(pattern).collect();
    let (mut at, mut part) = (0, 0);
    // Where to go on when what follows the last `%` does not fit: it took one character too few.
    let mut retry = None;
    while let Some(character) = text.get(at) {
        match parts.get(part) {
            Some(Part::Any) => {
                retry = Some((at, part + 1));
                part += 1;
            }
            Some(Part::One) => (at, part) = (at + 1, part + 1),
            Some(Part::Exactly(expected)) if same(expected, character) => {
                (at, part) = (at + 1, part + 1);
            }
            Some(Part::Exactly(_)) | None => {
                let Some((taken, after)) = retry else {
                    return Some(false);
                };
                retry = Some((taken + 1, after));
                (at, part) = (taken + 1, after);
            }
        }
    }
    let mut rest = parts.iter().skip(part);
    Some(rest.all(|part| matches!(part, Part::Any)))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;
    use crate::column::{ColumnType, Kind};
    use crate::resource::owned_values;
    use crate::{Database, ModelResource};

    #[derive(ModelResource)]
    struct Sample {
        id: i64,
        number: Option<i64>,
        limit: Option<i64>,
        text: Option<String>,
        title: Option<String>,
        single: Option<f32>,
        double: Option<f64>,
        price: Option<Decimal>,
        flag: Option<bool>,
        uuid: Option<Uuid>,
        bytes: Option<Vec<u8>>,
        date: Option<NaiveDate>,
        time: Option<NaiveTime>,
        moment: Option<NaiveDateTime>,
        instant: Option<DateTime<Utc>>,
    }

    const TEXTS: &[&str] = &[
        "", "a", "A", "ab", "aBc", "b", "é", "É", "aé", "a%", "a_b", "*", "[a]", "a\\",
    ];
    const PATTERNS: &[&str] = &[
        "", "%", "_", "a%", "%a", "%b%", "a_", "_é", "%%c", "a%b%c", "*", "[a]", "__%", "A%", "É",
        "a\\%", "a\\",
    ];

    /// Some values of a kind, so few that random ones are often equal.
    fn pool(kind: Kind) -> Vec<Value> {
        let seconds = |seconds| DateTime::from_timestamp(seconds, 250_000_000);
        let instants = [0, 1, 86_400, 4_000_000_000].map(|at| seconds(at).unwrap_or_default());
        let mut values: Vec<Value> = match kind {
            Kind::Integer { .. } => [-2, 0, 1, i64::MAX].map(|it| it.to_value()).to_vec(),
            Kind::Real => [-0.0f32, 0.0, 0.1, 3.0].map(|it| it.to_value()).to_vec(),
            Kind::Double => [-1.5f64, 0.1, 3.0, 1e300].map(|it| it.to_value()).to_vec(),
            Kind::Decimal => [(11, 1), (110, 2), (-2, 0), (10, 0)]
                .map(|(digits, scale)| Decimal::new(digits, scale).to_value())
                .to_vec(),
            Kind::Boolean => [false, true].map(|it| it.to_value()).to_vec(),
            Kind::Uuid => [1, 2, u128::MAX]
                .map(|it| Uuid::from_u128(it).to_value())
                .to_vec(),
            Kind::Bytes => [vec![], vec![0], vec![0, 255], vec![128]]
                .map(|it| it.to_value())
                .to_vec(),
            Kind::Date => instants.map(|it| it.date_naive().to_value()).to_vec(),
            Kind::Time => instants.map(|it| it.time().to_value()).to_vec(),
            Kind::DateTime => instants.map(|it| it.naive_utc().to_value()).to_vec(),
            Kind::Timestamp => instants.map(|it| it.to_value()).to_vec(),
            _ => TEXTS.iter().map(|it| (*it).to_owned().to_value()).collect(),
        };
        values.push(kind.null());
        values
    }

    fn column() -> impl Strategy<Value = usize> {
        1..Sample::descriptor().columns.len()
    }

    fn row() -> impl Strategy<Value = Vec<Value>> {
        let columns = Sample::descriptor().columns.iter().skip(1);
        columns
            .map(|column| select(pool(column.kind)))
            .collect::<Vec<_>>()
    }

    fn compares() -> impl Strategy<Value = Condition> {
        (column(), 0..9_usize, any::<[Index; 3]>()).prop_map(|(column, operator, indexes)| {
            let kind = Sample::descriptor().columns[column].kind;
            let pool = pool(kind);
            let value = indexes[0].get(&pool).clone();
            let pattern = (*indexes[1].get(PATTERNS)).to_owned();
            let several = indexes.iter().map(|index| index.get(&pool).clone());
            let several = several.take(indexes[2].index(4)).collect();
            let operator = match operator {
                0 => Operator::Equal(value),
                1 => Operator::NotEqual(value),
                2 => Operator::Less(value),
                3 => Operator::LessOrEqual(value),
                4 => Operator::Greater(value),
                5 => Operator::GreaterOrEqual(value),
                6 if kind == Kind::Text => Operator::Like(pattern),
                7 if kind == Kind::Text => Operator::LikeIgnoringCase(pattern),
                _ => Operator::In(several),
            };
            Condition::of(column, operator)
        })
    }

    fn compares_columns() -> impl Strategy<Value = Condition> {
        let sides = select(vec![(1, 2), (3, 4), (4, 3), (5, 6), (2, 2)]);
        let comparison = select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        (sides, comparison).prop_map(|((left, right), comparison)| Condition::Columns {
            left,
            comparison,
            right,
        })
    }

    fn compares_tuples() -> impl Strategy<Value = Condition> {
        let columns = prop::collection::vec((column(), any::<Index>()), 2..4);
        let comparison = select(vec![
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        (columns, comparison).prop_map(|(columns, comparison)| {
            let value = |(column, index): &(usize, Index)| {
                let pool = pool(Sample::descriptor().columns[*column].kind);
                index.get(&pool).clone()
            };
            Condition::Tuple {
                values: columns.iter().map(value).collect(),
                columns: columns.into_iter().map(|(column, _)| column).collect(),
                comparison,
            }
        })
    }

    fn condition() -> impl Strategy<Value = Condition> {
        let leaf = prop_oneof![4 => compares(), 1 => compares_columns(), 2 => compares_tuples()];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let several = prop::collection::vec(inner.clone(), 0..4);
            prop_oneof![
                several.clone().prop_map(Condition::All),
                several.prop_map(Condition::Any),
                inner.prop_map(|it| Condition::Not(Box::new(it))),
            ]
        })
    }

    /// The conditions of which the database and this file do not say the same.
    async fn disagreements(
        database: &Database,
        values: &[Value],
        conditions: Vec<Condition>,
    ) -> Vec<Condition> {
        let (dialect, descriptor) = (database.dialect(), Sample::descriptor());
        let given: Vec<_> = (1..).zip(values.iter().cloned()).collect();
        let insert = dialect.insert(descriptor, &given);
        let stored = database.write(vec![insert], |_, row| Ok(owned_values(descriptor, row)?));
        let stored = stored.await.unwrap().unwrap();
        let is_it = Condition::of(0, Operator::Equal(stored[0].clone()));
        let mut found = Vec::new();
        for condition in conditions {
            let select = dialect.select_one(descriptor, &[is_it.clone(), condition.clone()]);
            let selected = database.rows(select, |rows| Ok(rows.next()?.is_some()));
            if selected.await.unwrap() != holds(&condition, &stored) {
                found.push(condition);
            }
        }
        found
    }

    fn runtime() -> tokio::runtime::Runtime {
        let runtime = tokio::runtime::Builder::new_current_thread();
        { runtime }.enable_all().build().unwrap()
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn it_says_what_sqlite_says() {
        let runtime = runtime();
        let database = runtime.block_on(Database::temporary()).unwrap();
        it_says_what_the_database_says(&runtime, &database);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn it_says_what_postgresql_says() {
        #[expect(
            clippy::disallowed_methods,
            reason = "what a test runs beside is no setting"
        )]
        let url = std::env::var("TOPCHEF_TEST_POSTGRES").unwrap_or_default();
        if url.is_empty() {
            eprintln!("SKIPPED: there is no PostgreSQL to compare conditions with");
            return;
        }
        let runtime = runtime();
        let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
        let plain = crate::sql::Statement::plain;
        let create = vec![plain(format!("CREATE SCHEMA {schema}"))];
        let drop = vec![plain(format!("DROP SCHEMA {schema} CASCADE"))];
        let open = |url: String| async { Database::postgres(url).open().await.unwrap() };
        let maintenance = runtime.block_on(open(url.clone()));
        let created = maintenance.write(create, |_, _| Ok(()));
        runtime.block_on(created).unwrap();
        let before = if url.contains('?') { '&' } else { '?' };
        let inside = open(format!("{url}{before}options[search_path]={schema}"));
        let database = runtime.block_on(inside);
        it_says_what_the_database_says(&runtime, &database);
        let dropped = maintenance.write(drop, |_, _| Ok(()));
        runtime.block_on(dropped).unwrap();
    }

    fn it_says_what_the_database_says(runtime: &tokio::runtime::Runtime, database: &Database) {
        let created = database.create_tables::<Sample>();
        runtime.block_on(created).unwrap();
        let conditions = prop::collection::vec(condition(), 1..12);
        proptest!(ProptestConfig::with_cases(200), |(values in row(), conditions in conditions)| {
            let found = runtime.block_on(disagreements(database, &values, conditions));
            prop_assert!(found.is_empty(), "{values:?}\n{found:#?}");
        });
    }

    #[test]
    fn what_is_unknown_does_not_hold_and_nor_does_its_opposite() {
        let null = [Value::BigInt(None)];
        let equal = Condition::of(0, Operator::Equal(Value::BigInt(Some(1))));
        assert!(!holds(&equal, &null));
        assert!(!holds(&Condition::Not(Box::new(equal.clone())), &null));
        assert!(holds(&equal, &[Value::BigInt(Some(1))]));
        // Neither a column that is not there nor a value of another kind opens anything.
        assert!(!holds(&equal, &[]));
        assert!(!holds(&equal, &[Value::String(Some("1".to_owned()))]));
    }

    #[test]
    fn patterns_take_turns() {
        let like = |text: &str, pattern: &str, same| {
            matches(&Value::String(Some(text.to_owned())), pattern, same)
        };
        for (text, pattern, exact, ignoring_case) in [
            ("Dune", "du%", false, true),
            ("Dune", "D_ne", true, true),
            ("É", "é", false, false),
            ("100%", "100\\%", true, true),
            ("1000", "100\\%", false, false),
            ("aXbXc", "a%X%c", true, true),
            ("aXbX", "a%X%c", false, false),
            ("", "%", true, true),
            ("", "_", false, false),
            ("end\\", "end\\", true, true),
        ] {
            assert_eq!(
                like(text, pattern, char::eq),
                Some(exact),
                "{text} {pattern}"
            );
            let found = like(text, pattern, char::eq_ignore_ascii_case);
            assert_eq!(found, Some(ignoring_case), "{text} {pattern}");
        }
        assert_eq!(matches(&Value::String(None), "%", char::eq), None);
    }
}
