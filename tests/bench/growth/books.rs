//! Books of a derived resource, served in this process: one of them, the first page, a page in the middle, one more.
//!
//! It does not know how often anything is asked for.

use std::path::Path;

use serde_json::Value;
use tokio::runtime::Runtime;
use topchef_runtime::Api;
use topchef_tests::Kind;

use crate::book::Book;
use crate::connection::{Connection, Request};
use crate::place::Place;
use crate::{Failure, rows};

const WHOLE: &str = r#"{"title":"The Dispossessed","subtitle":"An ambiguous utopia","pub_year":1974,"pages":341,"price":9.5,"available":true}"#;

const LIST: &str = "/books?pub_year[ge]=1950&sort=-pub_year,-id&limit=20";

/// A server, until this goes.
pub(crate) struct Books {
    connection: Connection,
    rows: u32,
    /// A page in the middle of the list.
    deep: String,
    asked: u32,
    // Ended before the database is removed.
    _runtime: Runtime,
    _place: Place,
}

impl Books {
    /// Over that many rows.
    pub(crate) fn start(folder: &Path, rows: u32) -> Result<Self, Failure> {
        let place = Place::new(folder);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let database = runtime.block_on(async {
            let database = place.open().await?;
            database.create_tables::<Book>().await?;
            Ok::<_, Failure>(database)
        })?;
        let kind = Kind::of_this_run();
        place.fill(rows, |first, last| rows::insert(kind, first, last))?;
        place.execute(&rows::finish(kind, rows))?;
        place.settle()?;
        let address = runtime.block_on(async {
            let router = Api::new(database).resource::<Book>().public().into_router();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?.to_string();
            tokio::spawn(async move { axum::serve(listener, router).await });
            Ok::<_, Failure>(address)
        })?;
        let mut connection = Connection::new(&address)?;
        let deep = middle(&mut connection, rows)?;
        Ok(Self {
            connection,
            rows,
            deep,
            asked: 0,
            _runtime: runtime,
            _place: place,
        })
    }

    pub(crate) fn connect_again(&mut self) -> Result<(), Failure> {
        self.connection.connect_again()
    }

    /// One of the books, each time another, all over the table.
    pub(crate) fn one(&mut self) -> Result<f64, Failure> {
        self.asked += 1;
        // A prime number of rows further, so that neighbours are not asked for one after the other.
        let id = u64::from(self.asked) * 7_919 % u64::from(self.rows) + 1;
        self.get(&format!("/books/{id}"))
    }

    pub(crate) fn first_page(&mut self) -> Result<f64, Failure> {
        self.get(LIST)
    }

    pub(crate) fn deep_page(&mut self) -> Result<f64, Failure> {
        let deep = self.deep.clone();
        self.get(&deep)
    }

    pub(crate) fn post(&mut self) -> Result<f64, Failure> {
        let request = Request {
            method: "POST",
            path: "/books",
            body: WHOLE,
            status: 201,
        };
        Ok(self.connection.ask(&request)?.took)
    }

    fn get(&mut self, path: &str) -> Result<f64, Failure> {
        Ok(self.connection.ask(&Request::get(path))?.took)
    }
}

/// The page after half of the list, by the cursor that leads there.
fn middle(connection: &mut Connection, rows: u32) -> Result<String, Failure> {
    const STEP: u32 = 200;
    // Of 125 years, 75 are in the list.
    let half = rows * 75 / 125 / 2;
    let mut path = LIST.replace("limit=20", &format!("limit={STEP}")) + "&cursor=";
    for _ in 0..(half / STEP).max(1) {
        let body = connection.ask(&Request::get(&path))?.body;
        let page: Value = serde_json::from_str(&body)?;
        let next = page["links"]["next"].as_str();
        next.ok_or("the list ends before its middle")?
            .clone_into(&mut path);
    }
    Ok(path.replace(&format!("limit={STEP}"), "limit=20"))
}
