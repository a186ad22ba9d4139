//! The same structs without HTTP: in a worker or a command-line tool, from JSON, to JSON, and held against their tables.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use topchef_runtime::schema::Drift;
use topchef_runtime::{ApiError, FromJson, Method, ModelResource, Report};
use topchef_tests::local::Store;
use uuid::Uuid;

/// Who writes.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Author {
    id: Uuid,
    #[resource(max_length = 20)]
    name: String,
}

/// What is written.
#[derive(Clone, Debug, ModelResource, PartialEq)]
#[resource(
    rename_all = "camelCase",
    serial_fields(get = [id, title, label(), author, pub_year], list = [id, label()], post = [id]),
    relations(author(belongs_to = Author, by = author_id))
)]
struct Book {
    id: i64,
    #[resource(unique, min_length = 1)]
    title: String,
    #[resource(minimum = 1450)]
    pub_year: i32,
    #[resource(default = Decimal::new(1, 0))]
    price: Decimal,
    #[resource(references = Author)]
    author_id: Option<Uuid>,
    #[resource(write_only, default)]
    secret: String,
    #[resource(read_only, default = DateTime::UNIX_EPOCH, on_update = later)]
    changed_at: DateTime<Utc>,
    #[resource(version)]
    version: i64,
}

fn later() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(1)
}

impl Book {
    fn label(&self) -> String {
        format!("{} ({})", self.title, self.pub_year)
    }
}

fn book(title: &str, pub_year: i32) -> Book {
    Book {
        id: 0,
        title: title.to_owned(),
        pub_year,
        price: Decimal::new(999, 2),
        author_id: None,
        secret: "hidden".to_owned(),
        changed_at: DateTime::UNIX_EPOCH,
        version: 0,
    }
}

/// An author, and books of the years 1990 to 2009, of which every other is theirs.
async fn library() -> Result<(Store, Uuid), Report> {
    let store = Store::new::<(Author, Book)>().await;
    let database = store.database();
    let mut tx = database.transaction().await?;
    let author = Author {
        id: Uuid::from_u128(1),
        name: "Ada".to_owned(),
    };
    let author = tx.insert(&author).await?.id;
    for year in 1990..2010 {
        let book = Book {
            author_id: (year % 2 == 0).then_some(author),
            ..book(&format!("book {year}"), year)
        };
        tx.insert(&book).await?;
    }
    tx.commit().await?;
    Ok((store, author))
}

fn years(books: Vec<Book>) -> Vec<i32> {
    books.into_iter().map(|book| book.pub_year).collect()
}

fn parsed(json: Result<Vec<u8>, topchef_runtime::column::EncodeError>) -> Value {
    serde_json::from_slice(&json.unwrap()).unwrap()
}

/// What holds volumes.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Shelf {
    id: i64,
    place: String,
}

/// One of several, whose list begins with the last.
#[derive(Clone, Debug, ModelResource, PartialEq)]
#[resource(collection(order_by = [-id]))]
struct Volume {
    id: i64,
    #[resource(references = Shelf)]
    shelf_id: Option<i64>,
}

#[tokio::test]
async fn a_record_comes_with_those_that_refer_to_it() -> Result<(), Report> {
    let store = Store::new::<(Shelf, Volume)>().await;
    let database = store.database();
    let mut inserts = database.inserts();
    for id in 1..=3 {
        let place = format!("row {}", id % 2);
        inserts.add(&Shelf { id, place })?;
    }
    for (id, shelf_id) in [
        (1, Some(1)),
        (2, None),
        (3, Some(1)),
        (4, Some(2)),
        (5, Some(1)),
    ] {
        inserts.add(&Volume { id, shelf_id })?;
    }
    inserts.commit().await?;
    let ids = |volumes: &[Volume]| volumes.iter().map(|volume| volume.id).collect::<Vec<_>>();

    let row = || Shelf::PLACE.eq("row 1");
    let first = database.select().filter(row()).first_with(Volume::SHELF_ID);
    let (shelf, volumes) = first.await?.unwrap();
    assert_eq!((shelf.id, ids(&volumes)), (1, vec![1, 3, 5]));
    let last = database.select().filter(row()).order_by(Shelf::ID.desc());
    let (shelf, volumes) = last.first_with(Volume::SHELF_ID).await?.unwrap();
    assert_eq!((shelf.id, ids(&volumes)), (3, vec![]));
    let none = database.select().filter(Shelf::PLACE.eq("row 2"));
    assert_eq!(none.first_with(Volume::SHELF_ID).await?, None);

    let mut tx = database.transaction().await?;
    let another = Volume {
        id: 6,
        shelf_id: Some(2),
    };
    tx.insert(&another).await?;
    let inside = tx
        .select()
        .filter(Shelf::ID.eq(2))
        .first_with(Volume::SHELF_ID);
    let (_, volumes) = inside.await?.unwrap();
    assert_eq!(ids(&volumes), [4, 6]);
    drop(tx);
    let outside = database
        .select()
        .filter(Shelf::ID.eq(2))
        .first_with(Volume::SHELF_ID);
    assert_eq!(ids(&outside.await?.unwrap().1), [4]);
    Ok(())
}

#[tokio::test]
async fn records_are_found_filtered_sorted_and_paged() -> Result<(), Report> {
    let (store, author) = library().await?;
    let database = store.database();
    let mut tx = database.transaction().await?;
    let found = tx
        .select::<Book>()
        .filter(Book::PUB_YEAR.ge(2000))
        .order_by(Book::TITLE.desc())
        .limit(3);
    assert_eq!(years(found.all().await?), [2009, 2008, 2007]);
    let next = tx
        .select::<Book>()
        .filter(Book::PUB_YEAR.ge(2000) & Book::AUTHOR_ID.eq(author))
        .order_by(Book::AUTHOR_ID.asc())
        .order_by(Book::PUB_YEAR.desc())
        .offset(2)
        .limit(2);
    assert_eq!(years(next.all().await?), [2004, 2002]);
    let nobodys = tx.select::<Book>().filter(Book::AUTHOR_ID.is_null());
    assert_eq!(nobodys.limit(3).count().await?, 10);
    let either = Book::PUB_YEAR.lt(1992) | Book::TITLE.like("%9") & !Book::PUB_YEAR.gt(2000);
    let either = tx.select::<Book>().filter(either);
    assert_eq!(years(either.all().await?), [1990, 1991, 1999]);
    let first = tx.select::<Book>().order_by(Book::PUB_YEAR.desc()).first();
    assert_eq!(first.await?.unwrap().pub_year, 2009);
    let none = tx.select::<Book>().filter(Book::PRICE.lt(Decimal::ONE));
    assert_eq!(none.first().await?, None);
    // What a transaction wrote it finds; others do not before its end.
    tx.insert(&book("new", 2050)).await?;
    let new = || Book::PUB_YEAR.gt(2049);
    assert_eq!(tx.select::<Book>().filter(new()).count().await?, 1);
    assert_eq!(database.select::<Book>().filter(new()).count().await?, 0);
    tx.commit().await?;
    assert_eq!(database.select::<Book>().filter(new()).count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_tracked_record_is_stored_when_it_is_saved_and_its_version_counted() -> Result<(), Report>
{
    let (store, author) = library().await?;
    let database = store.database();
    let mut tx = database.transaction().await?;
    let mut found = tx.get::<Book>(1).await?.unwrap();
    assert_eq!((found.version, found.changed_at), (1, DateTime::UNIX_EPOCH));
    let mut same = tx.get::<Book>(1).await?.unwrap();
    tx.save(&mut found).await?;
    assert_eq!(found.version, 1, "nothing was changed");
    found.set(Book::PUB_YEAR, 1800);
    found.set(Book::AUTHOR_ID, None);
    assert!(found.is_changed(Book::PUB_YEAR) && !found.is_changed(Book::TITLE));
    assert_eq!(found.pub_year, 1800);
    tx.save(&mut found).await?;
    assert_eq!((found.version, found.changed_at), (2, later()));
    // Who read it before has another version in hands.
    same.set(Book::TITLE, "lost");
    let refused = tx.save(&mut same).await.unwrap_err();
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.errors()[0].code(), "changed_meanwhile");
    // Bounds are asked of clients, and not of code; references and uniqueness are the database's.
    found.set(Book::AUTHOR_ID, Uuid::from_u128(99));
    let refused = tx.save(&mut found).await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), refused.errors()[0].pointer()),
        (409, Some("/authorId"))
    );
    found.set(Book::AUTHOR_ID, author);
    found.set(Book::TITLE, "book 1991");
    let refused = tx.save(&mut found).await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), refused.errors()[0].pointer()),
        (409, Some("/title"))
    );
    tx.commit().await?;
    let stored = database.find(Book::ID.eq(1)).await.unwrap().unwrap();
    assert_eq!(
        (stored.title.as_str(), stored.pub_year, stored.version),
        ("book 1990", 1800, 2)
    );
    assert_eq!(stored.author_id, None);
    Ok(())
}

#[tokio::test]
async fn nothing_of_a_transaction_that_is_not_committed_stays() -> Result<(), Report> {
    let (store, author) = library().await?;
    let database = store.database();
    let mut tx = database.transaction().await?;
    let author = tx.get::<Author>(author).await?.unwrap();
    assert_eq!(
        tx.delete(&*author).await.unwrap_err().status(),
        409,
        "it has books"
    );
    let one = tx.get::<Book>(2).await?.unwrap();
    assert!(tx.delete(&*one).await?);
    assert!(tx.get::<Book>(2).await?.is_none());
    drop(tx);
    assert_eq!(database.select::<Book>().count().await?, 20);
    Ok(())
}

#[test]
fn a_record_becomes_json_as_a_method_shows_it_or_as_is_named() {
    let book = Book {
        id: 7,
        ..book("Dune", 1965)
    };
    // The author is not in the record.
    assert_eq!(
        parsed(book.to_json(Method::Get)),
        json!({"id": 7, "title": "Dune", "label": "Dune (1965)", "pubYear": 1965})
    );
    assert_eq!(
        parsed(book.to_json(Method::List)),
        json!({"id": 7, "label": "Dune (1965)"})
    );
    assert_eq!(parsed(book.to_json(Method::Post)), json!({"id": 7}));
    let all = parsed(book.to_json(Method::Put));
    assert_eq!(all["price"], "9.99");
    assert!(all.get("secret").is_none(), "{all}");
    let named = book
        .to_json_of(&["pub_year", "label", "pubYear", "price"])
        .unwrap();
    assert_eq!(
        String::from_utf8(named).unwrap(),
        r#"{"pubYear":1965,"label":"Dune (1965)","price":"9.99"}"#
    );
    for name in ["secret", "author", "titel", "label()", ""] {
        assert!(book.to_json_of(&["id", name]).is_err(), "{name}");
    }
}

#[test]
fn a_record_is_read_from_json_with_everything_that_is_wrong() -> Result<(), Report> {
    let read = Book::from_json(br#"{"title": "Dune", "pub_year": 1965, "secret": "s"}"#)?;
    assert_eq!(
        (read.id, read.pub_year, read.price),
        (0, 1965, Decimal::ONE)
    );
    assert_eq!(
        (read.secret.as_str(), read.author_id, read.version),
        ("s", None, 1)
    );
    let again = Book::from_json(
        br#"{"id": 3, "title": "Dune", "pubYear": 1965, "price": 9.990, "authorId": null}"#,
    )?;
    assert_eq!((again.id, again.price.to_string()), (3, "9.990".to_owned()));
    let wrong = Book::from_json(br#"{"title": "", "pubYear": 1449, "price": "x", "version": 3, "colour": 1, "pub_year": 1}"#);
    let report = wrong.unwrap_err();
    assert_eq!(report.status(), 400);
    let mut pointers: Vec<_> = report
        .errors()
        .iter()
        .filter_map(|error| error.pointer())
        .collect();
    pointers.sort_unstable();
    // One is too small, and given in two spellings.
    pointers.dedup();
    assert_eq!(
        pointers,
        ["/colour", "/price", "/pubYear", "/title", "/version"]
    );
    let missing = Book::from_json(b"{}").unwrap_err();
    assert_eq!(missing.errors().len(), 2);
    for text in ["", "[]", "null", "{", "{} {}", "\"a\"", "\u{feff}{}"] {
        assert_eq!(
            Book::from_json(text.as_bytes()).unwrap_err().status(),
            400,
            "{text}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_was_read_from_json_is_stored_and_shown_again() -> Result<(), Report> {
    let (store, _) = library().await?;
    let database = store.database();
    let mut tx = database.transaction().await?;
    let read = Book::from_json(br#"{"title": "Dune", "pubYear": 1965}"#)?;
    let stored = tx.insert(&read).await?;
    assert_eq!(
        stored,
        Book {
            id: 21,
            version: 1,
            ..read
        }
    );
    tx.commit().await?;
    assert_eq!(
        parsed(stored.to_json(Method::List)),
        json!({"id": 21, "label": "Dune (1965)"})
    );
    Ok(())
}

/// The table of books as another release has it.
#[derive(Debug, ModelResource)]
#[resource(table = "books")]
struct NewBook {
    id: i64,
    title: Option<String>,
    #[resource(unique)]
    pub_year: String,
    subtitle: String,
}

#[tokio::test]
async fn tables_and_structs_that_drift_apart_are_told() -> Result<(), Report> {
    let (store, _) = library().await?;
    let database = store.database();
    assert_eq!(database.compare::<(Author, Book)>().await.unwrap(), []);
    let drifts = database.compare::<(Author, NewBook)>().await.unwrap();
    let told: Vec<_> = drifts
        .iter()
        .map(|drift| match drift {
            Drift::MissingColumn { column, .. } => format!("{column} is missing"),
            Drift::NotNull { column, .. } => format!("{column} is not null"),
            Drift::Type { column, .. } => format!("{column} has another type"),
            Drift::NotUnique { column, .. } => format!("{column} is not unique"),
            Drift::UnknownColumn { column, .. } => format!("{column} is unknown"),
            other => other.to_string(),
        })
        .collect();
    for due in [
        "title is not null",
        "pub_year has another type",
        "pub_year is not unique",
        "subtitle is missing",
    ] {
        assert!(
            told.iter().any(|drift| drift == due),
            "{due} is not among {told:#?}"
        );
    }
    let other = Store::empty().await;
    let missing = other.database().compare::<(Author, Book)>().await.unwrap();
    assert!(matches!(
        missing.as_slice(),
        [Drift::MissingTable { .. }, Drift::MissingTable { .. }]
    ));
    Ok(())
}

#[tokio::test]
async fn a_record_is_changed_by_what_it_holds_with_records_beside_it_or_not_at_all() {
    let store = Store::new::<(Author, Book)>().await;
    let database = store.database();
    let inserts = database.inserts().insert(&book("Dune", 1965)).unwrap();
    inserts.commit().await.unwrap();
    let stored = || async {
        database
            .find(Book::TITLE.eq("Dune"))
            .await
            .unwrap()
            .unwrap()
    };
    let before = stored().await;
    let author = Author {
        id: Uuid::from_u128(7),
        name: "Frank".into(),
    };

    let changed = database.change::<Book, _>(before.id, {
        let author = author.clone();
        move |book, beside| {
            beside.add(&author)?;
            book.set(Book::PUB_YEAR, book.pub_year + 1);
            Ok(book.pub_year)
        }
    });
    let (answer, changed) = changed.await.unwrap().unwrap();
    assert_eq!(answer, 1966);
    assert_eq!(changed, stored().await);
    assert_eq!(
        (changed.version, changed.changed_at),
        (before.version + 1, later())
    );
    let found = database.find(Author::ID.eq(author.id)).await.unwrap();
    assert_eq!(found, Some(author.clone()));

    // A refusal, a record beside that is there already, and a reference to nothing undo all of it.
    let refused = database.change::<Book, ()>(before.id, |book, _| {
        book.set(Book::PUB_YEAR, 2000);
        Err(ApiError::precondition_failed().into())
    });
    assert_eq!(refused.await.unwrap_err().status(), 412);
    let twice = database.change::<Book, ()>(before.id, move |book, beside| {
        book.set(Book::PUB_YEAR, 2000);
        beside.add(&author)
    });
    assert_eq!(twice.await.unwrap_err().status(), 409);
    let nobody = Uuid::from_u128(9);
    let nowhere = database.change::<Book, ()>(before.id, move |book, _| {
        book.set(Book::AUTHOR_ID, Some(nobody));
        Ok(())
    });
    let report = nowhere.await.unwrap_err();
    assert_eq!(report.errors()[0].pointer(), Some("/authorId"));
    assert_eq!(changed, stored().await);

    let unchanged = database.change::<Book, _>(before.id, |_, _| Ok("nothing"));
    assert_eq!(unchanged.await.unwrap(), Some(("nothing", changed)));
    let gone = database.change::<Book, ()>(4711, |_, _| Ok(()));
    assert_eq!(gone.await.unwrap(), None);
}
