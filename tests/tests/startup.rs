//! How the binary starts and ends: what it prints, which setting wins, what it refuses, how it goes.

use serde_json::json;
use std::io::Write;
use std::time::Instant;
use topchef_tests::{
    Api, Finished, Kind, Launch, Scratch, Server, eventually, free_port, lab, raw, skip,
};

/// Asserts that the run failed with a message for people that contains `words`.
fn assert_failed(run: &Finished, words: &[&str]) {
    assert!(
        matches!(run.code, Some(code) if code != 0),
        "it should have failed by itself: {run:?}"
    );
    for word in words {
        assert!(
            run.stderr.contains(word),
            "the message does not name {word:?}: {run:?}"
        );
    }
    for panic in ["panicked at", "RUST_BACKTRACE"] {
        assert!(
            !run.stderr.contains(panic),
            "a panic is no message: {run:?}"
        );
    }
}

#[tokio::test]
async fn without_any_setting_it_serves_port_5000_and_a_file_here() {
    if std::net::TcpListener::bind(("127.0.0.1", 5000)).is_err() {
        skip("the default port 5000 is taken on this machine");
        return;
    }
    let mut server = Launch::bare().start();
    assert_eq!(server.base(), "http://127.0.0.1:5000");
    server.api().get("/services").await.expect(200);
    assert!(
        server.launch().file("topchef.db").is_file(),
        "no database in the working directory"
    );
    assert_eq!(server.terminate().code(), Some(0));
}

#[tokio::test]
async fn port_0_is_any_free_port_and_is_printed() {
    let (one, other) = (Server::start(), Server::start());
    assert_ne!(one.base(), other.base());
    for server in [&one, &other] {
        assert!(
            server.base().starts_with("http://127.0.0.1:"),
            "{}",
            server.base()
        );
        assert!(!server.base().ends_with(":0"), "{}", server.base());
        server.api().get("/").await.expect(200);
    }
}

#[tokio::test]
async fn the_environment_configures_it() {
    let port = free_port().to_string();
    let launch = Launch::bare();
    let database = launch.file("from-environment.db").display().to_string();
    let server = launch
        .environment("TOPCHEF_HOST", "127.0.0.1")
        .environment("TOPCHEF_PORT", &port)
        .environment("TOPCHEF_DATABASE", &database)
        .start();
    assert_eq!(server.base(), format!("http://127.0.0.1:{port}"));
    assert!(server.launch().file("from-environment.db").is_file());
    assert!(
        !server.launch().file("topchef.db").exists(),
        "the default file was made as well"
    );
}

#[tokio::test]
async fn the_originals_environment_configures_it() {
    let port = free_port().to_string();
    let launch = Launch::bare();
    let uri = format!("sqlite:///{}", launch.file("absolute.db").display());
    let server = launch
        .environment("PORT", &port)
        .environment("HOSTNAME", "localhost")
        .environment("DATABASE_URI", &uri)
        .environment("THREADS", "3")
        .environment("DEBUG", "1")
        .environment("LOGFILE", "topchef.log")
        .start();
    assert!(
        server.base().ends_with(&format!(":{port}")),
        "{}",
        server.base()
    );
    server.api().get("/services").await.expect(200);
    assert!(
        server.launch().file("absolute.db").is_file(),
        "not the file of {uri}"
    );

    let relative = Launch::bare()
        .environment("PORT", "0")
        .environment("DATABASE_URI", "sqlite:///relative.db")
        .start();
    assert!(
        relative.launch().file("relative.db").is_file(),
        "three slashes are relative to the working directory"
    );
}

#[tokio::test]
async fn a_hostname_that_is_no_address_is_left_alone() {
    // Containers and shells set HOSTNAME to the machine's name.
    let server = Launch::bare()
        .environment("HOSTNAME", "bench-7.lab")
        .environment("PORT", "0")
        .start();
    assert!(
        server.base().starts_with("http://127.0.0.1:"),
        "{}",
        server.base()
    );
}

#[tokio::test]
async fn a_flag_wins_over_the_environment() {
    let (wanted, unwanted) = (free_port().to_string(), free_port().to_string());
    let launch = Launch::bare()
        .environment("TOPCHEF_HOST", "0.0.0.0")
        .environment("TOPCHEF_PORT", &unwanted)
        .environment("PORT", &unwanted)
        .environment("TOPCHEF_DATABASE", "unwanted.db")
        .environment("DATABASE_URI", "sqlite:///unwanted-too.db");
    let server = launch
        .arguments([
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            &wanted,
            "--database",
            "wanted.db",
        ])
        .start();
    assert_eq!(server.base(), format!("http://127.0.0.1:{wanted}"));
    assert!(server.launch().file("wanted.db").is_file());
    for unwanted in ["unwanted.db", "unwanted-too.db", "topchef.db"] {
        assert!(
            !server.launch().file(unwanted).exists(),
            "{unwanted} was made"
        );
    }
}

#[test]
fn an_address_for_everybody_is_refused_unless_told_so() {
    for host in ["0.0.0.0", "::"] {
        let run = Launch::bare()
            .arguments(["serve", "--host", host, "--port", "0"])
            .run();
        assert_eq!(run.code, Some(2), "{run:?}");
        assert_failed(&run, &["--allow-anonymous", host]);
        assert!(
            !run.stdout.contains("listening on"),
            "it listened first: {run:?}"
        );
    }
    let run = Launch::bare()
        .environment("HOSTNAME", "0.0.0.0")
        .environment("PORT", "0")
        .run();
    assert_eq!(run.code, Some(2), "an address in HOSTNAME counts: {run:?}");
    assert_failed(&run, &["--allow-anonymous"]);
}

#[tokio::test]
async fn an_address_for_everybody_is_served_when_told_so() {
    let server = Launch::bare()
        .arguments([
            "serve",
            "--host",
            "0.0.0.0",
            "--port",
            "0",
            "--allow-anonymous",
        ])
        .start();
    let (_, port) = server.base().rsplit_once(':').unwrap();
    Api::new(&format!("http://127.0.0.1:{port}"))
        .get("/services")
        .await
        .expect(200);
}

#[test]
fn a_wrong_flag_is_refused_by_name() {
    for (arguments, words) in [
        (vec!["serve", "--prot", "1"], vec!["--prot"]),
        (vec!["serve", "--port", "many"], vec!["--port", "many"]),
        (vec!["serve", "--port", "70000"], vec!["--port", "70000"]),
        (vec!["serve", "--host"], vec!["--host"]),
        (
            vec!["serve", "--max-body-bytes", "lots"],
            vec!["--max-body-bytes", "lots"],
        ),
        (vec!["cook"], vec!["cook"]),
    ] {
        assert_failed(
            &Launch::bare().arguments(arguments.iter().copied()).run(),
            &words,
        );
    }
    assert_failed(
        &Launch::bare().environment("TOPCHEF_PORT", "many").run(),
        &["many"],
    );
}

#[test]
fn help_names_the_commands() {
    let run = Launch::bare().arguments(["--help"]).run();
    assert_eq!(run.code, Some(0), "{run:?}");
    for word in ["serve", "migrate"] {
        assert!(run.stdout.contains(word), "{word} is not named: {run:?}");
    }
    let run = Launch::bare().arguments(["serve", "--help"]).run();
    assert_eq!(run.code, Some(0), "{run:?}");
    for flag in [
        "--host",
        "--port",
        "--database",
        "--public-url",
        "--allow-anonymous",
        "--max-body-bytes",
    ] {
        assert!(run.stdout.contains(flag), "{flag} is not named: {run:?}");
    }
}

#[test]
fn a_taken_port_is_a_clear_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    assert_failed(
        &Launch::bare().arguments(["serve", "--port", &port]).run(),
        &[&port],
    );
}

#[test]
fn a_database_that_cannot_be_is_a_clear_failure() {
    for command in ["serve", "migrate"] {
        let launch = Launch::bare().arguments([command, "--database", "no/such/folder/lab.db"]);
        let launch = if command == "serve" {
            launch.arguments(["--port", "0"])
        } else {
            launch
        };
        assert_failed(&launch.run(), &["no/such/folder"]);
    }
    let launch = Launch::bare().arguments(["serve", "--port", "0", "--database", "poem.txt"]);
    let poem = "A file that is no database. ".repeat(100);
    std::fs::write(launch.file("poem.txt"), &poem).unwrap();
    assert_failed(&launch.run(), &["poem.txt"]);
    assert_eq!(
        std::fs::read_to_string(launch.file("poem.txt")).unwrap(),
        poem,
        "somebody's file was written to"
    );
}

#[tokio::test]
async fn migrate_may_run_as_often_as_it_likes() {
    let launch = Launch::bare().arguments(["migrate", "--database", "lab.db"]);
    for _ in 0..2 {
        let run = launch.run();
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    let database = launch.file("lab.db").display().to_string();
    let server = Launch::bare()
        .arguments(["serve", "--port", "0", "--database", &database])
        .start();
    let (_, job) = lab::service_and_job(&server.api()).await;
    drop(server);
    let run = launch.run();
    assert_eq!(run.code, Some(0), "over a file in use before: {run:?}");
    let server = Launch::bare()
        .arguments(["serve", "--port", "0", "--database", &database])
        .start();
    assert_eq!(
        lab::job(&server.api(), &job).await["parameters"],
        json!({"rpm": 500}),
        "migrating lost something"
    );
}

#[tokio::test]
async fn a_signal_ends_it_after_the_request_in_flight() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        let api = server.api();
        // An idle connection, kept alive, must not hold it up.
        api.get("/services").await.expect(200);
        let body = lab::centrifuge().to_string();
        let mut stream = raw::connect(server.address());
        let head = format!(
            "POST /services HTTP/1.1\r\nHost: lab\r\nContent-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // The interim answer says that the request is being handled.
        let interim = raw::read_interim(&stream);
        assert!(interim.starts_with("HTTP/1.1 100"), "{interim}");
        stream.write_all(&body.as_bytes()[..20]).unwrap();
        server.signal(signal);
        eventually("the server to stop taking connections", async || {
            std::net::TcpStream::connect(server.address())
                .is_err()
                .then_some(())
        })
        .await;
        stream.write_all(&body.as_bytes()[20..]).unwrap();
        let answer = raw::read_answer(&stream, Instant::now()).expect(201);
        let status = server.ended(&format!("SIG{signal}"));
        assert_eq!(status.code(), Some(0), "after SIG{signal}: {status}");
        server.restart();
        lab::service(&server.api(), &answer.made()).await;
    }
}

#[test]
fn a_signal_ends_an_idle_server() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        server.signal(signal);
        assert_eq!(server.ended(&format!("SIG{signal}")).code(), Some(0));
    }
}

#[test]
fn half_a_head_does_not_hold_up_the_end() {
    let mut server = Server::start();
    let halves: Vec<_> = ["", "P", "GET /services HTTP/1.1\r\nHost: l"]
        .into_iter()
        .map(|half| {
            let mut stream = raw::connect(server.address());
            stream.write_all(half.as_bytes()).unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    assert_eq!(server.terminate().code(), Some(0));
    // The drain's bound is 30 seconds.
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(10), "{took:?}");
    drop(halves);
}

/// Who copies the file that the README names copies everything.
#[tokio::test]
async fn the_file_alone_is_whole_after_a_clean_end() {
    if !Kind::Sqlite.is_of_this_run("only a file is copied as one") {
        return;
    }
    let mut server = Server::start();
    let (service, _) = topchef_tests::lab::service_and_job(&server.api()).await;
    server.terminate();
    let launch = Launch::serve();
    std::fs::copy(server.launch().database().file(), launch.database().file()).unwrap();
    let again = launch.start();
    again
        .api()
        .get(&format!("/services/{service}"))
        .await
        .expect(200);
}

/// The address of a new database, with a password in it, which the server of the tests does not ask for.
fn with_password(database: &Scratch, scheme: &str, password: &str) -> String {
    let address = database.address();
    let (_, rest) = address.split_once("://").unwrap_or_default();
    let (who, place) = rest.split_once('@').unwrap_or_default();
    let (user, _) = who.split_once(':').unwrap_or((who, ""));
    format!("{scheme}://{user}:{password}@{place}")
}

#[tokio::test]
async fn an_address_of_postgresql_is_taken_in_every_spelling_and_its_password_kept() {
    if !Kind::Postgres.is_of_this_run("addresses of PostgreSQL are tried where there is one") {
        return;
    }
    for (variable, scheme) in [
        ("TOPCHEF_DATABASE", "postgres"),
        ("TOPCHEF_DATABASE", "postgresql"),
        ("DATABASE_URI", "postgresql+psycopg2"),
    ] {
        let database = Scratch::new();
        let address = with_password(&database, scheme, "correct-horse");
        let mut server = Launch::bare()
            .environment(variable, &address)
            .environment("TOPCHEF_DATABASE_CONNECTIONS", "3")
            .environment("RUST_LOG", "trace")
            .arguments(["--port", "0"])
            .start();
        lab::service_and_job(&server.api()).await;
        assert_eq!(server.terminate().code(), Some(0));
        assert!(!server.launch().file("topchef.db").exists());
        let log = server.log();
        assert!(log.contains("starting"), "{log}");
        assert!(!log.contains("correct-horse"), "{log}");
        let count = database.texts("SELECT CAST(count(*) AS text) FROM jobs");
        assert_eq!(count, ["1"]);
    }
}

#[test]
fn a_postgresql_that_cannot_be_is_a_clear_failure_without_its_password() {
    let port = free_port();
    for (address, code, words) in [
        (
            format!("postgres://ada:correct-horse@127.0.0.1:{port}/lab"),
            1,
            ["postgresql://ada@127.0.0.1", "cannot be reached"],
        ),
        (
            "postgres://ada:correct-horse@127.0.0.1:many/lab".to_owned(),
            2,
            ["--database", "postgresql://user:password@host"],
        ),
        (
            "postgres://ada@127.0.0.1/lab?passwort=correct-horse".to_owned(),
            2,
            ["--database", "parameters"],
        ),
        (
            "mysql://ada:correct-horse@127.0.0.1/lab".to_owned(),
            2,
            ["--database", "MySQL"],
        ),
    ] {
        for command in ["serve", "migrate"] {
            let launch = Launch::bare().arguments([command, "--database", &address]);
            let launch = if command == "serve" {
                launch.arguments(["--port", "0"])
            } else {
                launch
            };
            let run = launch.environment("RUST_LOG", "trace").run();
            assert_eq!(run.code, Some(code), "{run:?}");
            assert_failed(&run, &words);
            assert!(!run.stderr.contains("correct-horse"), "{run:?}");
        }
    }
}
