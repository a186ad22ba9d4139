//! The queue beside the resources of another application: one database, one transaction, one address, and whoever works
//! there is a worker like any other.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

use serde_json::{Value, json};
use topchef_runtime::http::guarded;
use topchef_runtime::{
    Api, ApiError, Committed, Context, ModelResource, Next, Reply, Report, Tracked, Transaction,
};
use topchef_server::app::App;
use topchef_server::config::Config;
use topchef_server::queue::Submit;
use topchef_server::router;
use topchef_tests::lab::{self, title};
use topchef_tests::local::Served;
use topchef_tests::{Answer, Scratch};
use uuid::Uuid;

/// A sample of an application of somebody else's, which is weighed when it comes in.
#[derive(ModelResource)]
#[resource(before_commit(post = weigh))]
struct Sample {
    id: i64,
    #[resource(unique)]
    name: String,
    service_id: Uuid,
    rpm: i32,
    job_id: Option<Uuid>,
    #[resource(default = String::new())]
    fault: String,
}

/// Submits a job in the transaction of the sample, and then does what the sample asks for.
async fn weigh(
    cx: &Context,
    tx: &mut Transaction,
    sample: &mut Tracked<Sample>,
) -> Result<Next, Report> {
    let parameters = json!({"rpm": sample.rpm});
    let job = cx.submit(tx, sample.service_id, &parameters).await?;
    sample.set(Sample::JOB_ID, job.id);
    match sample.fault.as_str() {
        "refuse" => Err(ApiError::forbidden("not today").into()),
        #[expect(clippy::panic, reason = "that is what it asks for")]
        "panic" => panic!("a hook that panics"),
        _ => Ok(Next::Proceed),
    }
}

/// The same, answered with the job once the sample is there.
#[derive(ModelResource)]
#[resource(table = "orders", url_name = "orders", after_commit(post = answer_with_job))]
struct Order {
    id: i64,
    service_id: Uuid,
    rpm: i32,
}

async fn answer_with_job(
    cx: &Context,
    tx: &mut Transaction,
    order: &Committed<Order>,
) -> Result<Next, Report> {
    let parameters = json!({"rpm": order.rpm});
    let job = cx.submit(tx, order.service_id, &parameters).await?;
    let answer = json!({"job": job.id, "status": job.status()});
    let reply = Reply::json(http::StatusCode::ACCEPTED, &answer)?;
    Ok(Next::Instead(reply))
}

/// Where the queue is mounted.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Beside the resources.
    Root,
    /// Below a path.
    Below,
    /// Below a path that names something itself.
    BelowNamed,
}

const PLACES: [Place; 3] = [Place::Root, Place::Below, Place::BelowNamed];

impl Place {
    /// What stands before the paths of the queue.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Below => "/queue",
            Self::BelowNamed => "/labs/7/queue",
        }
    }
}

/// An application with the queue in it.
struct Lab {
    served: Served,
    app: App,
    place: Place,
    _scratch: Scratch,
}

impl Lab {
    async fn new(place: Place) -> Self {
        let scratch = Scratch::new();
        let config = Config {
            database: scratch.address().parse().unwrap(),
            ..Config::default()
        };
        let app = App::open(config).await.unwrap();
        let database = app.database();
        database.create_tables::<(Sample, Order)>().await.unwrap();
        let api = Api::new(database.clone()).state(app.queue().clone());
        let api = api.resource::<Sample>().resource::<Order>();
        let own = api.public().into_router();
        let queue = router::routes(app.clone());
        let router = match place {
            Place::Root => own.merge(queue),
            Place::Below => own.nest("/queue", queue),
            Place::BelowNamed => own.nest("/labs/{lab}/queue", queue),
        };
        Self {
            served: Served::router(guarded_again(router)).await,
            app,
            place,
            _scratch: scratch,
        }
    }

    /// A client of the queue, wherever it is.
    fn queue(&self) -> topchef_tests::Api {
        topchef_tests::Api::new(&self.url(""))
    }

    fn url(&self, path: &str) -> String {
        self.served
            .api()
            .url(&format!("{}{path}", self.place.prefix()))
    }

    async fn post_sample(&self, sample: &Value) -> Answer {
        self.served.api().post("/samples", sample).await
    }

    /// How many samples and how many jobs there are.
    async fn counts(&self) -> (u64, u64) {
        use topchef_server::resources::Job;
        let database = self.app.database();
        let samples = database.select::<Sample>().count().await.unwrap();
        (samples, database.select::<Job>().count().await.unwrap())
    }
}

/// A panic in a route of the queue is a problem document too, and so is a path that is nobody's.
fn guarded_again(router: axum::Router) -> axum::Router {
    guarded(router.reset_fallback())
}

fn sample(service: &str, name: &str, rpm: i64) -> Value {
    json!({"name": name, "service_id": service, "rpm": rpm})
}

#[tokio::test]
async fn a_record_and_the_job_of_its_hook_are_stored_together() {
    let lab = Lab::new(Place::Root).await;
    let service = lab::register(&lab.queue(), &lab::centrifuge()).await;
    let made = lab.post_sample(&sample(&service, "one", 500)).await;
    let made = made.expect(201).json();
    let job = lab::job(&lab.queue(), made["data"]["job_id"].as_str().unwrap()).await;
    assert_eq!(job["parameters"], json!({"rpm": 500}));
    assert_eq!(job["status"], "REGISTERED");
    assert_eq!(lab.counts().await, (1, 1));
}

#[tokio::test]
async fn whatever_goes_wrong_leaves_neither_the_record_nor_the_job() {
    let lab = Lab::new(Place::Root).await;
    let service = lab::register(&lab.queue(), &lab::centrifuge()).await;
    lab.post_sample(&sample(&service, "one", 500))
        .await
        .expect(201);

    // The database refuses the record after its job was submitted.
    let twice = lab.post_sample(&sample(&service, "one", 600)).await;
    twice.problem(409);
    // The parameters are none that the service takes.
    let slow = lab.post_sample(&sample(&service, "slow", 1)).await;
    slow.refused(400, title::SCHEMA);
    let nowhere = lab.post_sample(&sample(lab::NOBODY, "nowhere", 500)).await;
    nowhere.refused(404, title::NO_SERVICE);
    for (fault, status) in [("refuse", 403), ("panic", 500)] {
        let mut faulty = sample(&service, fault, 500);
        faulty["fault"] = json!(fault);
        lab.post_sample(&faulty).await.problem(status);
    }
    assert_eq!(lab.counts().await, (1, 1));
    // One of several that is refused takes the others, and their jobs, along.
    let several = json!([sample(&service, "two", 500), sample(&service, "three", 1)]);
    lab.post_sample(&several).await.refused(400, title::SCHEMA);
    assert_eq!(lab.counts().await, (1, 1));
    // It goes on as if nothing had been.
    lab.post_sample(&sample(&service, "two", 500))
        .await
        .expect(201);
    assert_eq!(lab.counts().await, (2, 2));
}

#[tokio::test]
async fn the_job_of_a_hook_is_done_by_a_worker_over_http_wherever_the_queue_is() {
    for place in PLACES {
        let lab = Lab::new(place).await;
        let queue = lab.queue();
        let service = lab::register(&queue, &lab::centrifuge()).await;
        let order = json!({"service_id": service, "rpm": 700});
        let accepted = lab.served.api().post("/orders", &order).await;
        let accepted = accepted.expect(202).json();
        assert_eq!(accepted["status"], "REGISTERED");

        let next = queue.get(&format!("/services/{service}/jobs/next")).await;
        let job = next.expect(200).json()["data"].clone();
        assert_eq!(job["id"], accepted["job"]);
        assert_eq!(job["parameters"], json!({"rpm": 700}));
        let path = format!("/jobs/{}", job["id"].as_str().unwrap());
        queue
            .patch(&path, &json!({"status": "WORKING"}))
            .await
            .expect(200);
        let wrong = json!({"status": "COMPLETED", "results": {"mass_mg": -1}});
        queue.patch(&path, &wrong).await.refused(400, title::SCHEMA);
        let done = json!({"status": "COMPLETED", "results": {"mass_mg": 3}});
        queue.patch(&path, &done).await.expect(200);
        let job = queue.get(&path).await.expect(200).json();
        assert_eq!(job["data"]["results"], json!({"mass_mg": 3}));
        queue
            .get(&format!("/services/{service}/jobs/next"))
            .await
            .expect(204);
    }
}

#[tokio::test]
async fn all_links_lead_to_where_the_queue_is() {
    for place in PLACES {
        let lab = Lab::new(place).await;
        let queue = lab.queue();
        let made = queue
            .post("/services", &lab::centrifuge())
            .await
            .expect(201);
        let location = made.header("location").unwrap().to_owned();
        let links = made.json()["links"].clone();
        assert_eq!(links["self"], lab.url("/services"));
        assert_eq!(links["service"], location);
        let id = location.rsplit('/').next().unwrap();
        assert_eq!(location, lab.url(&format!("/services/{id}")));

        let jobs = format!("/services/{id}/jobs");
        for rpm in [500, 600] {
            let made = queue
                .post(&jobs, &json!({"parameters": {"rpm": rpm}}))
                .await;
            let made = made.expect(201);
            let location = made.header("location").unwrap();
            assert!(location.starts_with(&lab.url("/jobs/")), "{location}");
            let job = location.strip_prefix(&lab.url("")).unwrap();
            let shown = queue.get(job).await.expect(200).json();
            assert_eq!(shown["links"]["self"], location);
        }
        let page = queue.get("/jobs?limit=1").await.expect(200).json();
        assert_eq!(page["links"]["self"], lab.url("/jobs?limit=1"));
        let next = page["links"]["next"].as_str().unwrap();
        let next = next.strip_prefix(&lab.url("")).unwrap();
        let rest = queue.get(next).await.expect(200).json();
        assert_eq!(rest["data"].as_array().unwrap().len(), 1);

        let set = queue
            .post("/job-sets", &json!({"description": "a scan"}))
            .await;
        let path = set.expect(201).header("location").unwrap().to_owned();
        let place = format!("{}/job-sets/", lab.place.prefix());
        assert!(path.starts_with(&place), "{path}");
        let set = path.strip_prefix(lab.place.prefix()).unwrap();
        let ids = lab::ids(&page["data"]);
        let added = queue
            .post(&format!("{set}/jobs"), &json!({"jobs": ids}))
            .await;
        let added = added.expect(200).json();
        assert_eq!(added["links"]["self"], lab.url(&format!("{set}/progress")));
        let out = format!("{set}/jobs/{}", ids[0]);
        queue.delete(&out).await.expect(204);

        let first_form = queue.post("/v1/services", &lab::centrifuge()).await;
        let location = first_form
            .expect(201)
            .header("location")
            .unwrap()
            .to_owned();
        assert!(
            location.starts_with(&lab.url("/v1/services/")),
            "{location}"
        );
    }
}

#[tokio::test]
async fn the_root_of_a_nested_queue_says_where_it_is() {
    let lab = Lab::new(Place::Below).await;
    let root = lab.served.api().get("/queue").await.expect(200).json();
    assert_eq!(root["links"]["self"], lab.url(""));
    let none = lab.served.api().get("/queue/nothing").await;
    none.problem(404);
    lab.served.api().get("/jobs").await.problem(404);
}
