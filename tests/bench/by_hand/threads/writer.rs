//! The thread that writes: everything that waits goes into one transaction, and is answered after its commit.

use crossbeam_channel::Receiver;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tokio::sync::oneshot;

use super::ask::{Answer, Write};
use super::reader::one;
use super::row::BookRow;
use crate::book::{self, BookPatch, COLUMNS, NewBook};
use crate::error::Error;

/// How many writes one commit takes along at most.
const GROUP: usize = 256;

/// What is answered when the commit is on the disk.
type Waiting = (oneshot::Sender<Answer>, Answer);

/// Until the server is gone.
pub(super) fn run(connection: &Connection, writes: &Receiver<Write>) {
    let mut waiting = Vec::with_capacity(GROUP);
    while let Ok(first) = writes.recv() {
        let committed = group(connection, first, writes, &mut waiting);
        let failed = committed.err().map(|error| error.to_string());
        if failed.is_some() && !connection.is_autocommit() {
            // It failed already, which is what everybody is told.
            let _ = connection.execute_batch("ROLLBACK");
        }
        for (sender, answer) in waiting.drain(..) {
            let answer = match &failed {
                Some(error) => Err(Error::Database(error.clone().into())),
                None => answer,
            };
            // Nobody waits for an answer whose client went away.
            let _ = sender.send(answer);
        }
    }
}

/// One transaction.
///
/// A write is one statement, which undoes itself when it fails; so none needs a savepoint.
fn group(
    connection: &Connection,
    first: Write,
    writes: &Receiver<Write>,
    waiting: &mut Vec<Waiting>,
) -> Result<(), rusqlite::Error> {
    let begun = connection
        .prepare_cached("BEGIN IMMEDIATE")
        .and_then(|mut begin| begin.execute([]));
    for ask in std::iter::once(first).chain(writes.try_iter().take(GROUP - 1)) {
        let (sender, answer) = if connection.is_autocommit() {
            // It has not begun, or was undone as a whole: nothing may be committed by itself.
            (ask.sender(), Err(Error::Database("no transaction".into())))
        } else {
            write(connection, ask)
        };
        waiting.push((sender, answer));
    }
    begun?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}

fn write(connection: &Connection, ask: Write) -> Waiting {
    match ask {
        Write::Post { book, answer } => (answer, post(connection, &book)),
        Write::Patch { id, patch, answer } => (answer, patch_book(connection, id, patch)),
        Write::Delete { id, answer } => (answer, delete(connection, id)),
    }
}

/// The row's id is all that the database adds, so nothing is read back.
fn post(connection: &Connection, book: &NewBook) -> Answer {
    let created_at = book::now();
    let mut statement = connection.prepare_cached(
        "INSERT INTO books (title, subtitle, pub_year, pages, price, available, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    let id = statement.insert((
        &book.title,
        &book.subtitle,
        book.pub_year,
        book.pages,
        book.price,
        book.available,
        &created_at,
    ))?;
    let row = BookRow {
        id,
        title: &book.title,
        subtitle: book.subtitle.as_deref(),
        pub_year: book.pub_year,
        pages: book.pages,
        price: book.price,
        available: book.available,
        created_at: &created_at,
    };
    let mut json = Vec::with_capacity(256);
    row.write(&mut json)?;
    Ok(json)
}

fn patch_book(connection: &Connection, id: i64, patch: BookPatch) -> Answer {
    let mut sql = String::from("UPDATE books SET ");
    let mut values: Vec<Value> = Vec::with_capacity(7);
    let mut set = |column: &str, value: Value| {
        sql.push_str(if values.is_empty() { "" } else { ", " });
        sql.push_str(column);
        sql.push_str(" = ?");
        values.push(value);
    };
    if let Some(title) = patch.title {
        set("title", title.into());
    }
    if let Some(subtitle) = patch.subtitle {
        set("subtitle", subtitle.into());
    }
    if let Some(pub_year) = patch.pub_year {
        set("pub_year", pub_year.into());
    }
    if let Some(pages) = patch.pages {
        set("pages", pages.into());
    }
    if let Some(price) = patch.price {
        set("price", price.into());
    }
    if let Some(available) = patch.available {
        set("available", available.into());
    }
    sql.push_str(" WHERE id = ? RETURNING ");
    sql.push_str(COLUMNS);
    values.push(id.into());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    one(&mut rows)
}

fn delete(connection: &Connection, id: i64) -> Answer {
    let mut statement = connection.prepare_cached("DELETE FROM books WHERE id = ?")?;
    if statement.execute((id,))? == 0 {
        return Err(Error::NotFound);
    }
    Ok(Vec::new())
}
