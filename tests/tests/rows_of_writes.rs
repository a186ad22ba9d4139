//! What a write answers is the row as it is stored, or as it was when it went, whatever the database's own triggers do.

use serde_json::{Value, json};
use topchef_runtime::ModelResource;
use topchef_tests::local::Local;
use topchef_tests::{Api, Kind};

/// Keys that the database counts up.
#[derive(ModelResource)]
struct Note {
    id: i64,
    text: String,
    edits: i64,
}

/// Keys that clients give, which SQLite keeps as texts, and that have a version.
#[derive(ModelResource)]
struct Label {
    #[resource(primary_key)]
    name: String,
    text: String,
    #[resource(version)]
    version: i64,
}

/// What triggers write, so that the database counts up a key of another table in the middle of a write.
#[derive(ModelResource)]
struct Trace {
    id: i64,
    text: String,
}

async fn notes(triggers: &str) -> Local {
    let local = Local::start::<(Note, Label, Trace)>(|api| {
        api.resource::<Note>()
            .resource::<Label>()
            .resource::<Trace>()
    })
    .await;
    local.scratch().execute(triggers);
    local
}

fn only_sqlite() -> bool {
    Kind::Sqlite.is_of_this_run("its triggers are written for SQLite")
}

async fn posted(api: &Api, text: &str) -> Value {
    let answer = api.post("/notes", &json!({"text": text, "edits": 0})).await;
    answer.expect(201).json()["data"].take()
}

#[tokio::test]
async fn what_a_trigger_changes_after_the_write_is_answered() {
    if !only_sqlite() {
        return;
    }
    let local = notes(
        "CREATE TRIGGER made AFTER INSERT ON notes BEGIN
             UPDATE notes SET text = upper(text) WHERE id = new.id;
         END;
         CREATE TRIGGER edited AFTER UPDATE OF text ON notes WHEN new.text <> upper(old.text) BEGIN
             UPDATE notes SET edits = edits + 1 WHERE id = new.id;
         END;",
    )
    .await;
    let api = local.api();
    let made = posted(&api, "one").await;
    assert_eq!(made, json!({"id": 1, "text": "ONE", "edits": 0}));

    let changed = api
        .patch("/notes/1", &json!({"text": "two"}))
        .await
        .expect(200);
    let shown = api.get("/notes/1").await.expect(200);
    assert_eq!(changed.json()["data"]["edits"], 1);
    assert_eq!(changed.json(), shown.json());
    // So the tag is that of the record, and may be used for the next change.
    assert_eq!(changed.header("etag"), shown.header("etag"));
}

#[tokio::test]
async fn a_key_that_a_trigger_counts_up_elsewhere_is_not_taken_for_the_records() {
    if !only_sqlite() {
        return;
    }
    let local = notes(
        "INSERT INTO traces (text) VALUES ('a'), ('b'), ('c');
         CREATE TRIGGER before BEFORE INSERT ON notes BEGIN
             INSERT INTO traces (text) VALUES ('before ' || new.text);
         END;
         CREATE TRIGGER after AFTER INSERT ON notes BEGIN
             INSERT INTO traces (text) VALUES ('after ' || new.text);
         END;",
    )
    .await;
    let api = local.api();
    assert_eq!(posted(&api, "one").await["id"], 1);
    assert_eq!(posted(&api, "two").await["id"], 2);
    assert_eq!(local.scratch().texts("SELECT text FROM traces").len(), 7);
}

#[tokio::test]
async fn a_write_that_a_trigger_leaves_out_finds_no_record() {
    if !only_sqlite() {
        return;
    }
    let local = notes(
        "INSERT INTO notes (text, edits) VALUES ('kept', 0);
         CREATE TRIGGER kept BEFORE UPDATE ON notes WHEN old.text = 'kept' BEGIN
             SELECT RAISE(IGNORE);
         END;
         CREATE TRIGGER stays BEFORE DELETE ON notes WHEN old.text = 'kept' BEGIN
             SELECT RAISE(IGNORE);
         END;",
    )
    .await;
    let api = local.api();
    let path = "/notes/1";
    api.patch(path, &json!({"text": "changed"}))
        .await
        .expect(404);
    api.delete(path).await.expect(404);
    assert_eq!(api.get(path).await.json()["data"]["text"], "kept");
}

/// What is stored then is not known, so it is not held to be done.
#[tokio::test]
async fn a_row_that_a_trigger_takes_away_is_no_success() {
    if !only_sqlite() {
        return;
    }
    let local = notes(
        "CREATE TRIGGER moved AFTER INSERT ON notes WHEN new.text = 'moved' BEGIN
             UPDATE notes SET id = id + 1000 WHERE id = new.id;
         END;
         CREATE TRIGGER gone AFTER UPDATE ON labels WHEN new.text = 'gone' BEGIN
             DELETE FROM labels WHERE name = new.name;
         END;",
    )
    .await;
    let api = local.api();
    let note = json!({"text": "moved", "edits": 0});
    api.post("/notes", &note).await.problem(500);
    let label = json!({"name": "a", "text": "first"});
    api.post("/labels", &label).await.expect(201);
    // An update that was made is not followed by the insert of a `PUT`.
    api.put("/labels/a", &json!({"name": "a", "text": "gone"}))
        .await
        .problem(500);
    assert_eq!(local.scratch().texts("SELECT text FROM labels").len(), 0);
}

#[tokio::test]
async fn keys_that_clients_give_are_answered_as_they_are_stored() {
    let local = notes("").await;
    let api = local.api();
    for name in ["a", "A", "100%", "a/b", "ü", "' OR 1=1 --"] {
        let label = json!({"name": name, "text": "first"});
        let made = api.post("/labels", &label).await.expect(201);
        assert_eq!(made.json()["data"]["name"], *name);
        let path = made.header("location").unwrap().to_owned();
        let changed = api.patch(&path, &json!({"text": "second"})).await;
        assert_eq!(
            changed.expect(200).json()["data"],
            json!({"name": name, "text": "second", "version": 2})
        );
        let put = api
            .put(&path, &json!({"name": name, "text": "third"}))
            .await;
        assert_eq!(put.expect(200).json()["data"]["version"], 3);
    }
    api.delete("/labels/a").await.expect(204);
    api.delete("/labels/a").await.expect(404);
    api.get("/labels/A").await.expect(200);
}

/// Many at once share commits, in which the database counts up one key after the other.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_is_answered_with_its_own_row() {
    let local = notes("").await;
    let clients = (0..8).map(|client| {
        let api = local.api();
        tokio::spawn(async move {
            for number in 0..40 {
                let text = format!("{client}/{number}");
                let made = posted(&api, &text).await;
                assert_eq!(made["text"], *text);
                let path = format!("/notes/{}", made["id"]);
                let changed = api.patch(&path, &json!({"edits": number})).await;
                assert_eq!(
                    changed.expect(200).json()["data"],
                    json!({"id": made["id"], "text": text, "edits": number})
                );
                if number % 2 == 0 {
                    api.delete(&path).await.expect(204);
                }
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    for client in clients {
        client.await.unwrap();
    }
    let left = local.scratch().texts("SELECT text FROM notes");
    assert_eq!(left.len(), 8 * 20);
}
