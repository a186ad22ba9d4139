//! A thread that reads.

use crossbeam_channel::Receiver;
use rusqlite::types::Value;
use rusqlite::{Connection, Rows, params_from_iter};

use super::ask::{Answer, Read};
use super::row;
use crate::book::COLUMNS;
use crate::error::Error;
use crate::list::BookQuery;

/// Until the server is gone.
pub(super) fn run(connection: &Connection, reads: &Receiver<Read>) {
    while let Ok(ask) = reads.recv() {
        // Nobody waits for an answer whose client went away.
        let _ = match ask {
            Read::Get { id, answer } => answer.send(get(connection, id)),
            Read::List { query, answer } => answer.send(list(connection, &query)),
        };
    }
}

fn get(connection: &Connection, id: i64) -> Answer {
    let mut statement = connection.prepare_cached("SELECT * FROM books WHERE id = ?")?;
    let mut rows = statement.query((id,))?;
    one(&mut rows)
}

/// The only row.
pub(super) fn one(rows: &mut Rows<'_>) -> Answer {
    let row = rows.next()?.ok_or(Error::NotFound)?;
    let mut json = Vec::with_capacity(256);
    row::write(row, &mut json)?;
    Ok(json)
}

fn list(connection: &Connection, query: &BookQuery) -> Answer {
    let mut sql = format!("SELECT {COLUMNS} FROM books WHERE true");
    let mut values: Vec<Value> = Vec::new();
    let mut add = |condition: &str, value: Value| {
        sql.push_str(condition);
        values.push(value);
    };
    if let Some(title) = query.title.clone() {
        add(" AND title = ?", title.into());
    }
    if let Some(pub_year) = query.pub_year {
        add(" AND pub_year = ?", pub_year.into());
    }
    if let Some(pub_year) = query.pub_year_ge {
        add(" AND pub_year >= ?", pub_year.into());
    }
    if let Some(pub_year) = query.pub_year_le {
        add(" AND pub_year <= ?", pub_year.into());
    }
    if let Some(price) = query.price_ge {
        add(" AND price >= ?", price.into());
    }
    if let Some(price) = query.price_le {
        add(" AND price <= ?", price.into());
    }
    if let Some(available) = query.available {
        add(" AND available = ?", available.into());
    }
    query.order(&mut sql)?;
    sql.push_str(" LIMIT ?");
    values.push(query.limit().into());
    if let Some(offset) = query.offset() {
        sql.push_str(" OFFSET ?");
        values.push(offset.into());
    }
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut json = Vec::with_capacity(4096);
    json.push(b'[');
    while let Some(row) = rows.next()? {
        if json.len() > 1 {
            json.push(b',');
        }
        row::write(row, &mut json)?;
    }
    json.push(b']');
    Ok(json)
}
