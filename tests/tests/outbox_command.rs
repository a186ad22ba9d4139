//! `topchef-server outbox`: an operator lists what waits and what was given up, and has it tried again.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

use serde_json::Value;
use topchef_tests::{Finished, Kind, Launch, Scratch};

/// Messages as hooks that failed would leave them: two that were given up, one that waits.
const MESSAGES: &str = "
    INSERT INTO topchef_outbox (token, resource, record, method, committed, request, attempts, created_at, due_at, dead_at, error)
    VALUES (1, '/books', '7', 'post', '{\"secret\": \"s3cr3t\"}', '{}', 16, 1763768068810, 1763768069810, 1763768070810, 'no carrier'),
           (2, '/books', '8', 'patch', '{}', '{}', 16, 1763768068810, 1763768069810, 1763768070810, 'two
lines'),
           (3, '/books', '9', 'delete', '{}', '{}', 2, 1763768068810, 1763768069810, NULL, NULL)";

fn outbox(database: &Scratch, arguments: &[&str]) -> Finished {
    let address = database.address();
    let arguments = arguments.iter().copied();
    Launch::bare()
        .arguments(["outbox"].into_iter().chain(arguments))
        .arguments(["--database", &address])
        .run()
}

fn lines(finished: &Finished) -> Vec<&str> {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished.stdout.lines().collect()
}

async fn with_messages() -> Scratch {
    let database = Scratch::new();
    database.open().await.prepare().await.unwrap();
    database.execute(MESSAGES);
    database
}

#[tokio::test]
async fn an_operator_lists_what_waits_and_what_was_given_up() {
    let database = with_messages().await;
    let waiting = outbox(&database, &["list"]);
    let [line] = lines(&waiting)[..] else {
        panic!("{waiting:?}");
    };
    assert!(line.starts_with("3  delete /books/9  attempts 2  due 2025-11-21 23:34:29Z"));
    let dead = outbox(&database, &["list", "--dead"]);
    assert_eq!(
        lines(&dead),
        [
            "1  post /books/7  attempts 16  given up 2025-11-21 23:34:30Z  no carrier",
            "2  patch /books/8  attempts 16  given up 2025-11-21 23:34:30Z  two\\nlines",
        ]
    );
    let json = outbox(&database, &["list", "--dead", "--json"]);
    let first: Value = serde_json::from_str(lines(&json)[0]).unwrap();
    assert_eq!(first["sequence"], 1);
    assert_eq!(first["error"], "no carrier");
    for finished in [waiting, dead, json] {
        assert!(!finished.stdout.contains("s3cr3t"), "{finished:?}");
    }
}

#[tokio::test]
async fn an_operator_has_messages_tried_again_or_discards_them() {
    let database = with_messages().await;
    lines(&outbox(&database, &["retry", "1"]));
    assert_eq!(lines(&outbox(&database, &["list"])).len(), 2);
    lines(&outbox(&database, &["discard", "2"]));
    assert_eq!(lines(&outbox(&database, &["list", "--dead"])), [""; 0]);
    for arguments in [["retry", "4711"], ["discard", "1"]] {
        let refused = outbox(&database, &arguments);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("no message"), "{refused:?}");
    }
    database.execute("UPDATE topchef_outbox SET dead_at = 1");
    lines(&outbox(&database, &["retry", "--all-dead"]));
    assert_eq!(lines(&outbox(&database, &["list"])).len(), 2);
}

#[tokio::test]
async fn no_database_is_made_for_a_look() {
    if !Kind::Sqlite.is_of_this_run("a file that is not there is a matter of SQLite alone") {
        return;
    }
    let launch = Launch::bare().arguments(["outbox", "list", "--database", "missing.db"]);
    let refused = launch.run();
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("there is no database"),
        "{refused:?}"
    );
    assert!(!launch.file("missing.db").exists());
}
