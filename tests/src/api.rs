//! A client of one server: the requests that the suites send, each answered by an [`Answer`].

use crate::Answer;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Speaks HTTP to one address; cheap to clone, so that several tasks can be several clients.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    client: Client,
}

impl Api {
    /// A client with connections of its own.
    pub fn new(base: &str) -> Self {
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20));
        let client = client.redirect(reqwest::redirect::Policy::none());
        Self {
            base: base.to_owned(),
            client: client.build().unwrap(),
        }
    }

    /// The absolute form of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A request to be completed by the caller and sent with [`Api::send`].
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(
            Method::from_bytes(method.as_bytes()).unwrap(),
            self.url(path),
        )
    }

    /// Sends it; a connection that breaks fails the test.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request)
            .await
            .unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    /// Sends it; the error is that no whole answer came.
    pub async fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let began = Instant::now();
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let headers = headers.iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        let headers = headers.collect();
        let body = response.bytes().await?;
        Ok(Answer {
            status,
            headers,
            text: String::from_utf8_lossy(&body).into_owned(),
            took: began.elapsed(),
        })
    }

    /// A request without a body.
    pub async fn call(&self, method: &str, path: &str) -> Answer {
        self.send(self.request(method, path)).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).await
    }

    /// POST of a JSON value.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.text("POST", path, &body.to_string()).await
    }

    /// PUT of a JSON value.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.text("PUT", path, &body.to_string()).await
    }

    /// PATCH with a JSON value.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.text("PATCH", path, &body.to_string()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).await
    }

    /// Exactly this text, said to be JSON whether it is or not.
    pub async fn text(&self, method: &str, path: &str, body: &str) -> Answer {
        self.bytes(method, path, body.as_bytes()).await
    }

    /// Exactly these bytes, said to be JSON whether they are or not.
    pub async fn bytes(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let request = self
            .request(method, path)
            .header("content-type", "application/json");
        self.send(request.body(body.to_vec())).await
    }
}
