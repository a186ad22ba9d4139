//! Transactions in code: what is written in one is seen in it, and by nobody else before it is committed as a whole.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use topchef_runtime::{Database, ModelResource, Report};
use topchef_tests::local::Store;
use topchef_tests::log::Log;
use topchef_tests::{Kind, eventually};
use uuid::Uuid;

/// A plant of a garden.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Plant {
    id: i64,
    name: String,
    #[resource(default)]
    height: f64,
    bed: Option<String>,
}

/// A tag, under a name of its own.
#[derive(Clone, Debug, ModelResource, PartialEq)]
struct Tag {
    #[resource(primary_key)]
    name: String,
    uses: i32,
}

fn plant(name: &str) -> Plant {
    Plant {
        id: 0,
        name: name.to_owned(),
        height: 0.5,
        bed: None,
    }
}

fn tag(name: impl Into<String>) -> Tag {
    Tag {
        name: name.into(),
        uses: 0,
    }
}

async fn garden() -> Store {
    Store::new::<(Plant, Tag)>().await
}

async fn names(database: &Database) -> Vec<String> {
    let plants = database.select::<Plant>().all().await.unwrap();
    plants.into_iter().map(|plant| plant.name).collect()
}

/// Writes these plants and commits.
async fn planted(database: &Database, names: &[&str]) -> Vec<Plant> {
    let mut tx = database.transaction().await.unwrap();
    let mut plants = Vec::new();
    for name in names {
        plants.push(tx.insert(&plant(name)).await.unwrap());
    }
    tx.commit().await.unwrap();
    plants
}

#[tokio::test]
async fn what_is_inserted_comes_back_as_it_is_stored() {
    let store = garden().await;
    let database = store.database();
    let mut tx = database.transaction().await.unwrap();
    let rose = tx.insert(&plant("rose")).await.unwrap();
    assert_eq!(
        rose,
        Plant {
            id: 1,
            ..plant("rose")
        }
    );
    let far = tx
        .insert(&Plant {
            id: 90,
            ..plant("fern")
        })
        .await
        .unwrap();
    assert_eq!(far.id, 90);
    let next = tx.insert(&plant("iris")).await.unwrap();
    match Kind::of_this_run() {
        Kind::Sqlite => assert_eq!(next.id, 91),
        // It counts by itself, until it comes to a key that was given.
        Kind::Postgres => assert_eq!(next.id, 2),
    }
    let label = tx.insert(&tag("a/é")).await.unwrap();
    assert_eq!(label, tag("a/é"));
    tx.commit().await.unwrap();
    assert_eq!(sorted(names(database).await), ["fern", "iris", "rose"]);
    let found = database.find(Tag::NAME.eq("a/é")).await.unwrap();
    assert_eq!(found, Some(tag("a/é")));
    let other = store.opened_again().await;
    assert_eq!(sorted(names(&other).await), ["fern", "iris", "rose"]);
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_tracked_record_reads_as_it_will_be() {
    let store = garden().await;
    let database = store.database();
    let id = planted(database, &["rose"]).await[0].id;
    let mut tx = database.transaction().await.unwrap();
    let mut rose = tx.get::<Plant>(id).await.unwrap().unwrap();
    assert!(!rose.is_changed(Plant::NAME));
    rose.set(Plant::NAME, "dog rose");
    rose.set(Plant::BED, "north".to_owned());
    assert_eq!(
        (rose.name.as_str(), rose.bed.as_deref()),
        ("dog rose", Some("north"))
    );
    assert!(rose.is_changed(Plant::NAME) && !rose.is_changed(Plant::HEIGHT));
    let stored = tx.get::<Plant>(id).await.unwrap().unwrap();
    assert_eq!(stored.name, "rose", "nothing is stored before it is saved");
    tx.save(&mut rose).await.unwrap();
    assert!(
        !rose.is_changed(Plant::NAME),
        "there is nothing left to save"
    );
    let stored = tx.get::<Plant>(id).await.unwrap().unwrap();
    assert_eq!(*stored, *rose);
    tx.commit().await.unwrap();
    assert_eq!(names(database).await, ["dog rose"]);
}

#[tokio::test]
async fn a_save_writes_what_was_changed_and_nothing_else() {
    let store = garden().await;
    let database = store.database();
    let id = planted(database, &["rose"]).await[0].id;
    let mut tx = database.transaction().await.unwrap();
    let mut first = tx.get::<Plant>(id).await.unwrap().unwrap();
    let mut second = tx.get::<Plant>(id).await.unwrap().unwrap();
    first.set(Plant::NAME, "tulip");
    second.set(Plant::HEIGHT, 2.5);
    tx.save(&mut first).await.unwrap();
    tx.save(&mut second).await.unwrap();
    assert_eq!(second.name, "tulip", "a saved record is the stored one");
    tx.save(&mut second).await.unwrap();
    tx.commit().await.unwrap();
    let stored = database.find(Plant::ID.eq(id)).await.unwrap().unwrap();
    assert_eq!((stored.name.as_str(), stored.height), ("tulip", 2.5));
}

#[tokio::test]
async fn a_key_may_be_changed() {
    let store = garden().await;
    let database = store.database();
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&tag("old")).await.unwrap();
    tx.insert(&tag("taken")).await.unwrap();
    let mut found = tx.get::<Tag>("old".to_owned()).await.unwrap().unwrap();
    found.set(Tag::NAME, "new");
    found.set(Tag::USES, 3);
    tx.save(&mut found).await.unwrap();
    found.set(Tag::NAME, "taken");
    assert_conflict(tx.save(&mut found).await, "/name");
    tx.commit().await.unwrap();
    let tags = database.select::<Tag>().all().await.unwrap();
    let due = Tag {
        name: "new".to_owned(),
        uses: 3,
    };
    assert_eq!(tags, [due, tag("taken")]);
}

/// Asserts a 409 that names one field.
fn assert_conflict<T>(result: Result<T, Report>, pointer: &str) {
    let report = result.err().unwrap();
    assert_eq!(report.status(), 409, "{report:?}");
    assert_eq!(report.errors()[0].pointer(), Some(pointer));
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let store = garden().await;
    let database = store.database();
    let plants = planted(database, &["rose", "fern"]).await;
    let mut tx = database.transaction().await.unwrap();
    assert!(tx.delete(&plants[0]).await.unwrap());
    assert!(!tx.delete(&plants[0]).await.unwrap(), "it was gone already");
    assert!(tx.get::<Plant>(plants[0].id).await.unwrap().is_none());
    let mut fern = tx.get::<Plant>(plants[1].id).await.unwrap().unwrap();
    tx.delete(&*fern).await.unwrap();
    fern.set(Plant::NAME, "moss");
    let report = tx.save(&mut fern).await.unwrap_err();
    assert_eq!(report.status(), 404);
    tx.commit().await.unwrap();
    assert_eq!(names(database).await, [""; 0]);
}

#[tokio::test]
async fn a_select_finds_filters_sorts_and_pages() {
    let store = garden().await;
    let database = store.database();
    let mut tx = database.transaction().await.unwrap();
    for number in 0..10_u8 {
        let name = format!("plant {}", number % 3);
        let bed = (number % 2 == 0).then(|| "north".to_owned());
        let height = f64::from(number) - 4.5;
        let record = Plant {
            id: 0,
            name,
            height,
            bed,
        };
        tx.insert(&record).await.unwrap();
    }
    let ids = |plants: Vec<Plant>| -> Vec<i64> { plants.iter().map(|plant| plant.id).collect() };
    let all = tx.select::<Plant>().all().await.unwrap();
    assert_eq!(ids(all), (1..=10).collect::<Vec<_>>());
    for (filter, due) in [
        (Plant::ID.eq(3), &[3][..]),
        (Plant::ID.ne(3), &[1, 2, 4, 5, 6, 7, 8, 9, 10]),
        (Plant::HEIGHT.lt(-2.5), &[1, 2]),
        (Plant::HEIGHT.le(-2.5), &[1, 2, 3]),
        (Plant::HEIGHT.gt(3.5), &[10]),
        (Plant::HEIGHT.ge(3.5), &[9, 10]),
        (Plant::BED.eq(None), &[2, 4, 6, 8, 10]),
        (Plant::BED.ne(None), &[1, 3, 5, 7, 9]),
        (Plant::BED.eq("north".to_owned()), &[1, 3, 5, 7, 9]),
        (Plant::ID.is_in([7, 2, 99]), &[2, 7]),
        (Plant::ID.is_in([]), &[]),
    ] {
        let what = format!("{filter:?}");
        let found = tx
            .select::<Plant>()
            .filter(filter.clone())
            .all()
            .await
            .unwrap();
        assert_eq!(ids(found), due, "{what}");
        let outside = database
            .select::<Plant>()
            .filter(filter)
            .all()
            .await
            .unwrap();
        assert_eq!(ids(outside), [0_i64; 0], "{what} was seen outside");
    }
    let found = tx
        .select::<Plant>()
        .filter(Plant::BED.eq(None))
        .filter(Plant::ID.gt(4))
        .order_by(Plant::NAME.desc())
        .order_by(Plant::HEIGHT.desc())
        .offset(1)
        .limit(1);
    assert_eq!(ids(found.all().await.unwrap()), [8]);
    let first = tx.select::<Plant>().order_by(Plant::ID.desc()).first();
    assert_eq!(first.await.unwrap().unwrap().id, 10);
    let none = tx.select::<Plant>().filter(Plant::ID.gt(10)).first();
    assert_eq!(none.await.unwrap(), None);
    let every = tx.select::<Plant>().limit(u64::MAX).all().await.unwrap();
    assert_eq!(every.len(), 10, "as many as there can be");
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let store = garden().await;
    let database = store.database();
    planted(database, &["rose"]).await;
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&plant("fern")).await.unwrap();
    let mut rose = tx.get::<Plant>(1_i64).await.unwrap().unwrap();
    rose.set(Plant::NAME, "thorn");
    tx.save(&mut rose).await.unwrap();
    drop(tx);
    assert_eq!(names(database).await, ["rose"]);
    planted(database, &["iris"]).await;
    assert_eq!(names(database).await, ["rose", "iris"]);
}

#[tokio::test]
async fn an_error_on_the_way_leaves_nothing() {
    async fn replant(database: &Database) -> Result<(), Report> {
        let mut tx = database.transaction().await?;
        tx.insert(&plant("fern")).await?;
        tx.insert(&Plant {
            id: 1,
            ..plant("weed")
        })
        .await?;
        tx.commit().await
    }
    let store = garden().await;
    let database = store.database();
    planted(database, &["rose"]).await;
    assert_conflict(replant(database).await, "/id");
    assert_eq!(names(database).await, ["rose"]);
}

#[tokio::test]
async fn a_conflict_that_is_caught_leaves_the_rest() {
    let store = garden().await;
    let database = store.database();
    planted(database, &["rose"]).await;
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&plant("fern")).await.unwrap();
    assert_conflict(
        tx.insert(&Plant {
            id: 1,
            ..plant("weed")
        })
        .await,
        "/id",
    );
    tx.insert(&plant("iris")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(database).await, ["rose", "fern", "iris"]);
}

#[tokio::test]
async fn a_panic_on_the_way_leaves_nothing() {
    let store = garden().await;
    let database = store.database().clone();
    let task = tokio::spawn(async move {
        let mut tx = database.transaction().await.unwrap();
        tx.insert(&plant("fern")).await.unwrap();
        panic!("on the way");
    });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(names(store.database()).await, [""; 0]);
    planted(store.database(), &["rose"]).await;
}

#[tokio::test]
async fn a_key_may_be_of_a_type_that_becomes_it() {
    let store = garden().await;
    planted(store.database(), &["rose"]).await;
    let mut tx = store.database().transaction().await.unwrap();
    assert!(tx.get::<Plant>(1_u8).await.unwrap().is_some());
}

#[tokio::test]
async fn readers_see_the_last_commit_while_a_transaction_is_open() {
    let store = garden().await;
    let database = store.database();
    let other = store.opened_again().await;
    planted(database, &["rose"]).await;
    let mut tx = database.transaction().await.unwrap();
    for number in 0..50 {
        tx.insert(&plant(&format!("fern {number}"))).await.unwrap();
        let began = Instant::now();
        assert_eq!(names(database).await, ["rose"]);
        assert_eq!(names(&other).await, ["rose"]);
        assert!(began.elapsed() < Duration::from_secs(1), "readers waited");
    }
    assert_eq!(tx.select::<Plant>().all().await.unwrap().len(), 51);
    tx.commit().await.unwrap();
    assert_eq!(names(database).await.len(), 51);
    assert_eq!(names(&other).await.len(), 51);
}

/// Sums are kept by whole transfers only: whoever looks, finds the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_half_of_a_transaction() {
    let store = garden().await;
    let database = store.database().clone();
    let mut tx = database.transaction().await.unwrap();
    for name in ["left", "right"] {
        tx.insert(&Tag {
            uses: 100,
            ..tag(name)
        })
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let writer = database.clone();
    let moving = tokio::spawn(async move {
        for _ in 0..100 {
            let mut tx = writer.transaction().await.unwrap();
            for (name, by) in [("left", -1), ("right", 1)] {
                let mut side = tx.get::<Tag>(name.to_owned()).await.unwrap().unwrap();
                let uses = side.uses + by;
                side.set(Tag::USES, uses);
                tx.save(&mut side).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
    });
    let mut looks = 0;
    while !moving.is_finished() {
        let tags = database.select::<Tag>().all().await.unwrap();
        assert_eq!(tags[0].uses + tags[1].uses, 200);
        looks += 1;
    }
    moving.await.unwrap();
    assert!(looks > 10, "only {looks} looks");
    let left = database.find(Tag::NAME.eq("left")).await.unwrap();
    assert_eq!(left.unwrap().uses, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_wait_for_each_other_and_lose_nothing() {
    let store = garden().await;
    let database = store.database();
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&tag("shared")).await.unwrap();
    tx.commit().await.unwrap();
    let writers = (0..64).map(|number| {
        let database = database.clone();
        tokio::spawn(async move {
            let mut tx = database.transaction().await.unwrap();
            let mut shared = tx.get::<Tag>("shared".to_owned()).await.unwrap().unwrap();
            let uses = shared.uses + 1;
            tokio::task::yield_now().await;
            shared.set(Tag::USES, uses);
            tx.save(&mut shared).await.unwrap();
            tx.insert(&tag(format!("{number}"))).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let shared = database.find(Tag::NAME.eq("shared")).await.unwrap();
    assert_eq!(shared.unwrap().uses, 64);
    let tags = database.select::<Tag>().all().await.unwrap();
    assert_eq!(tags.len(), 65);
}

/// Writes that come together share a commit; what is wrong with one of them is its own affair.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_in_a_group_of_writes_fails_alone() {
    let store = garden().await;
    let local = store
        .serve(|api| api.resource::<Tag>().resource::<Plant>())
        .await;
    let database = local.database();
    // While this is open everything below gathers behind it, and is then written together.
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&tag("taken")).await.unwrap();
    let posts = (0..60).map(|number| {
        let api = local.api();
        tokio::spawn(async move {
            let name = match number % 3 {
                0 => "taken".to_owned(),
                1 => "once".to_owned(),
                _ => format!("own {number}"),
            };
            api.post("/tags", &json!({"name": name, "uses": number}))
                .await
        })
    });
    let posts: Vec<_> = posts.collect();
    sleep(Duration::from_millis(200)).await;
    if Kind::of_this_run() == Kind::Sqlite {
        assert!(posts.iter().all(|post| !post.is_finished()));
    }
    tx.commit().await.unwrap();
    let (mut made, mut winner) = (0, None);
    for (number, post) in posts.into_iter().enumerate() {
        let answer = post.await.unwrap();
        let stored = match number % 3 {
            0 => false,
            1 => answer.status == 201,
            _ => true,
        };
        if stored {
            answer.expect(201);
            made += 1;
            if number % 3 == 1 {
                assert_eq!(winner.replace(number), None, "two made `once`");
            }
        } else {
            let faults = answer.refused(409, "Conflict");
            assert_eq!(faults[0].pointer.as_deref(), Some("/name"));
        }
    }
    assert_eq!(made, 21);
    let tags = database.select::<Tag>().all().await.unwrap();
    assert_eq!(tags.len(), 22);
    let once = tags.iter().find(|tag| tag.name == "once").unwrap();
    assert_eq!(usize::try_from(once.uses).unwrap(), winner.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_is_open_too_long_is_undone_and_lets_others_on() {
    let limit = Duration::from_millis(150);
    let store = Store::with_timeout::<(Plant, Tag)>(limit).await;
    let database = store.database();
    let mut forgotten = database.transaction().await.unwrap();
    forgotten.insert(&plant("weed")).await.unwrap();
    let began = Instant::now();
    planted(database, &["rose"]).await;
    assert!(began.elapsed() < limit * 10, "others waited");
    assert_eq!(names(database).await, ["rose"]);
    // On PostgreSQL nobody had to wait for it.
    sleep(limit.saturating_sub(began.elapsed())).await;
    // Where writers do not wait for each other, its time is not over yet.
    sleep(limit * 2).await;
    let report = forgotten.insert(&plant("late")).await.unwrap_err();
    assert_eq!(report.status(), 503);
    assert!(report.retry_after().is_some());
    let report = forgotten.commit().await.unwrap_err();
    assert_eq!(report.status(), 503);
    assert_eq!(names(database).await, ["rose"]);
}

/// The writer never finds its queue empty for long here: only the clock ends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_never_pauses_is_undone_and_lets_others_on() {
    let limit = Duration::from_millis(300);
    let store = Store::with_timeout::<(Plant, Tag)>(limit).await;
    let database = store.database();
    let mut busy = database.transaction().await.unwrap();
    busy.insert(&plant("weed")).await.unwrap();
    let began = Instant::now();
    let report = loop {
        assert!(began.elapsed() < limit * 10, "it goes on and on");
        if let Err(report) = busy.select::<Plant>().all().await {
            break report;
        }
    };
    assert_eq!(report.status(), 503);
    planted(database, &["rose"]).await;
    assert_eq!(busy.commit().await.unwrap_err().status(), 503);
    assert_eq!(names(database).await, ["rose"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_up_waiting_for_a_transaction_holds_nobody_up() {
    let store = garden().await;
    let database = store.database();
    let mut open = database.transaction().await.unwrap();
    open.insert(&plant("rose")).await.unwrap();
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move { database.transaction().await.map(drop) })
        })
        .collect();
    sleep(Duration::from_millis(50)).await;
    for task in &waiting {
        task.abort();
    }
    open.commit().await.unwrap();
    let began = Instant::now();
    planted(database, &["fern"]).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(names(database).await, ["rose", "fern"]);
}

#[tokio::test]
async fn a_temporary_database_does_all_of_it_too() {
    if !Kind::Sqlite.is_of_this_run("a temporary database is a file") {
        return;
    }
    let database = Database::temporary().await.unwrap();
    database.create_tables::<(Plant, Tag)>().await.unwrap();
    let other = Database::temporary().await.unwrap();
    other.create_tables::<(Plant, Tag)>().await.unwrap();
    planted(&database, &["rose"]).await;
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&plant("fern")).await.unwrap();
    drop(tx);
    assert_eq!(names(&database).await, ["rose"]);
    assert_eq!(
        names(&other).await,
        [""; 0],
        "each is a database of its own"
    );
}

#[tokio::test]
async fn tables_are_made_once_and_kept() {
    let store = garden().await;
    planted(store.database(), &["rose"]).await;
    store
        .database()
        .create_tables::<(Plant, Tag)>()
        .await
        .unwrap();
    let again = store.opened_again().await;
    again.create_tables::<Plant>().await.unwrap();
    assert_eq!(names(&again).await, ["rose"]);
}

/// The whole of what is in a table that two resources share.
#[derive(ModelResource)]
#[resource(table = "shared_books")]
struct Book {
    id: i64,
    title: String,
    pages: i32,
}

/// A part of it.
#[derive(ModelResource)]
#[resource(table = "shared_books", methods(get, list))]
struct Title {
    id: i64,
    title: String,
}

#[tokio::test]
async fn a_table_that_two_resources_share_is_made_by_the_one_that_needs_all_of_it() {
    let store = garden().await;
    let database = store.database();
    let refused = database.create_tables::<(Title, Book)>().await;
    let refused = refused.map_err(|error| error.to_string()).unwrap_err();
    assert!(refused.contains("name `Book` before `Title`"), "{refused}");
    assert!(
        database.select::<Title>().all().await.is_err(),
        "a table was made"
    );
    database.create_tables::<(Book, Title)>().await.unwrap();
    let book = Book {
        id: 1,
        title: "Dune".to_owned(),
        pages: 412,
    };
    let mut tx = database.transaction().await.unwrap();
    tx.insert(&book).await.unwrap();
    tx.commit().await.unwrap();
    let titles = database.select::<Title>().all().await.unwrap();
    assert_eq!(titles[0].title, book.title);
    // The table is there now, and whether it fits is for `compare`.
    database.create_tables::<(Title, Book)>().await.unwrap();
}

#[tokio::test]
async fn two_programs_may_write_the_same_file() {
    let store = garden().await;
    let other = store.opened_again().await;
    for number in 0..20 {
        let database = if number % 2 == 0 {
            store.database()
        } else {
            &other
        };
        planted(database, &[&format!("plant {number}")]).await;
    }
    assert_eq!(names(store.database()).await.len(), 20);
    let waiting = store.database().clone();
    let mut tx = other.transaction().await.unwrap();
    tx.insert(&plant("first")).await.unwrap();
    let second = tokio::spawn(async move { planted(&waiting, &["second"]).await });
    sleep(Duration::from_millis(100)).await;
    // On PostgreSQL only who writes the same row has to wait.
    if Kind::of_this_run() == Kind::Sqlite {
        assert!(!second.is_finished(), "it does not write over the other");
    }
    tx.commit().await.unwrap();
    second.await.unwrap();
    let mut planted = names(&other).await.split_off(20);
    planted.sort();
    assert_eq!(planted, ["first", "second"]);
}

#[tokio::test]
async fn a_file_that_is_no_database_cannot_be_opened() {
    if !Kind::Sqlite.is_of_this_run("only a file may turn out to be no database") {
        return;
    }
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("notes.txt");
    std::fs::write(
        &file,
        "these are notes, and a good many of them\n".repeat(50),
    )
    .unwrap();
    Database::sqlite(&file).open().await.unwrap_err();
    let nowhere = directory.path().join("nowhere").join("x.db");
    Database::sqlite(nowhere).open().await.unwrap_err();
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.starts_with("these are notes"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_uuid_of_a_new_record_is_stored_and_found() {
    /// A seed.
    #[derive(Clone, Debug, ModelResource, PartialEq)]
    struct Seed {
        id: Uuid,
        kind: String,
    }
    let store = Store::new::<Seed>().await;
    let id = Uuid::now_v7();
    let mut tx = store.database().transaction().await.unwrap();
    let kind = "oak".to_owned();
    let seed = tx.insert(&Seed { id, kind }).await.unwrap();
    assert_eq!(*tx.get::<Seed>(id).await.unwrap().unwrap(), seed);
    assert!(tx.get::<Seed>(Uuid::nil()).await.unwrap().is_none());
    tx.commit().await.unwrap();
    let found = eventually("the seed", async || {
        store.database().find(Seed::ID.eq(id)).await.unwrap()
    });
    assert_eq!(found.await, seed);
}

#[tokio::test]
async fn a_savepoint_that_is_released_is_a_part_of_its_transaction() {
    let store = garden().await;
    let mut tx = store.database().transaction().await.unwrap();
    tx.insert(&plant("moss")).await.unwrap();
    let mut part = tx.savepoint().await.unwrap();
    part.insert(&plant("fern")).await.unwrap();
    part.release().await.unwrap();
    tx.insert(&plant("reed")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(store.database()).await, ["moss", "fern", "reed"]);

    let mut tx = store.database().transaction().await.unwrap();
    let mut part = tx.savepoint().await.unwrap();
    part.insert(&plant("oak")).await.unwrap();
    part.release().await.unwrap();
    drop(tx);
    assert_eq!(names(store.database()).await, ["moss", "fern", "reed"]);
}

#[tokio::test]
async fn a_savepoint_that_is_dropped_leaves_nothing_and_the_transaction_goes_on() {
    let store = garden().await;
    let mut tx = store.database().transaction().await.unwrap();
    tx.insert(&plant("moss")).await.unwrap();
    let mut part = tx.savepoint().await.unwrap();
    part.insert(&plant("fern")).await.unwrap();
    drop(part);
    assert_eq!(tx.select::<Plant>().count().await.unwrap(), 1);
    let mut part = tx.savepoint().await.unwrap();
    part.insert(&plant("reed")).await.unwrap();
    part.roll_back().await.unwrap();
    // One that is dropped last is undone by the commit.
    tx.insert(&plant("oak")).await.unwrap();
    let mut part = tx.savepoint().await.unwrap();
    part.insert(&plant("elm")).await.unwrap();
    drop(part);
    tx.commit().await.unwrap();
    assert_eq!(names(store.database()).await, ["moss", "oak"]);
}

#[tokio::test]
async fn savepoints_stand_in_savepoints() {
    let store = garden().await;
    let mut tx = store.database().transaction().await.unwrap();
    let mut outer = tx.savepoint().await.unwrap();
    outer.insert(&plant("outer")).await.unwrap();
    let mut inner = outer.savepoint().await.unwrap();
    inner.insert(&plant("lost")).await.unwrap();
    drop(inner);
    let mut inner = outer.savepoint().await.unwrap();
    inner.insert(&plant("inner")).await.unwrap();
    inner.release().await.unwrap();
    outer.release().await.unwrap();
    let mut outer = tx.savepoint().await.unwrap();
    let mut inner = outer.savepoint().await.unwrap();
    inner.insert(&plant("kept in what is lost")).await.unwrap();
    inner.release().await.unwrap();
    drop(outer);
    tx.commit().await.unwrap();
    assert_eq!(names(store.database()).await, ["outer", "inner"]);
}

#[tokio::test]
async fn what_fails_in_a_savepoint_leaves_what_was_there_before() {
    let store = garden().await;
    let mut tx = store.database().transaction().await.unwrap();
    tx.insert(&tag("kept")).await.unwrap();
    let mut part = tx.savepoint().await.unwrap();
    part.insert(&tag("lost")).await.unwrap();
    assert_eq!(part.insert(&tag("kept")).await.unwrap_err().status(), 409);
    // A statement that fails undoes itself alone.
    assert_eq!(part.select::<Tag>().count().await.unwrap(), 2);
    assert_eq!(part.insert(&tag("lost")).await.unwrap_err().status(), 409);
    part.insert(&tag("too")).await.unwrap();
    drop(part);
    assert_eq!(tx.insert(&tag("kept")).await.unwrap_err().status(), 409);
    tx.insert(&tag("after")).await.unwrap();
    tx.commit().await.unwrap();
    let tags = store.database().select::<Tag>().order_by(Tag::NAME.asc());
    let tags = tags.all().await.unwrap();
    let names: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["after", "kept"]);
}

#[tokio::test]
async fn a_savepoint_that_is_given_up_half_way_leaves_nothing() {
    let store = garden().await;
    let mut tx = store.database().transaction().await.unwrap();
    let part = async {
        let mut part = tx.savepoint().await.unwrap();
        part.insert(&plant("lost")).await.unwrap();
        sleep(Duration::from_mins(1)).await;
        part.release().await.unwrap();
    };
    let given_up = tokio::time::timeout(Duration::from_millis(100), part);
    given_up.await.unwrap_err();
    tx.insert(&plant("kept")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(store.database()).await, ["kept"]);
}

#[tokio::test]
async fn the_log_warns_of_a_transaction_that_was_open_for_long() {
    let warned = Log::of_warnings();
    let store = garden().await;
    let mut quick = store.database().transaction().await.unwrap();
    quick.insert(&plant("moss")).await.unwrap();
    quick.commit().await.unwrap();
    assert_eq!(warned.take(), [""; 0]);
    let slow = store.database().transaction().await.unwrap();
    sleep(Duration::from_millis(1100)).await;
    drop(slow);
    let warnings = warned.take();
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:?}");
    };
    assert!(
        warning.contains("a transaction was open for long"),
        "{warning}"
    );
}
