//! The SQL of the examples: every statement of every request on their pages, which of them use an index, and how many
//! there are for a list.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use topchef_runtime::Database;
use topchef_tests::local::Served;
use topchef_tests::log::is_of_the_sweeper;
use topchef_tests::{Api, walk_watched};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

macro_rules! example {
    ($name:ident, $path:literal) => {
        #[path = $path]
        #[expect(
            dead_code,
            unreachable_pub,
            reason = "it is a program, which is started in other tests"
        )]
        mod $name;
    };
}
example!(invoice, "../../topchef-runtime/examples/invoice.rs");
example!(owner, "../../topchef-runtime/examples/owner.rs");
example!(post_only, "../../topchef-runtime/examples/post_only.rs");
example!(register, "../../topchef-runtime/examples/register.rs");
example!(simple, "../../topchef-runtime/examples/simple.rs");

/// The text of every statement that this thread has asked the database for since somebody looked last.
#[derive(Clone, Debug, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    /// Collects until the guard goes.
    fn collect() -> (Self, DefaultGuard) {
        let statements = Self::default();
        let subscriber = tracing_subscriber::registry().with(statements.clone());
        (statements, tracing::subscriber::set_default(subscriber))
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "topchef_runtime::sql" {
            event.record(&mut Text(self));
        }
    }
}

/// Looks at the fields of an event.
struct Text<'a>(&'a Statements);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "text" {
            let text = format!("{value:?}");
            if !is_of_the_sweeper(&text) {
                self.0.0.lock().unwrap().push(text);
            }
        }
    }
}

/// An example in this process.
macro_rules! served {
    ($example:ident $(.$explains:ident)?) => {{
        let database = Database::temporary().await.unwrap();
        $example::tables(&database).await.unwrap();
        let api = $example::api(database)$(.$explains())?;
        Served::router(api.into_router()).await
    }};
}

/// The requests of a page, each with its statements.
async fn told(api: &Api, page: &str) -> String {
    let (statements, _guard) = Statements::collect();
    let mut told = String::new();
    walk_watched(api, page, |command| {
        writeln!(told, "$ {command}").unwrap();
        for statement in statements.take() {
            writeln!(told, "    {statement}").unwrap();
        }
    })
    .await;
    told
}

macro_rules! pages {
    ($($test:ident: $example:ident, $path:literal;)*) => { $(
        #[tokio::test]
        async fn $test() {
            let served = served!($example);
            let told = told(&served.api(), include_str!($path)).await;
            insta::assert_snapshot!(stringify!($example), told);
        }
    )* };
}
pages! {
    the_statements_of_invoice: invoice, "../../topchef-runtime/src/docs/examples/invoice.md";
    the_statements_of_owner: owner, "../../topchef-runtime/src/docs/examples/owner.md";
    the_statements_of_post_only: post_only, "../../topchef-runtime/src/docs/examples/post_only.md";
    the_statements_of_register: register, "../../topchef-runtime/src/docs/examples/register.md";
    the_statements_of_simple: simple, "../../topchef-runtime/src/docs/examples/simple.md";
}

/// Asserts that each of these is answered without reading a whole table.
///
/// Bounds stand with the order of their own column here: in the order of the key, SQLite reads the rows in that order until
/// the page is full, which is the quicker way when many rows are within the bounds.
async fn use_an_index(api: &Api, paths: &[&str]) {
    for path in paths {
        let request = api.request("GET", &format!("{path}&explain=true"));
        let answer = api.send(request.header("x-user", "ada")).await.expect(200);
        let explained = &answer.json()["data"];
        let plan = explained["plan"].as_array().unwrap();
        let searches = |step: &Value| {
            step.as_str()
                .is_some_and(|step| step.starts_with("SEARCH "))
        };
        assert!(plan.iter().any(searches), "{path}: {explained:#}");
        let scans = |step: &Value| step.as_str().is_some_and(|step| step.starts_with("SCAN "));
        assert!(!plan.iter().any(scans), "{path}: {explained:#}");
    }
}

#[tokio::test]
async fn declared_filters_use_an_index() {
    let simple = served!(simple.allow_explain);
    let of_simple = [
        "/authors?id=1",
        "/authors?last_name=x",
        "/authors?last_name[gt]=x",
        "/books?id[in]=1,2",
        "/books?isbn=x",
        "/books?title=x",
        "/books?title[in]=x,y",
        "/books?pub_year=1970",
        "/books?pub_year[ge]=1970&pub_year[lt]=1980&sort=pub_year",
        "/books?author_id=1",
        "/books?author_id=1&include=author",
        "/books?or=(title=x,pub_year=1970)",
        "/books?isbn[null]=true",
        "/books?cursor=&id[gt]=7",
    ];
    use_an_index(&simple.api(), &of_simple).await;
    let invoice = served!(invoice.allow_explain);
    let of_invoice = [
        "/invoices?id=1",
        "/invoices?user_id=1",
        "/invoices?invoice_date=2020-01-01",
        "/invoices?invoice_date[ge]=2020-01-01&sort=invoice_date",
        "/invoice-items?id=1",
        "/invoice-items?invoice_id=1",
    ];
    use_an_index(&invoice.api(), &of_invoice).await;
    let owner = served!(owner.allow_explain);
    let api = owner.api();
    api.post("/users", &json!({"name": "ada"}))
        .await
        .expect(201);
    // The policy's own condition is one, too.
    let of_owner = [
        "/api/v1/orders?sort=id",
        "/api/v1/orders?id=1",
        "/api/v2/orders?owner_id=1",
    ];
    use_an_index(&api, &of_owner).await;
}

/// Asserts how many statements each of these takes.
async fn take(api: &Api, statements: &Statements, due: &[(&str, usize)]) {
    for (path, due) in due {
        statements.take();
        api.get(path).await.expect(200);
        let taken = statements.take();
        assert_eq!(taken.len(), *due, "{path}: {taken:#?}");
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_rows() {
    let simple = served!(simple);
    let invoice = served!(invoice);
    let (simple, invoice) = (simple.api(), invoice.api());
    let (statements, _guard) = Statements::collect();
    for rows in [1, 30] {
        let authors: Vec<_> = (0..rows)
            .map(|number| {
                let book = json!({"title": format!("book {number}"), "pub_year": 1970});
                json!({"first_name": "Ursula", "last_name": "Le Guin", "books": [book, book]})
            })
            .collect();
        simple.post("/authors", &json!(authors)).await.expect(201);
        let of_simple = [
            ("/authors", 1),
            ("/authors?include=books", 2),
            ("/authors?include=books.author", 3),
            ("/authors/1", 2),
            ("/books", 2),
            ("/books?fields=title", 1),
            ("/books?include=author.books", 3),
            ("/books?count=exact", 3),
        ];
        take(&simple, &statements, &of_simple).await;
        let item = json!({"part_code": "a", "units": 1, "unit_price": "1"});
        let body =
            json!({"user_id": 1, "invoice_date": "2020-02-29", "invoice_items": [item, item]});
        let invoices = vec![body; rows];
        invoice
            .post("/invoices", &json!(invoices))
            .await
            .expect(201);
        let of_invoice = [
            ("/invoices", 1),
            ("/invoices?include=invoice_items", 2),
            ("/invoices/1", 2),
            ("/invoice-items", 1),
        ];
        take(&invoice, &statements, &of_invoice).await;
    }
}
