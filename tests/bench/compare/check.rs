//! Whether a server answers what all of them must: one request of each operation, before it is measured.
//!
//! It does not know how fast it is.

use reqwest::{Client, Method};
use serde_json::{Map, Value};

use crate::Failure;
use crate::operation::{COPIES, Operation, ROWS};
use crate::served::Served;

/// What is written for `{price}`.
const PRICE: &str = "1234.25";

/// The server, as it is asked.
struct Asked<'a> {
    client: Client,
    served: &'a Served<'a>,
}

type Record = Map<String, Value>;

/// Fails with what is wrong.
pub(crate) fn check(served: &Served<'_>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build()?;
    runtime.block_on(async {
        let client = Client::builder().no_proxy().build()?;
        let asked = Asked { client, served };
        if served.contestant.is_constant {
            asked.ask(Operation::GetOne, 7, 200).await?;
            return Ok(());
        }
        asked.reads().await?;
        asked.writes().await
    })?;
    if served.contestant.is_constant {
        // It has no table.
        return Ok(());
    }
    served.data.reset(0)
}

impl Asked<'_> {
    /// Sends a request, and gives the body of the answer, which must have that status.
    async fn ask(&self, operation: Operation, id: u32, status: u16) -> Result<Value, Failure> {
        self.send(operation, id, status, str::to_owned).await
    }

    /// The same, with another body.
    async fn send(
        &self,
        operation: Operation,
        id: u32,
        status: u16,
        change: impl Fn(&str) -> String,
    ) -> Result<Value, Failure> {
        let request = operation.request(self.served.contestant);
        let path = request.path.replace("{id}", &id.to_string());
        let url = format!("http://{}{path}", self.served.address);
        let method: Method = request.method.parse()?;
        let mut sent = self.client.request(method, url);
        if let Some(body) = request.body {
            let body = change(&body.replace("{price}", PRICE));
            sent = sent.header("content-type", "application/json").body(body);
        }
        let answer = sent.send().await?;
        let got = answer.status().as_u16();
        let text = answer.text().await?;
        // Any other refusal is as good as that of a limit.
        if got != status && !(status == 400 && (400..500).contains(&got)) {
            let method = request.method;
            return Err(format!("{method} {path}: {got} and not {status}: {text}").into());
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn reads(&self) -> Result<(), Failure> {
        for id in [7, 15, ROWS] {
            let record = record(self.ask(Operation::GetOne, id, 200).await?)?;
            expect(&record, "id", &id.into())?;
            stored(&record)?;
        }
        self.ask(Operation::GetOne, COPIES, 404).await?;
        let books = list(self.ask(Operation::List, 0, 200).await?)?;
        // The newest are of one year, to which every 125th belongs.
        let newest = (1..=ROWS).rev().filter(|id| id % 125 == 124).take(20);
        let newest: Vec<Value> = newest.map(Value::from).collect();
        let ids = books.iter().map(|book| book.get("id").cloned());
        let ids: Vec<Value> = ids.map(Option::unwrap_or_default).collect();
        if ids != newest {
            return Err(format!("the list has {ids:?} and not {newest:?}").into());
        }
        books.iter().try_for_each(stored)
    }

    async fn writes(&self) -> Result<(), Failure> {
        let price = Value::from(PRICE.parse::<f64>()?);
        let made = record(self.ask(Operation::Post, 0, 201).await?)?;
        complete(&made)?;
        expect(&made, "title", &"A book of a bench".into())?;
        expect(&made, "pages", &432.into())?;
        expect(&made, "price", &price)?;
        let id = made.get("id").and_then(Value::as_u64);
        let id = u32::try_from(id.ok_or("a new record without an id")?)?;
        let read = record(self.ask(Operation::GetOne, id, 200).await?)?;
        expect(&read, "title", &"A book of a bench".into())?;
        let changed = record(self.ask(Operation::Patch, id, 200).await?)?;
        complete(&changed)?;
        expect(&changed, "title", &"Another title than before".into())?;
        expect(&changed, "pages", &432.into())?;
        expect(&changed, "price", &price)?;
        for operation in [Operation::Post, Operation::Patch] {
            let long = |body: &str| body.replace("title\":\"A", &format!("title\":\"{:A<101}", ""));
            self.send(operation, id, 400, long).await?;
            let text = |body: &str| body.replace(PRICE, "\"much\"");
            self.send(operation, id, 400, text).await?;
        }
        self.ask(Operation::Delete, id, 204).await?;
        for operation in [Operation::GetOne, Operation::Patch, Operation::Delete] {
            self.ask(operation, id, 404).await?;
        }
        Ok(())
    }
}

/// The record itself, whatever is around it.
fn record(body: Value) -> Result<Record, Failure> {
    let Value::Object(object) = body else {
        return Err(format!("no record: {body}").into());
    };
    if object.contains_key("id") {
        return Ok(object);
    }
    let inside = object.into_iter().find_map(|(_, value)| match value {
        Value::Object(inside) if inside.contains_key("id") => Some(inside),
        _ => None,
    });
    inside.ok_or_else(|| "no record in the answer".into())
}

/// The records themselves, whatever is around them.
fn list(body: Value) -> Result<Vec<Record>, Failure> {
    let records = match body {
        Value::Array(records) => records,
        Value::Object(object) => {
            let mut values = object.into_iter().map(|(_, value)| value);
            let records = values.find_map(|value| match value {
                Value::Array(records) => Some(records),
                _ => None,
            });
            records.ok_or("no list in the answer")?
        }
        other => return Err(format!("no list: {other}").into()),
    };
    records.into_iter().map(record).collect()
}

/// Whether it is one of the rows that were there from the beginning, with all that is in it.
fn stored(record: &Record) -> Result<(), Failure> {
    complete(record)?;
    let id = record.get("id").and_then(Value::as_u64);
    let id = id.ok_or("an id that is no number")?;
    let subtitle = (id % 3 != 0).then(|| format!("Subtitle {id}"));
    let pages = (id % 5 != 0).then_some(100 + id % 900);
    expect(record, "title", &format!("Title {id}").into())?;
    expect(record, "subtitle", &subtitle.into())?;
    expect(record, "pub_year", &(1900 + id % 125).into())?;
    expect(record, "pages", &pages.into())?;
    expect(record, "available", &(id % 2 == 0).into())?;
    let price = record.get("price").and_then(Value::as_f64);
    let hundredths = u32::try_from(id % 10_000)?;
    if price.is_none_or(|price| (price * 100.0 - f64::from(hundredths)).abs() > 1e-6) {
        return Err(format!("`price` of {id} is {price:?}").into());
    }
    Ok(())
}

/// Whether the record has its eight fields.
fn complete(record: &Record) -> Result<(), Failure> {
    let time = record.get("created_at").and_then(Value::as_str);
    if record.len() != 8 || time.is_none_or(str::is_empty) {
        return Err(format!("not the eight fields: {record:?}").into());
    }
    Ok(())
}

fn expect(record: &Record, name: &str, value: &Value) -> Result<(), Failure> {
    let got = record.get(name);
    if got == Some(value) {
        Ok(())
    } else {
        Err(format!("`{name}` is {got:?} and not {value}").into())
    }
}
