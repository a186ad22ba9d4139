//! The rows that every server of the comparison begins with.
//!
//! It does not know how they are served.

use chrono::{SecondsFormat, Utc};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::Failure;

/// What is the same on both databases: columns of the row with the number `n`, from the title to the price.
const VALUES: &str =
    "'Title ' || n, CASE n % 3 WHEN 0 THEN NULL ELSE 'Subtitle ' || n END, 1900 + n % 125,
    CASE n % 5 WHEN 0 THEN NULL ELSE 100 + n % 900 END, (n % 10000) / 100.0, n % 2 = 0";

const COLUMNS: &str = "id, title, subtitle, pub_year, pages, price, available, created_at";

/// Fills an empty table of an `SQLite` file.
pub(crate) fn sqlite(path: &str, rows: u32) -> Result<(), Failure> {
    let connection = rusqlite::Connection::open(path)?;
    let is_filled = connection.query_row("SELECT EXISTS (SELECT 1 FROM books)", [], |row| {
        row.get::<_, bool>(0)
    });
    if is_filled? {
        return Ok(());
    }
    // In the form in which the runtime stores times, which is also the one that goes out.
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, false);
    let insert = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
         INSERT INTO books ({COLUMNS}) SELECT n, {VALUES}, ?2 FROM numbers"
    );
    connection.execute(&insert, (rows, now))?;
    connection.execute_batch("ANALYZE")?;
    Ok(())
}

/// Fills an empty table of a `PostgreSQL` database, and makes the index that serves the list.
pub(crate) async fn postgres(address: &str, rows: u32) -> Result<(), Failure> {
    let mut connection = PgConnection::connect(address).await?;
    // What the derived index does not hold: which of the books of a year come first.
    let mut statements =
        vec!["CREATE INDEX IF NOT EXISTS books_year_id ON books (pub_year, id)".to_owned()];
    let is_filled = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM books)");
    let is_filled: bool = is_filled.fetch_one(&mut connection).await?;
    if !is_filled {
        statements.extend([
            format!("INSERT INTO books ({COLUMNS}) SELECT n, {VALUES}, now() FROM generate_series(1, {rows}) AS numbers(n)"),
            format!("SELECT setval(pg_get_serial_sequence('books', 'id'), {rows})"),
            "ANALYZE books".to_owned(),
        ]);
    }
    let statements = sqlx::raw_sql(AssertSqlSafe(statements.join(";")));
    statements.execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
