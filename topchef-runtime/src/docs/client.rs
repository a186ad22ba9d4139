// What the examples of the pages send their requests with: it hands them to the router, without a socket.
//
// It knows no resource. The examples include it in hidden lines; a file that is included has no `//!`.

/// An API as its clients see it.
#[derive(Clone)]
struct Client {
    router: axum::Router,
    headers: Vec<(&'static str, String)>,
}

/// An answer, read to its end; a body that is empty is JSON's null.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: http::HeaderMap,
    json: serde_json::Value,
}

impl Client {
    fn new(router: axum::Router) -> Self {
        Self {
            router,
            headers: Vec::new(),
        }
    }

    /// The same with one more header in every request.
    fn with(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.to_owned()));
        client
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    async fn put(&self, path: &str, body: serde_json::Value) -> Answer {
        self.send("PUT", path, Some(body)).await
    }

    async fn patch(&self, path: &str, body: serde_json::Value) -> Answer {
        self.send("PATCH", path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    async fn send(&self, method: &str, path: &str, body: Option<serde_json::Value>) -> Answer {
        // As every client does.
        let path = path.replace('"', "%22");
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = match body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                axum::body::Body::from(json.to_string())
            }
            None => axum::body::Body::empty(),
        };
        let request = request.body(body).expect("a request");
        let sent = tower::ServiceExt::oneshot(self.router.clone(), request).await;
        let (parts, body) = sent.expect("an answer").into_parts();
        let read = axum::body::to_bytes(body, usize::MAX).await;
        let bytes = read.expect("a body");
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }
}

impl Answer {
    /// The first header of this name; empty when there is none.
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The values of one field in the records of a page.
    fn each(&self, field: &str) -> Vec<serde_json::Value> {
        let records = self.json["data"].as_array();
        let records = records.into_iter().flatten();
        records.map(|record| record[field].clone()).collect()
    }

    /// The code of each error of a problem, and where in the body it is.
    fn faults(&self) -> Vec<(&str, &str)> {
        let errors = self.json["errors"].as_array();
        errors.into_iter().flatten().map(fault).collect()
    }
}

fn fault(error: &serde_json::Value) -> (&str, &str) {
    let code = error["code"].as_str().unwrap_or_default();
    (code, error["pointer"].as_str().unwrap_or_default())
}

impl std::ops::Index<&str> for Answer {
    type Output = serde_json::Value;

    fn index(&self, name: &str) -> &serde_json::Value {
        &self.json[name]
    }
}
