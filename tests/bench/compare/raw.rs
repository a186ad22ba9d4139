//! The statements of the operations without a server around them: in a loop, or by pgbench.
//!
//! It does not know what is made of it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Row as _};

use crate::Failure;
use crate::data::Data;
use crate::operation::{COPIES, Operation, ROWS};

/// How long each loop runs.
const TIME: Duration = Duration::from_secs(1);

/// How many rows there are to be deleted: more than can be in that time.
const TO_DELETE: u32 = 300_000;

/// What a server reads of a book.
const COLUMNS: &str = "id, title, subtitle, pub_year, pages, price, available, created_at";

/// The statement of an operation, with one number in it: `{}`, which is the id but where none is given.
fn statement(operation: Operation, now: &str) -> String {
    match operation {
        Operation::GetOne => format!("SELECT {COLUMNS} FROM books WHERE id = {{}}"),
        Operation::List => format!(
            "SELECT {COLUMNS} FROM books WHERE pub_year >= 1950 + 0 * {{}} ORDER BY pub_year DESC, id DESC LIMIT 20"
        ),
        // The price is another each time: SQLite does not write a row that stays as it is.
        Operation::Patch => format!(
            "UPDATE books SET title = 'Another title than before', price = price + 0.25 WHERE id = {{}} RETURNING {COLUMNS}"
        ),
        Operation::Delete => "DELETE FROM books WHERE id = {}".to_owned(),
        Operation::Post => format!(
            "INSERT INTO books (title, subtitle, pub_year, pages, price, available, created_at)
             VALUES ('A book of a bench', 'And what it is about', 2001, 432, {{}} / 4.0, true, {now}) RETURNING {COLUMNS}"
        ),
    }
}

/// The number that stands in the statement the `turn`th time.
fn number(operation: Operation, turn: u32) -> u32 {
    match operation {
        Operation::Delete => COPIES + turn,
        _ => 1 + turn.wrapping_mul(7919) % ROWS,
    }
}

fn of_sqlite(operation: Operation) -> String {
    let now = "strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')";
    statement(operation, now).replace("{}", "?1")
}

/// How often a second a loop in one thread does it, without a server.
pub(crate) fn over_rusqlite(data: &Data, operation: Operation) -> Result<f64, Failure> {
    data.reset(TO_DELETE)?;
    let connection = rusqlite::Connection::open(data.address())?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")?;
    let mut statement = connection.prepare(&of_sqlite(operation))?;
    let columns = statement.column_count();
    let mut turn = 0;
    let began = Instant::now();
    while began.elapsed() < TIME {
        let mut rows = statement.query([number(operation, turn)])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                std::hint::black_box(row.get_ref(column)?);
            }
        }
        turn += 1;
    }
    Ok(f64::from(turn) / began.elapsed().as_secs_f64())
}

/// The same over sqlx, one statement after the other.
pub(crate) fn over_sqlx(data: &Data, operation: Operation) -> Result<f64, Failure> {
    data.reset(TO_DELETE)?;
    let options = SqliteConnectOptions::new()
        .filename(data.address())
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build()?;
    runtime.block_on(async {
        let mut connection: SqliteConnection = options.connect().await?;
        let text = of_sqlite(operation);
        let mut turn = 0;
        let began = Instant::now();
        while began.elapsed() < TIME {
            let asked = sqlx::query(sqlx::AssertSqlSafe(text.as_str()));
            let asked = asked.bind(number(operation, turn));
            for row in asked.fetch_all(&mut connection).await? {
                for column in 0..row.len() {
                    std::hint::black_box(row.try_get_raw(column)?);
                }
            }
            turn += 1;
        }
        Ok(f64::from(turn) / began.elapsed().as_secs_f64())
    })
}

/// How often a second pgbench does it, over so many connections.
///
/// What servers were given before has moved the count of the keys on: so nothing stands in its way but for a `DELETE`.
pub(crate) fn over_pgbench(
    data: &Data,
    folder: &Path,
    operation: Operation,
    connections: usize,
) -> Result<f64, Failure> {
    data.reset(match operation {
        Operation::Delete => TO_DELETE,
        _ => 0,
    })?;
    let id = match operation {
        Operation::Delete => format!("{COPIES} + :client_id + :turn * {connections}"),
        _ => format!("random(1, {ROWS})"),
    };
    let statement = statement(operation, "now()").replace("{}", ":id");
    let script = folder.join("pgbench.sql");
    let text = format!("\\set turn :turn + 1\n\\set id {id}\n{statement};\n");
    std::fs::write(&script, text)?;
    let programs = std::env::var_os("TOPCHEF_TEST_POSTGRES_BIN").unwrap_or_default();
    let program = Path::new(&programs).join("pgbench");
    let mut pgbench = Command::new(if program.is_file() {
        program.as_path()
    } else {
        Path::new("pgbench")
    });
    pgbench
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .args(["--define=turn=0", "--file"])
        .arg(script)
        .arg(format!("--client={connections}"))
        .arg(format!("--time={}", TIME.as_secs().max(2)))
        .arg(data.address());
    let output = pgbench.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rate| rate.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| {
        let error = String::from_utf8_lossy(&output.stderr);
        format!("pgbench: {error}").into()
    })
}
