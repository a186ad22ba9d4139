//! Requests that are carried out once, however often they are sent (draft-ietf-httpapi-idempotency-key-header).
//!
//! It owns what is stored of them; it does not know how requests and answers are read and sent.

use chrono::Utc;
use http::header::HeaderName;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use xxhash_rust::xxh3::Xxh3;

use super::precondition::hexadecimal;
use super::{Reply, Transaction};
use crate::column::{Cell, DecodeError, Row};
use crate::database::{Database, DatabaseError};
use crate::error::{ApiError, Report};
use crate::sql::ScopedKey;

/// How long a key is remembered, in seconds.
const LIFETIME: i64 = 24 * 60 * 60;

/// A request that is carried out once: its key, and what it was.
#[derive(Clone, Debug)]
pub(crate) struct Once {
    key: ScopedKey,
    fingerprint: String,
}

/// What is stored under a request's key.
#[derive(Debug)]
pub(crate) enum Found {
    /// Another request.
    Another,
    /// The same, with its answer.
    Answer(Reply),
    /// The same, whose answer was never stored; where it is known, the keys of the records it wrote, one a line.
    Unanswered(Option<String>),
}

impl Once {
    /// A request of somebody, or of a stranger; `path` is as the client sent it.
    pub(crate) fn new(
        who: Option<&str>,
        parts: &Parts,
        path: &str,
        key: &str,
        body: &[u8],
    ) -> Self {
        let method = parts.method.as_str();
        let query = parts.uri.query().unwrap_or_default();
        Self {
            key: ScopedKey {
                // Neither a method nor a path has a space in it, so no two scopes are written alike.
                scope: match who {
                    Some(who) => format!("{method} {path} {who}"),
                    None => format!("{method} {path}"),
                },
                key: key.to_owned(),
            },
            fingerprint: hexadecimal(fingerprint(&[
                method.as_bytes(),
                path.as_bytes(),
                query.as_bytes(),
                body,
            ])),
        }
    }

    /// Whose key it is, and the key.
    pub(crate) fn key(&self) -> &ScopedKey {
        &self.key
    }

    /// What is stored under the key.
    ///
    /// # Errors
    /// [`DatabaseError`] when the database fails.
    pub(crate) async fn find(&self, database: &Database) -> Result<Option<Found>, DatabaseError> {
        let oldest = Utc::now().timestamp() - LIFETIME;
        let statement = database.dialect().find_idempotency_key(&self.key, oldest);
        let fingerprint = self.fingerprint.clone();
        database
            .rows(statement, move |rows| {
                let row = rows.next()?;
                Ok(row.map(|row| found(&row, &fingerprint)).transpose()?)
            })
            .await
    }

    /// Stores the key in the transaction of the write, and forgets those that are too old.
    ///
    /// # Errors
    /// A [`Report`]: 409 when another program carries the request out.
    pub(super) async fn claim(&self, tx: &mut Transaction) -> Result<(), Report> {
        let now = Utc::now().timestamp();
        let dialect = tx.dialect();
        let statements = [
            dialect.delete_idempotency_keys(now - LIFETIME),
            dialect.insert_idempotency_key(&self.key, &self.fingerprint, now),
        ];
        for statement in statements {
            let done = tx.rows(statement, |_| Ok(())).await;
            done.map_err(|error| match error {
                DatabaseError::NotUnique { .. } => ApiError::idempotency_key_in_use().into(),
                other => Report::from(other),
            })?;
        }
        Ok(())
    }

    /// Stores which records the request wrote, so that it can be answered when its answer is lost.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub(super) async fn wrote(&self, tx: &mut Transaction, records: &str) -> Result<(), Report> {
        let dialect = tx.dialect();
        let statement = dialect.store_idempotent_records(&self.key, records);
        Ok(tx.rows(statement, |_| Ok(())).await?)
    }

    /// Stores a hook's answer, where all of it is known before the commit.
    ///
    /// # Errors
    /// A [`Report`] when the database fails.
    pub(super) async fn replied(&self, tx: &mut Transaction, reply: &Reply) -> Result<(), Report> {
        if reply.record.is_some() {
            // What goes out of it is only found after the commit.
            return Ok(());
        }
        let dialect = tx.dialect();
        let statement = dialect.store_idempotent_answer(
            &self.key,
            reply.status.as_u16(),
            written_headers(&reply.headers),
            reply.body.clone(),
        );
        Ok(tx.rows(statement, |_| Ok(())).await?)
    }

    /// Stores the answer to a request that was carried out.
    ///
    /// # Errors
    /// [`DatabaseError`] when the database fails; the request will be answered all the same.
    pub(crate) async fn answered(
        &self,
        database: &Database,
        reply: &Reply,
    ) -> Result<(), DatabaseError> {
        let statement = database.dialect().store_idempotent_answer(
            &self.key,
            reply.status.as_u16(),
            written_headers(&reply.headers),
            reply.body.clone(),
        );
        database.write(vec![statement], |_, _| Ok(())).await?;
        Ok(())
    }
}

/// A hash of all parts, each with its length before it.
fn fingerprint(parts: &[&[u8]]) -> u128 {
    let mut hash = Xxh3::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.digest128()
}

fn found(row: &Row<'_>, fingerprint: &str) -> Result<Found, DecodeError> {
    if row.cell(0)?.text()? != fingerprint {
        return Ok(Found::Another);
    }
    let (Cell::Integer(status), Cell::Text(headers), Cell::Bytes(body)) =
        (row.cell(2)?, row.cell(3)?, row.cell(4)?)
    else {
        let records = match row.cell(1)? {
            Cell::Null => None,
            records => Some(records.text()?.to_owned()),
        };
        return Ok(Found::Unanswered(records));
    };
    let status = u16::try_from(status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    Ok(Found::Answer(Reply::again(
        status.ok_or_else(|| DecodeError::new("a status", "another number"))?,
        read_headers(headers)?,
        body.to_vec(),
    )))
}

/// Headers as JSON: an array of pairs, because a name may come several times.
fn written_headers(headers: &HeaderMap) -> String {
    let pairs = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        serde_json::json!([name.as_str(), value])
    });
    serde_json::Value::Array(pairs.collect()).to_string()
}

fn read_headers(json: &str) -> Result<HeaderMap, DecodeError> {
    let pairs: Vec<(String, String)> = serde_json::from_str(json)
        .map_err(|error| DecodeError::new("headers", error.to_string()))?;
    let headers = pairs.into_iter().map(|(name, value)| {
        Some((
            HeaderName::try_from(name).ok()?,
            HeaderValue::try_from(value).ok()?,
        ))
    });
    headers
        .collect::<Option<HeaderMap>>()
        .ok_or_else(|| DecodeError::new("headers", "other text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
        assert_ne!(fingerprint(&[b"", b"a"]), fingerprint(&[b"a", b""]));
    }

    #[test]
    fn headers_come_back_as_they_were() {
        let mut headers = HeaderMap::new();
        headers.append("link", HeaderValue::from_static("</a>; rel=\"next\""));
        headers.append("link", HeaderValue::from_static("</b>; rel=\"prev\""));
        assert_eq!(read_headers(&written_headers(&headers)).unwrap(), headers);
        assert!(read_headers("{}").is_err());
        assert!(read_headers(r#"[["a b", ""]]"#).is_err());
    }
}
