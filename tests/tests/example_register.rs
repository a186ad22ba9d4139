//! The example `register` as its users have it: its program, the requests of its page, and what it refuses.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};
use serde_json::{Value, json};
use topchef_tests::{Example, walk, walk_comment};

const SOURCE: &str = include_str!("../../topchef-runtime/examples/register.rs");
const PAGE: &str = include_str!("../../topchef-runtime/src/docs/examples/register.md");
const WRONG: &str = "Deserialization Error From Client Data";

#[tokio::test]
async fn its_page_is_true() {
    let example = Example::start("register");
    walk(&example.api(), PAGE).await;
    // A request that came twice with one key was carried out once.
    assert_eq!(
        column(&example, "SELECT username FROM users ORDER BY id"),
        ["ada", "bob", "eve"]
    );
    let mails = column(&example, "SELECT recipient FROM mail ORDER BY id");
    assert_eq!(
        mails,
        ["ada@example.org", "bob@example.org", "eve@example.org"]
    );
}

#[tokio::test]
async fn its_comment_is_true() {
    let example = Example::start("register");
    walk_comment(&example.api(), SOURCE, &[202, 422]).await;
}

fn column(example: &Example, query: &str) -> Vec<String> {
    let file = rusqlite::Connection::open(example.file("register.db")).unwrap();
    let mut statement = file.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn user(username: &str, email: &str, password: &str) -> Value {
    json!({"username": username, "email": email, "password": password})
}

#[tokio::test]
async fn what_is_kept_is_a_hash() {
    let example = Example::start("register");
    let password = "pässword";
    let ada = user("ada", "ADA@EXAMPLE.ORG", password);
    let answer = example.api().post("/register", &ada).await.expect(202);
    assert!(!answer.text.contains(password), "{answer:?}");
    assert_eq!(
        column(&example, "SELECT email FROM users"),
        ["ada@example.org"]
    );
    let kept = column(&example, "SELECT password FROM users");
    let [hash] = kept.as_slice() else {
        panic!("one password was due: {kept:?}")
    };
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    let hash = PasswordHash::new(hash).unwrap();
    let argon2 = Argon2::default();
    assert!(argon2.verify_password(password.as_bytes(), &hash).is_ok());
    assert!(argon2.verify_password(b"password", &hash).is_err());
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let example = Example::start("register");
    let api = example.api();
    for short in ["", "1234567", "äöüßäöü"] {
        let answer = api
            .post("/register", &user("ada", "ada@example.org", short))
            .await;
        let faults = answer.refused(422, "Password Too Short");
        assert_eq!(faults[0].pointer.as_deref(), Some("/password"));
    }
    for email in [
        "",
        "ada",
        "ada@",
        "@example.org",
        "a b@example.org",
        "ada@host.INVALID",
    ] {
        let answer = api
            .post("/register", &user("ada", email, "long enough"))
            .await;
        answer.refused_at(WRONG, &["/email"]);
    }
    let answer = api.post("/register", &json!({})).await;
    answer.refused_at(WRONG, &["/username", "/email", "/password"]);
    let answer = api
        .post(
            "/register",
            &user("ada", "ada@example.org", &"x".repeat(201)),
        )
        .await;
    answer.refused_at(WRONG, &["/password"]);
    for path in ["/register", "/register/1"] {
        api.get(path).await.refused(405, "Method Not Implemented");
    }
    api.get("/mail").await.refused(404, "Not Found");
    for table in ["users", "mail"] {
        let count = format!("SELECT CAST(count(*) AS TEXT) FROM {table}");
        assert_eq!(column(&example, &count), ["0"], "{table}");
    }
}

#[tokio::test]
async fn one_name_is_taken_once() {
    let example = Example::start("register");
    let api = example.api();
    let users: Vec<_> = (0..4)
        .map(|number| user("ada", &format!("ada{number}@example.org"), "long enough"))
        .collect();
    let [a, b, c, d] = users.as_slice() else {
        panic!("four users were due")
    };
    let (a, b, c, d) = tokio::join!(
        api.post("/register", a),
        api.post("/register", b),
        api.post("/register", c),
        api.post("/register", d),
    );
    let mut statuses = [a.status, b.status, c.status, d.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409, 409, 409]);
    assert_eq!(
        column(&example, "SELECT subject FROM mail"),
        ["Welcome, ada"]
    );
}
