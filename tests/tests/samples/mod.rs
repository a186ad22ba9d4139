//! A resource with a column of every kind that can be compared, its rows at random, and their cells as plain values.

use std::cmp::Ordering;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use topchef_runtime::{ModelResource, ResourceEnum};
use uuid::Uuid;

/// A row.
#[derive(ModelResource, Clone, Debug)]
#[resource(
    rename_all = "camelCase",
    collection(
        filter = [label, other_label, level, amount, ratio, small, price, old_price, flag, day, moment, token, colour],
        sort = [id, label, other_label, level, amount, ratio, small, price, old_price, flag, day, moment, token, colour]
    )
)]
pub(crate) struct Sample {
    pub(crate) id: i64,
    pub(crate) label: Option<String>,
    pub(crate) other_label: String,
    pub(crate) level: Option<i64>,
    pub(crate) amount: i32,
    pub(crate) ratio: Option<f64>,
    pub(crate) small: f32,
    pub(crate) price: Option<Decimal>,
    pub(crate) old_price: Decimal,
    pub(crate) flag: Option<bool>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) moment: DateTime<Utc>,
    pub(crate) token: Option<Uuid>,
    pub(crate) colour: Option<Colour>,
    #[resource(write_only)]
    pub(crate) secret: String,
}

#[derive(ResourceEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Red,
    Blue,
}

/// A column as the test knows it.
pub(crate) struct Column {
    pub(crate) wire: &'static str,
    /// Columns of one group can be compared with each other.
    pub(crate) group: &'static str,
    /// Whether one may be less than another.
    pub(crate) ordered: bool,
}

const fn column(wire: &'static str, group: &'static str) -> Column {
    Column {
        wire,
        group,
        ordered: true,
    }
}

/// All columns that may be asked about, in the order of [`cells`].
pub(crate) const COLUMNS: [Column; 14] = [
    column("id", "number"),
    column("label", "text"),
    column("otherLabel", "text"),
    column("level", "number"),
    column("amount", "number"),
    column("ratio", "number"),
    column("small", "number"),
    column("price", "decimal"),
    column("oldPrice", "decimal"),
    Column {
        ordered: false,
        ..column("flag", "flag")
    },
    column("day", "day"),
    column("moment", "moment"),
    column("token", "token"),
    Column {
        ordered: false,
        ..column("colour", "colour")
    },
];

/// A value of a row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Float(f64),
    Decimal(Decimal),
    Flag(bool),
    Text(String),
    Day(NaiveDate),
    Moment(DateTime<Utc>),
    Token(Uuid),
}

impl Cell {
    /// How two values compare; unknown when one is null.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Null, _) | (_, Self::Null) => return None,
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (Self::Decimal(one), Self::Decimal(other)) => one.cmp(other),
            (Self::Flag(one), Self::Flag(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
            (Self::Day(one), Self::Day(other)) => one.cmp(other),
            (Self::Moment(one), Self::Moment(other)) => one.cmp(other),
            (Self::Token(one), Self::Token(other)) => one.cmp(other),
            (one, other) => return one.number()?.partial_cmp(&other.number()?),
        })
    }

    /// How two values are sorted: nulls come first.
    pub(crate) fn sorted(&self, other: &Self) -> Ordering {
        let null = |cell: &Self| matches!(cell, Self::Null);
        self.compare(other)
            .unwrap_or_else(|| null(other).cmp(&null(self)))
    }

    fn number(&self) -> Option<f64> {
        match self {
            // The numbers here are small.
            Self::Integer(number) => i32::try_from(*number).ok().map(f64::from),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

/// A value as a URL has it.
pub(crate) fn written(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Decimal(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Day(day) => day.to_string(),
        Cell::Moment(moment) => moment.to_rfc3339(),
        Cell::Token(token) => token.to_string(),
    }
}

/// The cells of a row, in the order of [`COLUMNS`].
pub(crate) fn cells(row: &Sample) -> Vec<Cell> {
    fn or_null<T>(value: Option<T>, cell: fn(T) -> Cell) -> Cell {
        value.map_or(Cell::Null, cell)
    }
    vec![
        Cell::Integer(row.id),
        or_null(row.label.clone(), Cell::Text),
        Cell::Text(row.other_label.clone()),
        or_null(row.level, Cell::Integer),
        Cell::Integer(i64::from(row.amount)),
        or_null(row.ratio, Cell::Float),
        Cell::Float(f64::from(row.small)),
        or_null(row.price, Cell::Decimal),
        Cell::Decimal(row.old_price),
        or_null(row.flag, Cell::Flag),
        or_null(row.day, Cell::Day),
        Cell::Moment(row.moment),
        or_null(row.token, Cell::Token),
        or_null(row.colour, |colour| Cell::Text(colour.as_str().to_owned())),
    ]
}

fn text() -> impl Strategy<Value = String> {
    const TEXTS: &[&str] = &[
        "", "a", "A", "ab", "aB", "b", "é", "É", "a%", "a_b", "a\\", "*", "a?", "[a]", "a,b",
        "(\"a\")", "🦀", " a ",
    ];
    proptest::sample::select(TEXTS).prop_map(str::to_owned)
}

fn float() -> impl Strategy<Value = f64> {
    proptest::sample::select(&[-2.5, -1.0, 0.0, 0.1, 0.5, 1.0, 2.0, 1e10, 1e-7, -1e300][..])
}

fn small() -> impl Strategy<Value = f32> {
    proptest::sample::select(&[-2.5_f32, 0.0, 0.1, 0.5, 2.0][..])
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (-20_i64..20, 0..3_u32).prop_map(|(number, scale)| Decimal::new(number, scale))
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..5_u64).prop_map(|days| NaiveDate::default() + Days::new(days))
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    proptest::sample::select(&[0_i64, 1, 1_000_000, 86_400_000_000][..]).prop_map(|microseconds| {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::microseconds(microseconds)
    })
}

fn token() -> impl Strategy<Value = Uuid> {
    (0..4_u128).prop_map(|number| Uuid::from_u128(number << 100))
}

fn colour() -> impl Strategy<Value = Colour> {
    proptest::sample::select(&[Colour::Red, Colour::Blue][..])
}

/// A value of a column, as a client may ask about it.
pub(crate) fn cell(column: usize) -> BoxedStrategy<Cell> {
    match COLUMNS[column].wire {
        "label" | "otherLabel" => text().prop_map(Cell::Text).boxed(),
        "ratio" => float().prop_map(Cell::Float).boxed(),
        "small" => small()
            .prop_map(|number| Cell::Float(f64::from(number)))
            .boxed(),
        "price" | "oldPrice" => decimal().prop_map(Cell::Decimal).boxed(),
        "flag" => any::<bool>().prop_map(Cell::Flag).boxed(),
        "day" => day().prop_map(Cell::Day).boxed(),
        "moment" => moment().prop_map(Cell::Moment).boxed(),
        "token" => token().prop_map(Cell::Token).boxed(),
        "colour" => colour()
            .prop_map(|colour| Cell::Text(colour.as_str().to_owned()))
            .boxed(),
        _ => (-3_i64..6).prop_map(Cell::Integer).boxed(),
    }
}

/// Rows with nulls, and values that come again.
pub(crate) fn rows() -> impl Strategy<Value = Vec<Sample>> {
    let option = proptest::option::of::<BoxedStrategy<i64>>;
    let numbers = (
        option((-3_i64..6).boxed()),
        -3_i32..6,
        proptest::option::of(float()),
        small(),
    );
    let decimals = (proptest::option::of(decimal()), decimal());
    let times = (proptest::option::of(day()), moment());
    let others = (
        proptest::option::of(any::<bool>()),
        proptest::option::of(token()),
        proptest::option::of(colour()),
    );
    let texts = (proptest::option::of(text()), text());
    let row = (texts, numbers, decimals, times, others).prop_map(
        |(
            (label, other_label),
            (level, amount, ratio, small),
            (price, old_price),
            (day, moment),
            (flag, token, colour),
        )| {
            Sample {
                id: 0,
                label,
                other_label,
                level,
                amount,
                ratio,
                small,
                price,
                old_price,
                flag,
                day,
                moment,
                token,
                colour,
                secret: "hidden".to_owned(),
            }
        },
    );
    proptest::collection::vec(row, 0..40).prop_map(|mut rows| {
        for (key, row) in (1..).zip(&mut rows) {
            row.id = key;
        }
        rows
    })
}

impl Sample {
    /// A row whose values follow from its key; many rows share each of them, and some are null.
    pub(crate) fn numbered(key: i64) -> Self {
        let part = u32::try_from(key.rem_euclid(5)).unwrap_or_default();
        let some = key % 4 != 0;
        Self {
            id: key,
            label: some.then(|| format!("label {part}")),
            other_label: format!("other {}", key % 3),
            level: some.then_some(key % 6 - 3),
            amount: i32::try_from(key % 7).unwrap_or_default(),
            ratio: some.then(|| f64::from(part) / 3.0),
            small: 0.5,
            price: some.then(|| Decimal::new(key % 9, part % 3)),
            old_price: Decimal::new(key % 4, 1),
            flag: some.then_some(key % 2 == 0),
            day: some.then(|| NaiveDate::default() + Days::new(u64::from(part))),
            moment: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::microseconds(key % 3),
            token: some.then(|| Uuid::from_u128(u128::from(part))),
            colour: None,
            secret: "hidden".to_owned(),
        }
    }
}
