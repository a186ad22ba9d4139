//! The paths of a derived resource, over a database with some rows.
//!
//! It does not know what is counted.

use http::Method;
use topchef_runtime::{Api, Database};
use topchef_tests::{Kind, Scratch};

use crate::book::Book;
use crate::client::Client;
use crate::{Failure, MOST, rows};

/// What is posted and what a patch changes it to.
const WHOLE: &str = r#"{"title":"The Dispossessed","subtitle":"An ambiguous utopia","pub_year":1974,"pages":341,"price":9.5,"available":true}"#;
const CHANGE: &str =
    r#"{"title":"The Dispossessed again","pub_year":1975,"price":12.25,"available":false}"#;

/// A text that is missing, a number that is too small, a type that is wrong, a field that nobody knows.
const WRONG: &str = r#"{"subtitle":"An ambiguous utopia","pub_year":74,"pages":"many","price":9.5,"available":true,"colour":"red"}"#;

const LIST: &str = "/books?pub_year[ge]=1950&sort=-pub_year,-id&limit=20";

/// Books that are served, until this goes.
pub(crate) struct Books {
    client: Client,
    _scratch: Scratch,
}

impl Books {
    /// In a new database, with as many rows as the longest run asks for.
    pub(crate) async fn open(kind: Kind) -> Result<Self, Failure> {
        let scratch = Scratch::of(kind);
        let database = match kind {
            // One reader, because one request comes after the other.
            Kind::Sqlite => Database::sqlite(scratch.file()).readers(1).open().await?,
            Kind::Postgres => scratch.open().await,
        };
        database.create_tables::<Book>().await?;
        scratch.execute(&rows::insert(kind, 1, MOST));
        scratch.execute(&rows::finish(kind, MOST));
        let router = Api::new(database).resource::<Book>().public().into_router();
        Ok(Self {
            client: Client::new(router),
            _scratch: scratch,
        })
    }

    pub(crate) async fn get_one(&self, times: u32) -> Result<(), Failure> {
        for id in 1..=times {
            self.client.get(&format!("/books/{id}"), 200).await?;
        }
        Ok(())
    }

    /// Of a record that the client has already.
    pub(crate) async fn not_modified(&self, times: u32) -> Result<(), Failure> {
        let answer = self.client.get("/books/1", 200).await?;
        let tag = answer.headers.get("etag").ok_or("no entity tag")?;
        let tag = tag.to_str()?;
        for _ in 0..times {
            self.client.get_again("/books/1", tag, 304).await?;
        }
        Ok(())
    }

    pub(crate) async fn list(&self, times: u32) -> Result<(), Failure> {
        for _ in 0..times {
            self.client.get(LIST, 200).await?;
        }
        Ok(())
    }

    pub(crate) async fn post(&self, times: u32) -> Result<(), Failure> {
        self.send(times, WHOLE, 201).await
    }

    /// Of what is wrong in four fields.
    pub(crate) async fn refused(&self, times: u32) -> Result<(), Failure> {
        self.send(times, WRONG, 400).await
    }

    async fn send(&self, times: u32, body: &str, status: u16) -> Result<(), Failure> {
        for _ in 0..times {
            let sent = self
                .client
                .send(Method::POST, "/books", body.to_owned(), status);
            sent.await?;
        }
        Ok(())
    }

    pub(crate) async fn patch(&self, times: u32) -> Result<(), Failure> {
        for id in 1..=times {
            let path = format!("/books/{id}");
            let sent = self
                .client
                .send(Method::PATCH, &path, CHANGE.to_owned(), 200);
            sent.await?;
        }
        Ok(())
    }

    pub(crate) async fn delete(&self, times: u32) -> Result<(), Failure> {
        for id in 1..=times {
            self.client.delete(&format!("/books/{id}"), 204).await?;
        }
        Ok(())
    }
}
