//! The paths of the queue: a job from its submission to its results, over a new file.
//!
//! It does not know what is counted.

use http::Method;
use topchef_runtime::Database;
use topchef_server::app::App;
use topchef_server::config::Config;
use topchef_server::{migrations, router};
use topchef_tests::{Kind, Scratch, lab};

use crate::Failure;
use crate::client::{Answer, Client};

const PARAMETERS: &str = r#"{"parameters":{"rpm":500,"sample":"blood"}}"#;
const RESULTS: &str =
    r#"{"status":"COMPLETED","results":{"mass_mg":12.5,"remark":"settled well"}}"#;

/// A queue with one service, until this goes.
pub(crate) struct Jobs {
    client: Client,
    service: String,
    _scratch: Scratch,
}

impl Jobs {
    pub(crate) async fn open() -> Result<Self, Failure> {
        let scratch = Scratch::of(Kind::Sqlite);
        let config = Config {
            database: scratch.address().parse()?,
            ..Config::default()
        };
        migrations::prepare(&config.database).await?;
        // One reader, because one request comes after the other.
        let database = Database::sqlite(scratch.file()).readers(1).open().await?;
        let client = Client::new(router::router(App::over(database, config)));
        let service = lab::centrifuge().to_string();
        let registered = client.send(Method::POST, "/services", service, 201);
        Ok(Self {
            service: made(&registered.await?)?,
            client,
            _scratch: scratch,
        })
    }

    pub(crate) async fn submit(&self, times: u32) -> Result<(), Failure> {
        for _ in 0..times {
            self.submitted().await?;
        }
        Ok(())
    }

    /// Asks for the oldest of ten that wait.
    pub(crate) async fn next(&self, times: u32) -> Result<(), Failure> {
        for _ in 0..10 {
            self.submitted().await?;
        }
        for _ in 0..times {
            self.oldest().await?;
        }
        Ok(())
    }

    /// Submits a job, asks for it as a worker does, completes it.
    pub(crate) async fn cycle(&self, times: u32) -> Result<(), Failure> {
        for _ in 0..times {
            let job = made(&self.submitted().await?)?;
            self.oldest().await?;
            let path = format!("/jobs/{job}");
            let sent = self
                .client
                .send(Method::PATCH, &path, RESULTS.to_owned(), 200);
            sent.await?;
        }
        Ok(())
    }

    async fn submitted(&self) -> Result<Answer, Failure> {
        let path = format!("/services/{}/jobs", self.service);
        let body = PARAMETERS.to_owned();
        self.client.send(Method::POST, &path, body, 201).await
    }

    async fn oldest(&self) -> Result<Answer, Failure> {
        let path = format!("/services/{}/jobs/next", self.service);
        self.client.get(&path, 200).await
    }
}

/// The id of what was made, which the answer says where to find.
fn made(answer: &Answer) -> Result<String, Failure> {
    let location = answer.headers.get("location").ok_or("no Location")?;
    let id = location.to_str()?.rsplit('/').next();
    Ok(id.unwrap_or_default().to_owned())
}
