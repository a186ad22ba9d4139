//! Books by the thousand, made by statements where a benchmark asks for so many.
//!
//! It knows the table and not who reads it.

use topchef_tests::Kind;

/// What makes the books of these numbers, which are their ids too.
pub(crate) fn insert(kind: Kind, first: u32, last: u32) -> String {
    let (numbers, time) = match kind {
        Kind::Sqlite => (
            format!(
                "(WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) SELECT n FROM numbers) AS numbers"
            ),
            // In the form in which the runtime stores times.
            "'2026-11-26T20:00:00.000000+00:00'",
        ),
        Kind::Postgres => (
            format!("generate_series({first}, {last}) AS numbers(n)"),
            "'2026-11-26T20:00:00Z'::timestamptz",
        ),
    };
    format!(
        "INSERT INTO books (id, title, subtitle, pub_year, pages, price, available, created_at)
         SELECT n, 'Title ' || n, CASE WHEN n % 3 > 0 THEN 'Subtitle ' || n END, 1900 + n % 125,
             CASE WHEN n % 5 > 0 THEN 100 + n % 900 END, (n % 10000) / 100.0, n % 2 = 0, {time} FROM {numbers}"
    )
}

/// What follows when so many books are made: on `PostgreSQL` ids of one's own do not move the numbers that the database
/// gives, and an index does not hold the key by itself.
pub(crate) fn finish(kind: Kind, rows: u32) -> String {
    match kind {
        Kind::Sqlite => String::new(),
        Kind::Postgres => format!(
            "SELECT setval(pg_get_serial_sequence('books', 'id'), {rows});
             CREATE INDEX IF NOT EXISTS books_year_id ON books (pub_year, id);"
        ),
    }
}
