//! What an API says of itself, held against what it does: every path, method, parameter, status and body.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use http::request::Parts;
use serde_json::{Value, json};
use topchef_runtime::{
    ApiError, Committed, Context, Input, Method, ModelResource, Next, Permit, Principal, Reply,
    Report, ResourceEnum, Transaction, policies,
};
use topchef_tests::local::{Local, Served, Store};
use topchef_tests::{Answer, Api};

/// The official schema of OpenAPI 3.1 documents; where it is from stands beside it.
const OPENAPI: &str = include_str!("../fixtures/openapi-3.1/schema.json");

/// Who writes.
#[derive(ModelResource)]
#[resource(
    table = "hidden_table",
    rename_all = "camelCase",
    relations(novels(has_many = Novel, by = writer_id)),
    serial_fields(get = [id, pen_name, initials(), novels], list = [id, pen_name]),
    doc(post = "Signs a writer up, with novels."),
    collection(filter = [pen_name, born], sort = [pen_name, born], search = [pen_name]),
)]
struct Writer {
    id: i64,
    /// What stands on the covers.
    #[resource(max_length = 20, min_length = 2, unique, column = "hidden_column")]
    pen_name: String,
    #[resource(minimum = 1450, maximum = 2100)]
    born: Option<i16>,
    #[resource(write_only)]
    real_name: Option<String>,
    #[resource(format = "email")]
    mail: Option<String>,
    #[resource(version)]
    version: i64,
}

impl Writer {
    fn initials(&self) -> String {
        self.pen_name.chars().take(2).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, ResourceEnum)]
enum Binding {
    Hard,
    Soft,
}

/// A long story.
#[derive(ModelResource)]
#[resource(
    relations(writer(belongs_to = Writer, by = writer_id)),
    serial_fields(get = [id, title, writer_id, binding, price, cover, written, writer]),
    collection(filter = [writer_id, binding, price, written], sort = [title, price]),
)]
struct Novel {
    id: uuid::Uuid,
    #[resource(pattern = "^[A-Z]")]
    title: String,
    #[resource(references = Writer)]
    writer_id: i64,
    binding: Option<Binding>,
    price: Option<rust_decimal::Decimal>,
    cover: Option<Vec<u8>>,
    #[resource(read_only, default = chrono::Utc::now)]
    written: chrono::DateTime<chrono::Utc>,
}

/// A seat, which two columns name; its records go out bare.
#[derive(ModelResource)]
#[resource(envelope = "none", methods(get, list, post, put, delete))]
struct Seat {
    #[resource(primary_key)]
    row: String,
    #[resource(primary_key)]
    number: i32,
    is_taken: bool,
}

/// Something to be printed; a hook answers in its place.
#[derive(ModelResource)]
#[resource(
    methods(post),
    serial_fields(post = Receipt[id, is_paid, stamps]),
    process_input(post = check),
    after_commit(post = receipt),
)]
struct Print {
    id: i64,
    text: String,
}

/// What is got for a print.
#[derive(ModelResource)]
#[resource(
    methods(get),
    relations(stamps(has_many = Stamp, by = receipt_id)),
    serial_fields = [id, is_paid],
)]
struct Receipt {
    id: i64,
    is_paid: bool,
}

/// What is put on a receipt.
#[derive(ModelResource)]
#[resource(methods(get), serial_fields = [id])]
struct Stamp {
    id: i64,
    #[resource(references = Receipt)]
    receipt_id: i64,
}

async fn check(_cx: &Context, input: &mut Input<Print>) -> Result<(), Report> {
    if input.get(Print::TEXT)?.is_some_and(|text| text == "teapot") {
        let error = ApiError::new(StatusCode::IM_A_TEAPOT, "Teapot", "short and stout");
        return Err(error.into());
    }
    Ok(())
}

async fn receipt(
    _cx: &Context,
    tx: &mut Transaction,
    print: &Committed<Print>,
) -> Result<Next, Report> {
    if print.text == "later" {
        let reply = Reply::json(StatusCode::CONFLICT, &json!({"try": "later"}))?;
        return Ok(Next::Instead(reply));
    }
    let receipt = tx
        .insert(&Receipt {
            id: print.id,
            is_paid: false,
        })
        .await?;
    let receipt_id = receipt.id;
    tx.insert(&Stamp {
        id: receipt_id,
        receipt_id,
    })
    .await?;
    Ok(Next::Instead(Reply::record(
        StatusCode::ACCEPTED,
        &receipt,
    )?))
}

/// A drawer that has a lock of its own, below a desk that has none.
#[derive(ModelResource)]
#[resource(authorize = whoever_has_the_key, methods(get, list, delete))]
struct Drawer {
    id: i64,
    #[resource(references = Desk)]
    desk_id: i64,
}

/// A desk; its drawers go out with it.
#[derive(ModelResource)]
#[resource(
    relations(drawers(has_many = Drawer, by = desk_id)),
    serial_fields(get = [id, drawers], list = [id]),
    methods(get, list, post, delete),
)]
struct Desk {
    id: i64,
}

/// Nobody is known here, so nobody has it.
async fn whoever_has_the_key(_cx: &Context, _method: Method) -> Result<Permit<Drawer>, Report> {
    Err(ApiError::unauthorized().into())
}

type Everything = (Writer, Novel, Seat, Print, Receipt, Stamp, Desk, Drawer);

async fn library() -> Local {
    Local::start::<Everything>(|api| {
        api.resource::<Writer>()
            .resource::<Novel>()
            .resource::<Seat>()
            .resource::<Print>()
            .resource::<Receipt>()
            .resource::<Desk>()
            .resource::<Drawer>()
            .title("Library")
            .version("2.5")
            .max_body_bytes(4096)
            .allow_explain()
    })
    .await
}

/// An API with its document.
struct Documented {
    api: Api,
    document: Value,
}

/// One operation of a document.
struct Operation<'a> {
    path: &'a str,
    verb: &'a str,
    says: &'a Value,
}

impl Documented {
    async fn of(api: Api) -> Self {
        let answer = api.get("/openapi.json").await.expect(200);
        assert_eq!(answer.media_type(), "application/json");
        let document = answer.json();
        Self { api, document }
    }

    fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(path, item)| {
            let verbs = item.as_object().unwrap().iter();
            verbs.map(move |(verb, says)| Operation { path, verb, says })
        });
        operations.collect()
    }

    /// A schema of the document as one that stands by itself.
    fn alone(&self, schema: &Value) -> Value {
        let mut alone = schema.clone();
        alone["components"] = self.document["components"].clone();
        alone
    }

    /// Sends a request and holds the answer against what the document says of that path and method.
    async fn observed(&self, verb: &str, path: &str, request: reqwest::RequestBuilder) -> Answer {
        let answer = self.api.send(request).await;
        let says = &self.document["paths"][path][verb.to_lowercase()];
        assert!(says.is_object(), "{verb} {path} is not documented");
        self.hold(says, &answer, &format!("{verb} {path}"));
        answer
    }

    fn hold(&self, says: &Value, answer: &Answer, what: &str) {
        let status = answer.status.to_string();
        let responses = &says["responses"];
        let class = format!("{}XX", &status[..1]);
        let response = [status.as_str(), &class, "default"]
            .into_iter()
            .map(|key| &responses[key])
            .find(|response| response.is_object())
            .unwrap_or_else(|| panic!("{what}: {status} is not documented: {answer:?}"));
        for header in [
            "etag",
            "location",
            "link",
            "retry-after",
            "allow",
            "idempotency-replayed",
        ] {
            let headers = response["headers"].as_object();
            let declared = headers
                .is_some_and(|headers| headers.keys().any(|name| name.to_lowercase() == header));
            assert!(
                declared || answer.header(header).is_none(),
                "{what}: the header {header} of {status} is not documented"
            );
        }
        if answer.text.is_empty() {
            return;
        }
        let content = &response["content"][answer.media_type()];
        assert!(
            content.is_object(),
            "{what}: the body of {status} is not documented: {answer:?}"
        );
        let schema = self.alone(&content["schema"]);
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&answer.json())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{what}: {answer:?}");
    }

    async fn get(&self, path: &str, url: &str) -> Answer {
        self.observed("GET", path, self.api.request("GET", url))
            .await
    }

    async fn send(&self, verb: &str, path: &str, url: &str, body: &Value) -> Answer {
        let request = self.api.request(verb, url);
        let request = request.header("content-type", "application/json");
        self.observed(verb, path, request.body(body.to_string()))
            .await
    }
}

/// A path with something in place of its parameters.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix('{') {
        Some(_) => "0",
        None => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_document_is_an_openapi_document() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    let schema: Value = serde_json::from_str(OPENAPI).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors = validator.iter_errors(&library.document);
    let errors: Vec<_> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0]);

    assert_eq!(
        library.document["info"],
        json!({"title": "Library", "version": "2.5"})
    );
    for (name, schema) in library.document["components"]["schemas"]
        .as_object()
        .unwrap()
    {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name}");
        // Compiled, so that every reference leads somewhere.
        jsonschema::draft202012::new(&library.alone(schema)).unwrap();
    }
    let mut ids = BTreeSet::new();
    for Operation { path, verb, says } in library.operations() {
        let id = says["operationId"].as_str().unwrap();
        assert!(
            ids.insert(id.to_owned()),
            "{verb} {path}: {id} is there twice"
        );
    }
    let text = library.document.to_string();
    let references = text.split("\"$ref\":\"#").skip(1);
    for reference in references.map(|rest| rest.split('"').next().unwrap()) {
        assert!(library.document.pointer(reference).is_some(), "{reference}");
    }
    for linked in text.split("\"operationId\":\"").skip(1) {
        let id = linked.split('"').next().unwrap();
        assert!(ids.contains(id), "a link leads to {id}");
    }
}

#[tokio::test]
async fn every_documented_operation_is_served() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    let operations = library.operations();
    assert!(operations.len() > 40, "{}", operations.len());
    for Operation { path, verb, says } in operations {
        let verb = verb.to_uppercase();
        let mut request = library.api.request(&verb, &filled(path));
        if says["requestBody"].is_object() {
            request = request
                .header("content-type", "application/json")
                .body("{}");
        }
        let answer = library.observed(&verb, path, request).await;
        assert_ne!(answer.status, 405, "{verb} {path}");
        assert!(
            !answer.text.contains("nothing is served"),
            "{verb} {path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn what_is_served_is_documented() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    for (path, item) in library.document["paths"].as_object().unwrap() {
        let documented = item.as_object().unwrap().keys();
        let documented: BTreeSet<_> = documented.map(|verb| verb.to_uppercase()).collect();
        let url = filled(path);
        let answer = library.api.call("OPTIONS", &url).await;
        let allowed: BTreeSet<_> = answer.allow().into_iter().map(str::to_owned).collect();
        assert_eq!(allowed, documented, "{path}");
        for verb in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = library.api.text(verb, &url, "{}").await;
            assert_eq!(
                answer.status == 405,
                !documented.contains(verb),
                "{verb} {path}"
            );
        }
    }
    let names: BTreeSet<_> = library.document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    for path in [
        "/writers",
        "/writers/{id}",
        "/novels",
        "/novels/{id}",
        "/seats",
        "/seats/{row}/{number}",
        "/prints",
        "/prints/{id}",
        "/receipts",
        "/receipts/{id}",
        "/meta",
        "/meta/writers",
        "/openapi.json",
        "/docs",
    ] {
        assert!(names.contains(&path.to_owned()), "{path}");
    }
}

/// A value that a parameter of this schema takes.
fn sample(name: &str, schema: &Value) -> String {
    match name {
        "or" => return "(id=1,id=2)".to_owned(),
        "cursor" => return String::new(),
        _ => {}
    }
    let schema = if schema["type"] == "array" {
        &schema["items"]
    } else {
        schema
    };
    if let Some(values) = schema["enum"].as_array() {
        return values[0].as_str().unwrap().to_owned();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer" | "number"), _) => "1900".to_owned(),
        (Some("boolean"), _) => "false".to_owned(),
        (_, Some("uuid")) => uuid::Uuid::nil().to_string(),
        (_, Some("date-time")) => "2026-11-22T23:34:28Z".to_owned(),
        _ if schema["pattern"].is_string() => "9.50".to_owned(),
        _ => "Ab".to_owned(),
    }
}

#[tokio::test]
async fn every_documented_parameter_is_understood() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    library
        .send(
            "POST",
            "/writers",
            "/writers",
            &json!({"id": 0, "penName": "Ab"}),
        )
        .await
        .expect(201);
    let mut asked = 0;
    for Operation { path, verb, says } in library.operations() {
        let is_record = path.contains('{');
        if verb != "get" || is_record {
            continue;
        }
        for parameter in says["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            // Nobody may read what the drawers hold.
            let is_refused = path == "/drawers" || (path == "/desks" && name == "include");
            if parameter["in"] != "query" || is_refused {
                continue;
            }
            let value = match name {
                "fields" => "id".to_owned(),
                "include" if path == "/writers" => "novels".to_owned(),
                "include" => "writer".to_owned(),
                name => sample(name, &parameter["schema"]),
            };
            let seat = path == "/seats";
            let value = match name {
                "fields" if seat => "row".to_owned(),
                "or" if seat => "(row=a,number=2)".to_owned(),
                "or" if path == "/novels" => "(binding=Hard,price[gt]=2)".to_owned(),
                _ => value,
            };
            assert!(!seat || !["count", "meta"].contains(&name), "{name}");
            let query = [(name, value.as_str())];
            let url = reqwest::Url::parse_with_params(&library.api.url(path), query).unwrap();
            let url = format!("{path}?{}", url.query().unwrap());
            asked += 1;
            // These two change what goes out, as their descriptions say.
            if name == "explain" || name == "fields" {
                library.api.get(&url).await.expect(200);
                continue;
            }
            library.get(path, &url).await.expect(200);
        }
    }
    assert!(asked > 60, "{asked}");
}

#[tokio::test]
async fn reads_and_new_records_are_answered_as_documented() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    let library = &library;
    let writers = async |body: Value| library.send("POST", "/writers", "/writers", &body).await;
    let one = "/writers/{id}";

    let novel = json!({"title": "Emma", "binding": "Hard", "price": "9.50", "cover": "AAE="});
    let made = writers(json!({"penName": "Jane", "born": 1775, "novels": [novel]}))
        .await
        .expect(201);
    let at = made.header("location").unwrap().to_owned();
    writers(json!([{"penName": "Ada"}, {"penName": "Bo"}]))
        .await
        .expect(201);
    writers(json!({"penName": "Jane"})).await.expect(409);
    writers(json!({"penName": "J", "born": 1, "mail": "x", "version": 5}))
        .await
        .expect(400);
    writers(json!({"penName": "x".repeat(5000)}))
        .await
        .expect(413);
    let request = library.api.request("POST", "/writers").body("x");
    library
        .observed("POST", "/writers", request)
        .await
        .expect(415);

    let shown = library.get(one, &at).await.expect(200).json();
    assert_eq!(shown["data"]["novels"][0]["title"], "Emma");
    library
        .get(one, &format!("{at}?include=novels.writer&meta=schema"))
        .await
        .expect(200);
    library.get(one, "/writers/99").await.expect(404);
    library.get(one, "/writers/x").await.expect(404);
    let request = library.api.request("GET", &at).header("if-none-match", "*");
    library.observed("GET", one, request).await.expect(304);
    let request = library.api.request("GET", &at).header("if-match", "\"x\"");
    library.observed("GET", one, request).await.expect(412);
    let page = library
        .get("/writers", "/writers?limit=1&count=exact&meta=schema")
        .await
        .expect(200);
    let page = page.json();
    assert_eq!(page["meta"]["total"], 3);
    assert_eq!(page["meta"]["schema"]["title"], "Writer");
    library.get("/writers", "/writers?nope=1").await.expect(400);
}

#[tokio::test]
async fn changes_are_answered_as_documented() {
    let local = library().await;
    let library = &Documented::of(local.api()).await;
    let one = "/writers/{id}";
    let novel = json!({"title": "Emma"});
    let jane = json!({"penName": "Jane", "novels": [novel]});
    let made = library
        .send("POST", "/writers", "/writers", &jane)
        .await
        .expect(201);
    let at = made.header("location").unwrap().to_owned();
    let tag = made.header("etag").unwrap().to_owned();
    library
        .send("PUT", one, &at, &json!({"penName": "Jane A", "id": 7}))
        .await
        .expect(400);
    library
        .send("PUT", one, &at, &json!({"penName": "Jane A"}))
        .await
        .expect(200);
    library
        .send("PUT", one, "/writers/77", &json!({"penName": "New"}))
        .await
        .expect(201);
    library
        .send("PATCH", one, &at, &json!({"born": null}))
        .await
        .expect(200);
    library
        .send("PATCH", one, "/writers/99", &json!({}))
        .await
        .expect(404);
    let patch = |key: &'static str, body: Value| {
        let request = library.api.request("PATCH", &at);
        let request = request.header("content-type", "application/merge-patch+json");
        let request = request.header("idempotency-key", key);
        library.observed("PATCH", one, request.body(body.to_string()))
    };
    patch("k", json!({"born": 1800})).await.expect(200);
    patch("k", json!({"born": 1800})).await.expect(200);
    patch("k", json!({"born": 1801})).await.expect(422);
    let request = library.api.request("DELETE", &at).header("if-match", &tag);
    library.observed("DELETE", one, request).await.expect(412);
    let request = library.api.request("DELETE", &at);
    library.observed("DELETE", one, request).await.expect(409);
    let request = library.api.request("DELETE", "/writers/77");
    library.observed("DELETE", one, request).await.expect(204);

    library
        .get("/novels", "/novels?price[gt]=9&include=writer")
        .await
        .expect(200);
    let seat = json!({"row": "A", "number": 1, "is_taken": false});
    library
        .send("POST", "/seats", "/seats", &seat)
        .await
        .expect(201);
    library.get("/seats", "/seats").await.expect(200);
    library
        .get("/seats/{row}/{number}", "/seats/A/1")
        .await
        .expect(200);

    let printed = library
        .send("POST", "/prints", "/prints", &json!({"text": "Emma"}))
        .await;
    let printed = printed.expect(202).json();
    assert_eq!(printed["data"]["stamps"], json!([{"id": 1}]));
    let schemas = &library.document["components"]["schemas"];
    let stamps = &schemas["Print.post.Receipt"]["properties"]["stamps"];
    assert_eq!(stamps["items"]["required"], json!(["id"]));
    library
        .send("POST", "/prints", "/prints", &json!({"text": "teapot"}))
        .await
        .expect(418);
    let several = json!([{"text": "Emma"}, {"text": "later"}]);
    let several = library.send("POST", "/prints", "/prints", &several).await;
    let several = several.expect(201).json();
    assert_eq!(several["data"][1], json!({"try": "later"}));
    let page = library.get("/meta/prints", "/meta/prints").await.json();
    let answers = &page["data"]["responses"]["post"]["anyOf"];
    assert_eq!(answers[1]["title"], "Receipt");
}

#[tokio::test]
async fn what_becomes_of_a_request_that_is_sent_again_is_documented() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    let of = |path: &str, verb: &str| &library.document["paths"][path][verb]["responses"];
    let post = of("/writers", "post");
    for status in ["200", "201"] {
        assert!(post[status]["headers"]["Idempotency-Replayed"].is_object());
        assert_eq!(post[status]["content"], post["201"]["content"], "{status}");
    }
    assert_eq!(post["200"]["headers"]["Location"], Value::Null);
    assert!(post["404"].is_object());
    let conflict = |responses: &Value| responses["409"]["description"].to_string();
    for (responses, takes_a_key) in [
        (post, true),
        (of("/writers/{id}", "patch"), true),
        (of("/writers/{id}", "put"), false),
    ] {
        let waits = responses["409"]["headers"]["Retry-After"].is_object();
        assert_eq!(waits, takes_a_key);
        assert_eq!(conflict(responses).contains("idempotency key"), takes_a_key);
    }
}

/// What a gauge shows; its columns are called like parameters.
#[derive(ModelResource)]
#[resource(methods(list, post), collection(filter = [limit, count, q]))]
struct Gauge {
    id: i64,
    limit: i64,
    count: i64,
    q: String,
}

#[tokio::test]
async fn columns_that_are_called_like_parameters_are_asked_about_with_an_operator() {
    let local = Local::start::<Gauge>(topchef_runtime::Api::resource::<Gauge>).await;
    let gauges = &Documented::of(local.api()).await;
    let parameters = gauges.document["paths"]["/gauges"]["get"]["parameters"].as_array();
    let mut names = BTreeSet::new();
    for parameter in parameters.unwrap() {
        let name = parameter["name"].as_str().unwrap();
        assert!(names.insert(name), "{name} is there twice");
    }
    assert!(names.contains("limit[eq]") && names.contains("q[eq]"));
    for (limit, q) in [(5, "a"), (6, "b")] {
        let body = json!({"limit": limit, "count": 1, "q": q});
        gauges.api.post("/gauges", &body).await.expect(201);
    }
    for query in ["limit[eq]=6", "q[eq]=b", "limit[eq]=6&limit=1"] {
        let answer = gauges.get("/gauges", &format!("/gauges?{query}")).await;
        let data = &answer.expect(200).json()["data"];
        assert_eq!(data.as_array().unwrap().len(), 1, "{query}");
        assert_eq!(data[0]["limit"], 6, "{query}");
    }
}

#[tokio::test]
async fn what_policies_of_related_records_answer_is_documented() {
    let local = library().await;
    let library = &Documented::of(local.api()).await;
    let post = library.send("POST", "/desks", "/desks", &json!({})).await;
    post.expect(201);
    library.get("/desks", "/desks").await.expect(200);
    library.get("/drawers", "/drawers").await.expect(401);
    library.get("/desks/{id}", "/desks/1").await.expect(401);
    let included = library.get("/desks", "/desks?include=drawers").await;
    included.expect(401);
    let delete = &library.document["paths"]["/desks/{id}"]["delete"]["responses"];
    assert_eq!(delete["401"], Value::Null, "it answers without a record");
    let page = library.get("/meta/desks", "/meta/desks").await.expect(200);
    assert_eq!(page.json()["data"]["resource"]["authenticated"], true);
}

#[tokio::test]
async fn input_is_described_as_it_is_taken() {
    let local = library().await;
    let library = Documented::of(local.api()).await;
    let body = &library.document["paths"]["/writers"]["post"]["requestBody"];
    let schema = library.alone(&body["content"]["application/json"]["schema"]);
    let schema = jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let novel = json!({"title": "Emma", "price": 9.5, "binding": "Soft"});
    let right = json!({"penName": "Jane", "born": null, "realName": "x", "novels": [novel]});
    let with = |key: &str, value: Value| {
        let mut body = right.clone();
        body[key] = value;
        body
    };
    let cases = [
        (right.clone(), true),
        (json!([{"penName": "Ada"}]), true),
        (with("mail", json!("a@example.org")), true),
        (json!([]), false),
        (json!({}), false),
        (with("penName", json!("J")), false),
        (with("penName", json!("x".repeat(21))), false),
        (with("penName", Value::Null), false),
        (with("born", json!(1449)), false),
        (with("born", json!("1775")), false),
        (with("mail", json!("nowhere")), false),
        (with("version", json!(3)), false),
        (with("nope", json!(1)), false),
        (with("novels", json!({})), false),
        (with("id", json!((1_u64 << 53) - 1)), true),
        (with("id", json!(1_u64 << 53)), false),
        (with("novels", json!([{"title": "emma"}])), false),
        (
            with("novels", json!([{"title": "Emma", "binding": "Loose"}])),
            false,
        ),
        (
            with("novels", json!([{"title": "Emma", "writer_id": 1}])),
            false,
        ),
    ];
    for (body, right) in cases {
        assert_eq!(schema.is_valid(&body), right, "the schema: {body}");
        let answer = library.send("POST", "/writers", "/writers", &body).await;
        let taken = answer.status == 201 || answer.status == 409;
        assert_eq!(taken, right, "the server: {body} {answer:?}");
    }
}

#[tokio::test]
async fn a_page_of_meta_describes_a_resource() {
    let local = library().await;
    let api = local.api();
    let answer = api.get("/meta/writers").await.expect(200);
    let etag = answer.header("etag").unwrap().to_owned();
    let body = answer.json();
    assert_eq!(
        body["links"],
        json!({"self": "/meta/writers", "resource": "/writers"})
    );
    let page = &body["data"];
    let sections: Vec<_> = page
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let all = [
        "collection",
        "docs",
        "fields",
        "hooks",
        "input",
        "methods",
        "relations",
        "resource",
        "responses",
        "statuses",
    ];
    assert_eq!(sections, all);
    assert_eq!(page["resource"]["description"], "Who writes.");
    assert_eq!(page["resource"]["key"], json!(["id"]));
    assert_eq!(page["docs"]["post"], "Signs a writer up, with novels.");
    assert_eq!(page["docs"]["get"], "Who writes.");
    assert_eq!(page["fields"]["penName"]["unique"], true);
    assert_eq!(page["fields"]["penName"]["schema"]["maxLength"], 20);
    assert_eq!(page["fields"]["realName"]["write_only"], true);
    assert_eq!(page["fields"]["initials"]["computed"], true);
    let novels =
        json!({"kind": "has_many", "resource": "Novel", "by": "writer_id", "meta": "/meta/novels"});
    assert_eq!(page["relations"]["novels"], novels);
    assert_eq!(page["collection"]["page_size"], 50);
    assert_eq!(page["collection"]["search"], json!(["penName"]));
    assert_eq!(page["input"]["post"]["required"], json!(["penName"]));
    assert_eq!(page["input"]["patch"]["required"], Value::Null);
    assert_eq!(
        page["responses"]["get"]["properties"]["novels"]["type"],
        "array"
    );
    assert!(page["statuses"]["post"]["409"].is_string());
    let hooks = &api.get("/meta/prints").await.expect(200).json()["data"]["hooks"];
    assert_eq!(*hooks, json!({"post": ["process_input", "after_commit"]}));

    let unchanged = api
        .request("GET", "/meta/writers")
        .header("if-none-match", etag);
    api.send(unchanged).await.expect(304);
    let some = api
        .get("/meta/writers?method=post,get&filter=input,statuses")
        .await
        .expect(200);
    let some = &some.json()["data"];
    assert_eq!(some.as_object().unwrap().len(), 2);
    assert!(some["input"]["post"].is_object() && some["input"]["put"].is_null());
    let faults = api
        .get("/meta/prints?method=get&filter=tables&x=1")
        .await
        .problem(400);
    let codes: Vec<_> = faults.iter().map(|fault| fault.code.as_str()).collect();
    assert_eq!(
        codes,
        ["unknown_value", "unknown_value", "unknown_parameter"]
    );
    assert!(faults[0].detail.ends_with("allowed: post"), "{faults:?}");
    assert!(
        faults[1].detail.contains("allowed: resource, methods"),
        "{faults:?}"
    );
    api.get("/meta/writers?filter=input&filter=docs")
        .await
        .problem(400);
    api.get("/meta/nothing").await.problem(404);
    api.post("/meta/writers", &json!({})).await.problem(405);

    let index = api.get("/meta").await.expect(200).json();
    assert_eq!(index["data"].as_array().unwrap().len(), 7);
    let links = json!({"resource": "/writers", "meta": "/meta/writers"});
    assert_eq!(
        index["data"][0],
        json!({"name": "Writer", "description": "Who writes.", "links": links})
    );
}

#[tokio::test]
async fn nothing_is_said_of_tables_and_columns() {
    let local = library().await;
    for path in ["/openapi.json", "/meta", "/meta/writers", "/meta/novels"] {
        let answer = local.api().get(path).await.expect(200);
        assert!(!answer.text.contains("hidden_"), "{path}");
    }
}

#[tokio::test]
async fn the_pages_come_from_the_process_alone() {
    let local = library().await;
    let api = local.api();
    let redirect = api.get("/docs").await.expect(308);
    assert_eq!(redirect.header("location"), Some("docs/"));
    let page = api.get("/docs/").await.expect(200);
    assert_eq!(page.media_type(), "text/html");
    assert!(!page.text.contains("http://") && !page.text.contains("https://"));
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("script-src 'self'")
    );
    let mut kinds = BTreeMap::new();
    for attribute in ["src=\"", "href=\""] {
        for rest in page.text.split(attribute).skip(1) {
            let file = rest.split('"').next().unwrap().trim_start_matches("./");
            let answer = api.get(&format!("/docs/{file}")).await.expect(200);
            assert!(!answer.text.is_empty());
            kinds.insert(answer.media_type().to_owned(), answer);
        }
    }
    let kinds: Vec<_> = kinds.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["image/png", "text/css", "text/javascript"]);
    let settings = api
        .get("/docs/swagger-initializer.js")
        .await
        .expect(200)
        .text;
    assert!(settings.contains("\"../openapi.json\""), "{settings}");
    assert!(
        settings.contains("\"validatorUrl\": \"none\""),
        "{settings}"
    );
    api.get("/docs/nothing.js").await.problem(404);
    api.get("/docs/../Cargo.toml").await.problem(404);
}

/// A router on a free port.
async fn serving(router: axum::Router) -> Api {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Api::new(&format!("http://{address}"))
}

#[tokio::test]
async fn below_a_prefix_every_link_has_it() {
    let store = Store::new::<Writer>().await;
    let api = topchef_runtime::Api::new(store.database().clone()).resource::<Writer>();
    let router = axum::Router::new().nest("/shop/v9", api.public().into_router());
    let api = serving(router).await;
    let document = api.get("/shop/v9/openapi.json").await.expect(200).json();
    assert_eq!(document["servers"], json!([{"url": "/shop/v9"}]));
    assert!(document["paths"]["/writers"].is_object());
    assert_eq!(
        api.get("/shop/v9/docs").await.header("location"),
        Some("docs/")
    );
    api.get("/shop/v9/docs/index.css").await.expect(200);
    let index = api.get("/shop/v9/meta").await.expect(200).json();
    assert_eq!(index["data"][0]["links"]["meta"], "/shop/v9/meta/writers");
    let page = api.get("/shop/v9/meta/writers").await.expect(200).json();
    assert_eq!(page["data"]["resource"]["path"], "/shop/v9/writers");
    assert_eq!(page["links"]["self"], "/shop/v9/meta/writers");
}

/// A document; its collection is where the pages would be.
#[derive(ModelResource)]
struct Doc {
    id: i64,
}

/// It has the path of the list of resources.
#[derive(ModelResource)]
#[resource(url_name = "meta")]
struct Knowledge {
    id: i64,
}

#[tokio::test]
async fn the_documentation_gives_way_to_resources() {
    let local =
        Local::start::<(Doc, Knowledge)>(|api| api.resource::<Doc>().resource::<Knowledge>()).await;
    let api = local.api();
    for path in ["/docs", "/meta"] {
        let made = api.post(path, &json!({})).await.expect(201);
        let at = made.header("location").unwrap().to_owned();
        api.get(&at).await.expect(200);
        assert_eq!(
            api.get(path).await.expect(200).json()["data"],
            json!([{"id": 1}])
        );
    }
    let document = api.get("/openapi.json").await.expect(200).json();
    assert_eq!(document["paths"]["/docs"]["post"]["operationId"], "postDoc");
    assert_eq!(document["paths"]["/meta/docs"], Value::Null);
}

#[tokio::test]
async fn there_may_be_no_documentation() {
    let local = Local::start::<Doc>(|api| api.resource::<Doc>().without_documentation()).await;
    for path in ["/openapi.json", "/docs/", "/meta", "/meta/docs"] {
        assert_ne!(local.api().get(path).await.status, 200, "{path}");
    }
    local.api().get("/openapi.json").await.problem(404);
}

async fn by_name(parts: &Parts) -> Result<Option<Principal>, ApiError> {
    let name = parts
        .headers
        .get("x-user")
        .and_then(|name| name.to_str().ok());
    Ok(name.map(Principal::new))
}

#[tokio::test]
async fn where_requests_have_principals_they_alone_read_it() {
    let store = Store::new::<Writer>().await;
    let api = || topchef_runtime::Api::new(store.database().clone()).resource::<Writer>();
    let closed = api().authenticated(by_name, policies::signed_in);
    let closed = serving(closed.into_router()).await;
    for path in ["/openapi.json", "/docs", "/docs/", "/meta", "/meta/writers"] {
        closed.get(path).await.problem(401);
    }
    let request = closed
        .request("GET", "/openapi.json")
        .header("x-user", "alice");
    let document = closed.send(request).await.expect(200).json();
    assert_eq!(document["security"], json!([{"principal": []}]));
    assert!(document["components"]["securitySchemes"]["principal"].is_object());
    let documented = Documented {
        api: closed,
        document,
    };
    documented.get("/writers", "/writers").await.expect(401);
    documented.get("/meta", "/meta").await.expect(401);
    let paths = &documented.document["paths"];
    let own = &paths["/meta"]["get"];
    assert_eq!(own["security"], Value::Null, "as the document says");
    assert_eq!(own["responses"]["403"], Value::Null);
    for path in ["/writers", "/writers/{id}", "/meta"] {
        assert_eq!(paths[path]["options"]["security"], json!([]), "{path}");
        let options = documented.api.request("OPTIONS", &filled(path));
        documented
            .observed("OPTIONS", path, options)
            .await
            .expect(200);
    }

    let open = api()
        .authenticated(by_name, policies::signed_in)
        .public_documentation();
    let open = serving(open.into_router()).await;
    let document = open.get("/openapi.json").await.expect(200).json();
    for path in ["/openapi.json", "/docs", "/meta", "/meta/writers"] {
        let own = &document["paths"][path]["get"];
        assert_eq!(own["security"], json!([]), "{path}");
        assert_eq!(own["responses"]["401"], Value::Null, "{path}");
    }
    let list = &document["paths"]["/writers"]["get"];
    assert_eq!(list["security"], Value::Null);
    open.get("/writers").await.problem(401);
}

#[tokio::test]
async fn two_resources_of_one_name_are_told_apart() {
    mod other {
        #[derive(topchef_runtime::ModelResource)]
        #[resource(url_prefix = "/v2", table = "writers_2")]
        pub(super) struct Writer {
            id: i64,
        }
    }
    let store = Store::new::<Writer>().await;
    let api = topchef_runtime::Api::new(store.database().clone());
    let served = Served::new(api.resource::<Writer>().resource::<other::Writer>()).await;
    let document = served.api().get("/openapi.json").await.expect(200).json();
    assert_eq!(
        document["paths"]["/writers"]["get"]["operationId"],
        "listWriter"
    );
    assert_eq!(
        document["paths"]["/v2/writers"]["get"]["operationId"],
        "listWriter2"
    );
    served.api().get("/meta/v2/writers").await.expect(200);
}
