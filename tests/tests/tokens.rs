//! Bearer tokens in the real binary: who is let in, what everybody else is told, what is never logged.

use serde_json::json;
use topchef_tests::{Answer, Api, Finished, Launch, Server, lab, raw};

/// A new token and its line, as `topchef-server token` prints them.
fn new_token(name: &str) -> (String, String) {
    let run = Launch::bare().arguments(["token", name]).run();
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut lines = run.stdout.lines();
    let token = lines.next().unwrap().to_owned();
    let line = lines.next().unwrap().to_owned();
    assert_eq!(lines.next(), None, "{run:?}");
    assert!(!run.stderr.contains(&token), "{run:?}");
    assert!(!line.contains(&token), "{run:?}");
    (token, line)
}

/// A server that accepts the token of `lab`, and that token.
fn start() -> (Server, String) {
    let (token, line) = new_token("lab");
    let launch = Launch::serve().environment("RUST_LOG", "trace");
    std::fs::write(launch.file("topchef.toml"), format!("[tokens]\n{line}\n")).unwrap();
    (
        launch.arguments(["--config", "topchef.toml"]).start(),
        token,
    )
}

async fn get(api: &Api, path: &str, authorization: &str) -> Answer {
    let request = api.request("GET", path);
    api.send(request.header("authorization", authorization))
        .await
}

#[tokio::test]
async fn a_token_lets_in_whoever_has_it_and_nobody_else() {
    let (mut server, token) = start();
    let api = server.api();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        get(&api, "/services", &format!("{scheme} {token}"))
            .await
            .expect(200);
    }
    let body = lab::centrifuge();
    let posted = api
        .request("POST", "/services")
        .bearer_auth(&token)
        .json(&body);
    api.send(posted).await.expect(201);

    for path in [
        "/",
        "/services",
        "/jobs",
        "/validator",
        "/no/such/path",
        "/healthy",
    ] {
        let answer = api.get(path).await;
        let faults = answer.refused(401, "Unauthorized");
        assert_eq!(faults[0].code, "unauthorized");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"topchef\"")
        );
    }
    for (authorization, code, challenge) in [
        ("", "not_a_bearer_token", "Bearer realm=\"topchef\""),
        ("Bearer", "not_a_bearer_token", "Bearer realm=\"topchef\""),
        (
            "Basic bGFiOnNlY3JldA==",
            "not_a_bearer_token",
            "Bearer realm=\"topchef\"",
        ),
        (
            "Bearer topchef_guessed",
            "unknown_token",
            "Bearer realm=\"topchef\", error=\"invalid_token\"",
        ),
    ] {
        let answer = get(&api, "/services", authorization).await;
        assert_eq!(answer.refused(401, "Unauthorized")[0].code, code);
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
        assert!(!answer.text.contains("guessed"), "{answer:?}");
    }
    for method in ["POST", "PATCH", "DELETE", "OPTIONS", "PUT"] {
        api.call(method, "/services")
            .await
            .refused(401, "Unauthorized");
    }
    let refused = api.post("/services", &body).await;
    refused.refused(401, "Unauthorized");
    let list = get(&api, "/services", &format!("Bearer {token}")).await;
    assert_eq!(list.json()["data"].as_array().unwrap().len(), 1, "{list:?}");

    assert_eq!(server.terminate().code(), Some(0));
    let log = server.log();
    assert!(log.contains("principal=\"lab\""), "{log}");
    for secret in [&token[..], "bGFiOnNlY3JldA", "topchef_guessed"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[tokio::test]
async fn a_token_that_comes_twice_lets_nobody_in() {
    let (server, token) = start();
    let head = format!(
        "GET /services HTTP/1.1\r\nHost: lab\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    let answer = raw::exchange(server.address(), &head, b"");
    let faults = answer.refused(401, "Unauthorized");
    assert_eq!(faults[0].code, "several_authorizations");
}

#[tokio::test]
async fn another_method_in_a_header_needs_a_token_too() {
    let (server, token) = start();
    let api = server.api();
    let overridden = || {
        api.request("POST", "/services")
            .header("x-http-method-override", "GET")
    };
    api.send(overridden()).await.refused(401, "Unauthorized");
    api.send(overridden().bearer_auth(&token)).await.expect(200);
}

#[tokio::test]
async fn what_asks_for_the_servers_health_needs_no_token() {
    let (server, _) = start();
    let answer = server.api().get("/health/live").await;
    assert_ne!(answer.status, 401, "{answer:?}");
}

#[tokio::test]
async fn others_reach_a_server_that_asks_for_tokens() {
    let (token, line) = new_token("worker-7");
    let launch = Launch::bare().environment("TOPCHEF_TOKENS_FILE", "tokens.toml");
    std::fs::write(launch.file("tokens.toml"), line).unwrap();
    let server = launch
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
    let api = Api::new(&format!("http://127.0.0.1:{port}"));
    api.get("/services").await.refused(401, "Unauthorized");
    get(&api, "/services", &format!("Bearer {token}"))
        .await
        .expect(200);
    assert!(
        server.log().contains("nobody is let in without one"),
        "{}",
        server.log()
    );
}

/// `config` over that text as configuration file.
fn config(text: &str) -> Finished {
    let launch = Launch::bare().arguments(["config", "--json", "--config", "topchef.toml"]);
    std::fs::write(launch.file("topchef.toml"), text).unwrap();
    launch.run()
}

#[test]
fn config_names_tokens_and_shows_none() {
    let (_, line) = new_token("lab");
    let run = config(&format!("[tokens]\n{line}"));
    assert_eq!(run.code, Some(0), "{run:?}");
    let settings: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let shown = settings.as_array().unwrap().last().unwrap();
    let due = json!({"key": "tokens.lab", "value": null, "source": "file", "file": "topchef.toml", "line": 2});
    assert_eq!(*shown, due);
}

#[test]
fn what_is_no_token_is_refused_and_not_repeated() {
    let (token, _) = new_token("lab");
    let run = config(&format!("[tokens]\nlab = \"{token}\""));
    assert_eq!(run.code, Some(2), "{run:?}");
    let words = "`tokens.lab` on line 2 of topchef.toml must be sha256: and 64 hexadecimal digits";
    assert!(run.stderr.contains(words), "{run:?}");
    assert!(!run.stderr.contains(&token), "{run:?}");
    let run = config("[tokens]");
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("holds no token"), "{run:?}");
    let run = Launch::bare().arguments(["token", "no name"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{run:?}");
}
