//! What a URL may ask of collections and records, over HTTP: related fields, searches, cursors, counts and plans.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use rust_decimal::Decimal;
use serde_json::{Value, json};
use topchef_runtime::{ModelResource, Report, Select};
use topchef_tests::local::{Local, Resourceful};
use topchef_tests::{Answer, Api, Kind};
use uuid::Uuid;

#[derive(ModelResource)]
#[resource(
    serial_fields = [id, name, initial()],
    relations(books(has_many = Book, by = author_id)),
    collection(filter = [name], search = [name])
)]
struct Author {
    id: i64,
    name: String,
    #[resource(write_only)]
    password: String,
}

impl Author {
    fn initial(&self) -> Option<char> {
        self.name.chars().next()
    }
}

#[derive(ModelResource)]
#[resource(
    rename_all = "camelCase",
    serial_fields = [id, title],
    relations(author(belongs_to = Author, by = author_id)),
    collection(
        filter = [title, subtitle, author_id, sold, stock],
        sort = [id, title, subtitle, sold],
        order_by = [-sold],
        search = [title, subtitle],
        page_size = 3,
        max_page_size = 20
    ),
    process_input(list = without_drafts, get = without_drafts)
)]
struct Book {
    id: i64,
    title: String,
    subtitle: Option<String>,
    author_id: i64,
    sold: i32,
    stock: i32,
    #[resource(default = false)]
    draft: bool,
}

async fn without_drafts(
    _: &topchef_runtime::Context,
    select: &mut Select<Book>,
) -> Result<(), Report> {
    select.filter(Book::DRAFT.eq(false));
    Ok(())
}

/// Bare arrays, with their links in a header.
#[derive(ModelResource)]
#[resource(envelope = "none", collection(page_size = 2))]
struct Note {
    id: i64,
}

/// In an order whose columns have one direction, with a key that is no row id.
#[derive(ModelResource)]
#[resource(collection(order_by = [price]))]
struct Edition {
    id: Uuid,
    price: Decimal,
}

/// Three authors; ten books, the last of which is a draft.
async fn library(add: impl FnOnce(Resourceful) -> Resourceful) -> Local {
    let local = Local::start::<(Author, Book, Note)>(|api| {
        add(api
            .resource::<Author>()
            .resource::<Book>()
            .resource::<Note>())
    })
    .await;
    let mut tx = local.database().transaction().await.unwrap();
    for (id, name) in [(1, "Ada"), (2, "Bo"), (3, "Cy")] {
        let (name, password) = (name.to_owned(), "secret".to_owned());
        tx.insert(&Author { id, name, password }).await.unwrap();
    }
    for id in 1..=10_i32 {
        let book = Book {
            id: i64::from(id),
            title: format!("The Green Book {id}"),
            subtitle: (id % 2 == 0).then(|| format!("100% of dragon_{id}")),
            author_id: i64::from(id % 2) + 1,
            sold: id / 2,
            stock: 3,
            draft: id == 10,
        };
        tx.insert(&book).await.unwrap();
        tx.insert(&Note { id: i64::from(id) }).await.unwrap();
    }
    tx.commit().await.unwrap();
    local
}

async fn books() -> Local {
    library(|api| api).await
}

fn ids(answer: &Value) -> Vec<i64> {
    let rows = answer.as_array().unwrap();
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

async fn data(api: &Api, path: &str) -> Value {
    api.get(path).await.expect(200).json()["data"].clone()
}

fn codes(answer: &Answer) -> Vec<String> {
    let faults = answer.problem(400);
    faults.into_iter().map(|fault| fault.code).collect()
}

#[tokio::test]
async fn conditions_narrow_as_they_say() {
    let local = books().await;
    let api = local.api();
    for (query, due) in [
        ("sold[gt][column]=stock", vec![8, 9]),
        ("or=(id=1,and(sold[ge]=2,sold[lt]=3,not(id=5)))", vec![4, 1]),
        ("title[like]=The%25_8", vec![8]),
        ("title[like]=the%25", vec![]),
        ("title[ilike]=the%25_8", vec![8]),
        ("title[notlike]=%25Book+_", vec![]),
        ("subtitle[like]=100\\%25%25_\\_8", vec![8]),
        ("subtitle[notilike]=%25DRAGON%25", vec![]),
        ("subtitle[null]=true&sold=0", vec![1]),
        ("id[in]=10,3,1", vec![3, 1]),
        ("q=green+8", vec![8]),
        ("q=DRAGON_+100%25&sold[le]=2", vec![4, 2]),
        ("q=red", vec![]),
        ("author_id=2&sort=id", vec![1, 3, 5]),
    ] {
        assert_eq!(
            ids(&data(&api, &format!("/books?{query}")).await),
            due,
            "{query}"
        );
    }
}

#[tokio::test]
async fn fields_and_includes_reach_related_records() {
    let local = books().await;
    let api = local.api();
    assert_eq!(
        data(&api, "/books/8?fields=title,author.name,author.initial").await,
        json!({"title": "The Green Book 8", "author": {"name": "Ada", "initial": "A"}})
    );
    assert_eq!(
        data(&api, "/books?id=8&include=author").await,
        json!([{"id": 8, "title": "The Green Book 8", "author": {"id": 1, "name": "Ada", "initial": "A"}}])
    );
    let author = data(&api, "/authors/3?fields=id,books.title").await;
    assert_eq!(author, json!({"id": 3, "books": []}));
    let back = data(&api, "/books/9?fields=id&include=author.books").await;
    assert_eq!(back["author"]["name"], "Bo");
    assert_eq!(back["author"]["books"][0]["title"], "The Green Book 9");
    for query in [
        "fields=author.password",
        "include=author.password",
        "include=title",
        "fields=author.title",
    ] {
        for path in ["/books", "/books/8"] {
            let answer = api.get(&format!("{path}?{query}")).await;
            assert_eq!(codes(&answer), ["unknown_field"], "{query}");
            assert!(!answer.text.contains("secret"), "{query}");
        }
    }
}

/// Follows a link of each page to the end, and gives the keys of each page.
async fn walked(api: &Api, path: &str, name: &str) -> (Vec<Vec<i64>>, String) {
    let mut pages = Vec::new();
    let mut path = path.to_owned();
    loop {
        let answer = api.get(&path).await.expect(200).json();
        assert_eq!(answer["links"]["self"], path);
        for row in answer["data"].as_array().unwrap() {
            let own = if row["id"].as_i64().unwrap() % 2 == 0 {
                "Ada"
            } else {
                "Bo"
            };
            assert_eq!(row["author"]["name"], own, "{row}");
        }
        pages.push(ids(&answer["data"]));
        match answer["links"][name].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => return (pages, path),
        }
        assert!(pages.len() < 20, "the pages do not end: {path}");
    }
}

#[tokio::test]
async fn cursors_lead_forth_and_back_with_related_records_in_place() {
    let local = books().await;
    let api = local.api();
    let (pages, last) = walked(&api, "/books?include=author&limit=4&cursor=", "next").await;
    assert_eq!(pages, [vec![8, 9, 6, 7], vec![4, 5, 2, 3], vec![1]]);
    let (back, first) = walked(&api, &last, "prev").await;
    assert_eq!(back, [vec![1], vec![4, 5, 2, 3], vec![8, 9, 6, 7]]);
    let (again, _) = walked(&api, &first, "next").await;
    assert_eq!(again, pages);
    // A page behind the last row, and one before the first, lead nowhere.
    let links = api.get("/books?cursor=&id=1").await.expect(200).json()["links"].clone();
    assert_eq!(links, json!({"self": "/books?cursor=&id=1"}));
}

#[tokio::test]
async fn a_cursor_of_another_question_is_refused() {
    let local = books().await;
    let api = local.api();
    let answer = api.get("/books?cursor=&limit=2").await.expect(200).json();
    let next = answer["links"]["next"].as_str().unwrap().to_owned();
    let cursor = next.split_once("cursor=").unwrap().1;
    for other in [
        "/books?sort=id&",
        "/books?sold=1&",
        "/authors?",
        "/books?q=green&",
    ] {
        let answer = api.get(&format!("{other}cursor={cursor}")).await;
        assert_eq!(codes(&answer), ["cursor"], "{other}");
    }
    assert_eq!(codes(&api.get(&format!("{next}x")).await), ["cursor"]);
    assert_eq!(
        codes(&api.get(&format!("{next}&offset=2")).await),
        ["conflict"]
    );
    api.get(&format!("/books?limit=5&fields=id&cursor={cursor}"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_bare_array_has_its_links_in_a_header() {
    let local = books().await;
    let answer = local.api().get("/notes?cursor=").await.expect(200);
    assert_eq!(ids(&answer.json()), [1, 2]);
    let link = answer.header("link").unwrap();
    assert!(
        link.contains("/notes?cursor=Wy") && link.contains("rel=\"next\""),
        "{link}"
    );
}

#[tokio::test]
async fn the_total_is_told_when_it_is_asked_for() {
    let local = books().await;
    let api = local.api();
    let meta = async |query: &str| {
        api.get(&format!("/books?{query}")).await.expect(200).json()["meta"].clone()
    };
    assert_eq!(meta("limit=1").await, json!({}));
    assert_eq!(meta("limit=1&count=exact").await, json!({"total": 9}));
    assert_eq!(meta("count=exact&offset=100").await, json!({"total": 9}));
    assert_eq!(
        meta("count=exact&sold[ge]=4&cursor=").await,
        json!({"total": 2})
    );
    assert_eq!(codes(&api.get("/books?count=yes").await), ["enum"]);
    assert_eq!(
        codes(&api.get("/books/1?count=exact").await),
        ["unknown_parameter"]
    );
}

#[tokio::test]
async fn plans_are_told_only_where_the_api_allows_it() {
    let local = books().await;
    for path in ["/books", "/books/1"] {
        let answer = local.api().get(&format!("{path}?explain=true")).await;
        assert_eq!(codes(&answer), ["unknown_parameter"]);
    }
    let local = library(Resourceful::allow_explain).await;
    let api = local.api();
    let answer = data(&api, "/books?explain=true&title=hidden").await;
    let sql = answer["sql"].as_str().unwrap();
    assert!(
        sql.starts_with("SELECT ") && !sql.contains("hidden"),
        "{sql}"
    );
    // The title, what the hook adds, and the limit.
    assert_eq!(answer["values"], 3);
    let one = data(&api, "/books/1?explain=true").await;
    let by_key = match Kind::of_this_run() {
        Kind::Sqlite => "SEARCH books USING INTEGER PRIMARY KEY",
        Kind::Postgres => "Index Scan using books_pkey on books",
    };
    assert!(one["plan"].to_string().contains(by_key), "{one}");
    api.get("/books/999?explain=true").await.expect(200);
    assert_eq!(ids(&data(&api, "/books?explain=false&id=1").await), [1]);
}

#[tokio::test]
async fn declared_filters_and_orders_are_served_by_an_index() {
    if !Kind::Sqlite.is_of_this_run("PostgreSQL takes no index for a few rows unless it is told to")
    {
        return;
    }
    let local = library(Resourceful::allow_explain).await;
    let api = local.api();
    let plan = async |query: &str| {
        let answer = data(&api, &format!("/books?explain=true&{query}")).await;
        answer["plan"].to_string()
    };
    for query in [
        "title=a&sort=id",
        "title[gt]=a&sort=title",
        "title[in]=a,b&sort=title",
        "subtitle[null]=true&sort=id",
        "author_id=1&sort=id",
        "stock=5&sort=id",
        "sold=1&sort=id",
    ] {
        let plan = plan(query).await;
        assert!(plan.contains("SEARCH books USING INDEX"), "{query}: {plan}");
    }
    for query in ["", "sort=title", "sort=subtitle"] {
        let plan = plan(query).await;
        assert!(
            !plan.contains("USE TEMP B-TREE FOR ORDER BY"),
            "{query}: {plan}"
        );
    }
    // A page beside a row begins where the index says, not at the first row.
    for query in [
        "limit=2",
        "sort=title&limit=2",
        "sort=id&limit=2",
        "sort=-title&limit=2",
    ] {
        let plan = plan(&beside(&api, &format!("/books?{query}")).await).await;
        assert!(plan.contains("SEARCH books USING"), "{query}: {plan}");
    }
    // Where the columns of the order have one direction, by all of them; and not by the bound of a filter.
    for (query, search) in [
        ("sort=title", "(title,rowid)>(?,?)"),
        ("sort=-title,-id", "(title,rowid)<(?,?)"),
        ("title[ge]=A&sort=title", "(title,rowid)>(?,?)"),
        ("title[le]=U&sort=title", "(title,rowid)>(?,?) AND title<?"),
        ("author_id=2&sort=id", "author_id=? AND rowid>?"),
        ("sort=-title", "title<?"),
    ] {
        let plan = plan(&beside(&api, &format!("/books?{query}&limit=2")).await).await;
        assert!(plan.contains(search), "{query}: {plan}");
    }
}

/// What is asked for a page after the first one.
async fn beside(api: &Api, path: &str) -> String {
    let first = api.get(&format!("{path}&cursor=")).await.expect(200).json();
    let next = first["links"]["next"].as_str().unwrap();
    next.split_once('?').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_cursor_is_found_among_rows_of_one_price() {
    let local = Local::start::<Edition>(|api| api.resource::<Edition>().allow_explain()).await;
    let api = local.api();
    let mut tx = local.database().transaction().await.unwrap();
    for (id, cents, scale) in [(1, 100, 1), (2, 10, 0), (3, 9, 0), (4, 90, 1), (5, 1000, 2)] {
        let (id, price) = (Uuid::from_u128(id), Decimal::new(cents, scale));
        tx.insert(&Edition { id, price }).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (order, due) in [
        ("price", [3, 4, 1, 2, 5]),
        ("-price", [1, 2, 5, 3, 4]),
        ("-price,-id", [5, 2, 1, 4, 3]),
    ] {
        let mut path = format!("/editions?sort={order}&limit=1&cursor=");
        let mut seen = Vec::new();
        loop {
            let page = api.get(&path).await.expect(200).json();
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| {
                let id: Uuid = row["id"].as_str().unwrap().parse().unwrap();
                id.as_u128()
            }));
            match page["links"]["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None => break,
            }
        }
        assert_eq!(seen, due, "sorted by {order}");
    }
    if !Kind::Sqlite.is_of_this_run("PostgreSQL takes no index for a few rows unless it is told to")
    {
        return;
    }
    for order in ["", "sort=-price,-id&"] {
        let query = beside(&api, &format!("/editions?{order}limit=2")).await;
        let plan = data(&api, &format!("/editions?explain=true&{query}")).await["plan"].to_string();
        let search = "INDEX editions.price.id.idx ((price,id)";
        assert!(plan.contains(search), "{order}: {plan}");
    }
}

#[tokio::test]
async fn in_code_the_same_is_asked_with_types() {
    let local = books().await;
    let database = local.database();
    let found = async |filter| {
        let books = database
            .select::<Book>()
            .filter(filter)
            .all()
            .await
            .unwrap();
        books.iter().map(|book| book.id).collect::<Vec<_>>()
    };
    assert_eq!(found(Book::SOLD.gt_column(Book::STOCK)).await, [8, 9, 10]);
    assert_eq!(
        found(Book::TITLE.like("%Book _") & Book::SUBTITLE.is_null()).await,
        [1, 3, 5, 7, 9]
    );
    assert_eq!(found(Book::SUBTITLE.ilike("%DRAGON\\_8")).await, [8]);
    assert_eq!(found(!Book::ID.gt(2) | Book::ID.eq(5)).await, [1, 2, 5]);
    assert_eq!(found(Book::ID.not_in(3..=10)).await, [1, 2]);
    assert_eq!(
        found(Book::SUBTITLE.is_not_null().and(Book::SOLD.le(1))).await,
        [2]
    );
    let drafts = database.select::<Book>().filter(Book::DRAFT.eq(true));
    assert_eq!(drafts.limit(0).count().await.unwrap(), 1);
    let mut tx = database.transaction().await.unwrap();
    assert_eq!(tx.select::<Book>().count().await.unwrap(), 10);
}
