//! Invoices with their items: parent and children in one `POST`, written together or not at all.
//!
//! ```text
//! cargo run -p topchef-runtime --example invoice
//! curl localhost:3000/invoices --json '{"user_id": 7, "invoice_date": "2020-02-29", "invoice_items": [
//!     {"part_code": "A-1", "units": 2, "unit_price": "9.99"}, {"part_code": "B-7", "units": 1, "unit_price": "0.50"}]}'
//! curl localhost:3000/invoices/1
//! curl 'localhost:3000/invoices?user_id=7&include=invoice_items'
//! ```

use chrono::NaiveDate;
use rust_decimal::Decimal;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::http::Public;
use topchef_runtime::{Api, Database, ModelResource};

/// What somebody has to pay.
#[derive(ModelResource)]
#[resource(
    relations(invoice_items(has_many = InvoiceItem, by = invoice_id)),
    serial_fields(
        get = [id, user_id, invoice_date, invoice_items],
        post = [id, user_id, invoice_date, invoice_items],
    ),
)]
#[expect(
    clippy::struct_field_names,
    reason = "the date is called so in JSON too"
)]
pub struct Invoice {
    id: i64,
    #[resource(index)]
    user_id: i64,
    #[resource(index)]
    invoice_date: NaiveDate,
}

/// One line of an invoice.
#[derive(ModelResource)]
#[resource(serial_fields = [id, invoice_id, part_code, units, unit_price, amount()])]
pub struct InvoiceItem {
    id: i64,
    #[resource(references = Invoice)]
    invoice_id: i64,
    #[resource(min_length = 1, max_length = 20)]
    part_code: String,
    #[resource(minimum = 1)]
    units: u32,
    #[resource(minimum = 0)]
    unit_price: Decimal,
}

impl InvoiceItem {
    fn amount(&self) -> Option<Decimal> {
        self.unit_price.checked_mul(self.units.into())
    }
}

/// The tables, where there are none yet.
pub async fn tables(database: &Database) -> Result<(), DatabaseError> {
    database.create_tables::<(Invoice, InvoiceItem)>().await
}

/// What is served.
pub fn api(database: Database) -> Api<Public> {
    Api::new(database)
        .resource::<Invoice>()
        .resource::<InvoiceItem>()
        .public()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let database = Database::sqlite("invoice.db").open().await?;
    tables(&database).await?;
    api(database).serve(&address).await?;
    Ok(())
}
