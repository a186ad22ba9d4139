//! The example `owner` as its users have it: its program, the requests of its page, and what it refuses.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use topchef_tests::{Answer, Api, Example, walk, walk_comment};

const SOURCE: &str = include_str!("../../topchef-runtime/examples/owner.rs");
const PAGE: &str = include_str!("../../topchef-runtime/src/docs/examples/owner.md");
const VERSIONS: [&str; 2] = ["/api/v1/orders", "/api/v2/orders"];

#[tokio::test]
async fn its_page_is_true() {
    walk(&Example::start("owner").api(), PAGE).await;
}

#[tokio::test]
async fn its_comment_is_true() {
    let example = Example::start("owner");
    walk_comment(&example.api(), SOURCE, &[201, 201, 200, 202, 200]).await;
}

async fn send(api: &Api, user: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let mut request = api.request(method, path);
    if !user.is_empty() {
        request = request.header("x-user", user);
    }
    if let Some(body) = body {
        let typed = request.header("content-type", "application/json");
        request = typed.body(body.to_string());
    }
    api.send(request).await
}

/// Ada, who is 1, and Bob, who is 2, with one order each.
async fn shop() -> Example {
    let example = Example::start("owner");
    let api = example.api();
    for (id, name) in [(1, "ada"), (2, "bob")] {
        api.post("/users", &json!({"name": name})).await.expect(201);
        let order = json!({"owner_id": id, "description": format!("of {name}")});
        let made = send(&api, name, "POST", VERSIONS[0], Some(order)).await;
        made.expect(201);
    }
    example
}

async fn descriptions(api: &Api, user: &str, path: &str) -> Vec<Value> {
    let list = send(api, user, "GET", path, None).await.expect(200).json();
    let data = list["data"].as_array().unwrap().iter();
    data.map(|order| order["description"].clone()).collect()
}

#[tokio::test]
async fn without_a_known_user_nothing_is_told() {
    let example = shop().await;
    let api = example.api();
    let body = || Some(json!({"owner_id": 1, "description": "x"}));
    for version in VERSIONS {
        let one = format!("{version}/1");
        for user in ["", "eve", "Ada"] {
            for (method, path, body) in [
                ("GET", version, None),
                ("GET", &one, None),
                ("POST", version, body()),
                ("PUT", &one, body()),
            ] {
                let answer = send(&api, user, method, path, body).await;
                answer.refused(401, "Unauthorized");
                let challenge = answer.header("www-authenticate");
                assert_eq!(challenge, Some("X-User realm=\"orders\""));
            }
        }
    }
    for path in ["/users/1", "/api/v2/jobs/1"] {
        send(&api, "", "GET", path, None).await.problem(401);
    }
}

#[tokio::test]
async fn everybody_meets_their_own_rows() {
    let example = shop().await;
    let api = example.api();
    for version in VERSIONS {
        assert_eq!(descriptions(&api, "ada", version).await, ["of ada"]);
        assert_eq!(descriptions(&api, "bob", version).await, ["of bob"]);
        // Asking for somebody else's gives nothing.
        let of_bob = format!("{version}?owner_id=2");
        assert_eq!(descriptions(&api, "ada", &of_bob).await, [""; 0]);
        let either = format!("{version}?or=(id=1,id=2)");
        assert_eq!(descriptions(&api, "ada", &either).await, ["of ada"]);
        let hidden = send(&api, "ada", "GET", &format!("{version}/2"), None).await;
        hidden.refused(404, "Order Not Found");
    }
    let foreign = send(&api, "ada", "GET", "/users/2", None).await;
    foreign.refused(404, "User Not Found");
}

#[tokio::test]
async fn nobody_writes_a_row_of_somebody_else() {
    let example = shop().await;
    let api = example.api();
    let of_bob = || Some(json!({"owner_id": 2, "description": "a gift"}));
    for version in VERSIONS {
        for (method, path) in [
            ("POST", version.to_owned()),
            ("PUT", format!("{version}/1")),
            ("PUT", format!("{version}/77")),
        ] {
            let answer = send(&api, "ada", method, &path, of_bob()).await;
            answer.refused(403, "Forbidden");
        }
        let stolen = json!({"owner_id": 1, "description": "mine now"});
        let path = format!("{version}/2");
        let answer = send(&api, "ada", "PUT", &path, Some(stolen)).await;
        answer.refused(404, "Order Not Found");
        assert_eq!(descriptions(&api, "bob", version).await, ["of bob"]);
    }
    // Refused writes submit no job.
    send(&api, "ada", "GET", "/api/v2/jobs/1", None)
        .await
        .problem(404);
    send(&api, "bob", "GET", "/api/v2/jobs/1", None)
        .await
        .problem(404);
}

#[tokio::test]
async fn the_second_version_answers_with_jobs() {
    let example = shop().await;
    let api = example.api();
    let order = json!({"owner_id": 1, "description": "a desk"});
    let [_, path] = VERSIONS;
    let put = format!("{path}/1");
    for (job, (method, path)) in (1..).zip([("POST", path), ("PUT", &put)]) {
        let answer = send(&api, "ada", method, path, Some(order.clone())).await;
        let answer = answer.expect(202).json();
        let data = answer["data"].as_object().unwrap();
        let keys: Vec<_> = data.keys().collect();
        assert_eq!(keys, ["id", "started_at", "status_id"]);
        assert_eq!(data["id"], job);
        let link = answer["links"]["self"].as_str().unwrap();
        let job = send(&api, "ada", "GET", link, None)
            .await
            .expect(200)
            .json();
        assert_eq!(job["data"]["started_at"], data["started_at"]);
        send(&api, "bob", "GET", link, None).await.problem(404);
    }
    for method in ["PATCH", "DELETE"] {
        let answer = send(&api, "ada", method, &put, None).await;
        answer.refused(405, "Method Not Implemented");
    }
    for (method, path) in [
        ("GET", "/api/v2/jobs"),
        ("DELETE", "/api/v2/jobs/1"),
        ("GET", "/users"),
    ] {
        let answer = send(&api, "ada", method, path, None).await;
        answer.refused(405, "Method Not Implemented");
    }
}
