//! The model contract over the transaction manager: changes that are only meant, what saving them means, and lists.

#![expect(clippy::unwrap_used, reason = "helpers of a test, which they stop")]

use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::pin::Pin;
use std::time::Duration;
use topchef_runtime::{Report, Transaction};
use topchef_server::app::App;
use topchef_server::config::{Config, Metadata};
use topchef_server::models::{
    self, ApiMetadata, Identified, Job, JobList, ModelList, Service, ServiceList, Stream, Tracks,
};
use topchef_server::resources::{JobStatus, JsonObject, JsonText};
use topchef_tests::{Scratch, lab};
use uuid::Uuid;

/// An application over a new database.
struct Lab {
    // Closed before its place is removed.
    app: App,
    _scratch: Scratch,
}

impl Lab {
    async fn new() -> Self {
        let scratch = Scratch::new();
        let database = scratch.address().parse().unwrap();
        let config = Config {
            database,
            ..Config::default()
        };
        Self {
            app: App::open(config).await.unwrap(),
            _scratch: scratch,
        }
    }

    fn services(&self) -> impl ServiceList + use<> {
        models::services(self.app.queue())
    }

    fn jobs(&self) -> impl JobList + use<> {
        models::jobs(self.app.queue())
    }

    async fn begin(&self) -> Transaction {
        self.app.database().transaction().await.unwrap()
    }

    async fn save(&self, model: &mut impl Tracks) -> Result<(), Report> {
        let mut tx = self.begin().await;
        model.save(&mut tx).await?;
        tx.commit().await
    }

    /// A centrifuge, which is stored.
    async fn centrifuge(&self) -> impl Service + use<> {
        let mut service = centrifuge(&self.services()).await;
        self.save(&mut service).await.unwrap();
        service
    }

    /// A job of a service, which is stored.
    async fn job<S: Service>(&self, service: &S, rpm: i64) -> <S::Jobs as ModelList>::Model {
        let mut job = service.new_job(text(&json!({"rpm": rpm}))).await.unwrap();
        self.save(&mut job).await.unwrap();
        job
    }
}

async fn centrifuge<L: ServiceList>(services: &L) -> L::Model {
    let (takes, gives) = (object(&lab::spin_schema()), object(&lab::mass_schema()));
    let service = services.new_service("Centrifuge", "spins", takes, gives);
    service.await.unwrap()
}

fn text(json: &Value) -> JsonText {
    JsonText::of(json).unwrap()
}

fn object(json: &Value) -> JsonObject {
    serde_json::from_str(&json.to_string()).unwrap()
}

fn status<T>(done: Result<T, Report>) -> u16 {
    done.err().unwrap().status().as_u16()
}

/// Everything in a list, by its stream.
async fn all<L: ModelList>(list: &L) -> Vec<L::Model> {
    let (mut stream, mut found) = (list.stream(), Vec::new());
    while let Some(next) = std::future::poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
        found.push(next.unwrap());
    }
    found
}

fn ids(models: &[impl Identified]) -> Vec<Uuid> {
    models.iter().map(Identified::id).collect()
}

#[tokio::test]
async fn a_changed_model_reads_as_changed_and_nothing_is_stored_before_a_commit() {
    let lab = Lab::new().await;
    let mut service = lab.centrifuge().await;
    let stored = async || lab.services().get(service.id()).await.unwrap();
    assert!(!service.is_changed());
    let mut meant = stored().await;
    meant.set_name("Mill");
    meant.set_description("grinds");
    meant.set_is_service_available(true);
    meant.set_timeout(Duration::from_millis(7_900));
    assert!(meant.is_changed());
    assert_eq!((meant.name(), meant.description()), ("Mill", "grinds"));
    assert!(meant.is_service_available());
    assert_eq!(meant.timeout(), Duration::from_secs(7));
    assert_eq!(stored().await.name(), "Centrifuge");
    {
        let mut tx = lab.begin().await;
        let mut given_up = meant.clone();
        given_up.save(&mut tx).await.unwrap();
        // And never committed.
    }
    assert_eq!(stored().await.name(), "Centrifuge");
    lab.save(&mut meant).await.unwrap();
    assert!(!meant.is_changed());
    let after = stored().await;
    assert_eq!((after.name(), after.description()), ("Mill", "grinds"));
    assert!(after.is_service_available());
    assert_eq!(after.timeout(), Duration::from_secs(7));
    // Who changed something else took nothing of that back.
    service.set_is_service_available(false);
    lab.save(&mut service).await.unwrap();
    assert_eq!(service.name(), "Mill");
    assert!(
        !lab.services()
            .get(service.id())
            .await
            .unwrap()
            .is_service_available()
    );
}

#[tokio::test]
async fn a_service_checks_in_and_times_out() {
    let lab = Lab::new().await;
    let mut service = lab.centrifuge().await;
    assert!(!service.has_timed_out() && !service.is_service_available());
    assert_eq!(service.timeout(), Duration::from_secs(30));
    service.set_timeout(Duration::ZERO);
    lab.save(&mut service).await.unwrap();
    assert!(
        lab.services()
            .get(service.id())
            .await
            .unwrap()
            .has_timed_out()
    );
    service.set_timeout(Duration::from_secs(30));
    service.check_in();
    lab.save(&mut service).await.unwrap();
    assert!(
        !lab.services()
            .get(service.id())
            .await
            .unwrap()
            .has_timed_out()
    );
}

#[tokio::test]
async fn a_job_goes_through_its_life_by_the_rules_of_the_queue() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let mut job = lab.job(&service, 500).await;
    assert_eq!(job.service_id(), service.id());
    assert_eq!(job.parameters().as_str(), r#"{"rpm":500}"#);
    assert_eq!(
        job.job_result_schema().as_str(),
        service.job_result_schema().as_str()
    );
    let jobs = lab.jobs();
    job.set_status(JobStatus::Working);
    assert_eq!(job.status(), JobStatus::Working);
    assert_eq!(
        jobs.get(job.id()).await.unwrap().status(),
        JobStatus::Registered
    );
    lab.save(&mut job).await.unwrap();

    job.set_status(JobStatus::Completed);
    job.set_results(text(&json!({"mass_mg": -1})));
    let refused = lab.save(&mut job).await.unwrap_err();
    assert_eq!(refused.status().as_u16(), 400);
    assert_eq!(refused.errors()[0].title(), lab::title::SCHEMA);
    assert_eq!(
        jobs.get(job.id()).await.unwrap().status(),
        JobStatus::Working
    );

    job.set_results(text(&json!({"mass_mg": 12.50})));
    assert!(jobs.get(job.id()).await.unwrap().results().is_none());
    lab.save(&mut job).await.unwrap();
    let stored = jobs.get(job.id()).await.unwrap();
    assert_eq!(stored.status(), JobStatus::Completed);
    assert_eq!(stored.results().unwrap().as_str(), r#"{"mass_mg":12.5}"#);
    assert_eq!(stored.date_submitted(), job.date_submitted());

    // A finished job keeps its results.
    job.set_results(text(&json!({"mass_mg": 13})));
    assert_eq!(status(lab.save(&mut job).await), 409);
    let stored = jobs.get(job.id()).await.unwrap();
    assert_eq!(stored.results().unwrap().as_str(), r#"{"mass_mg":12.5}"#);
}

#[tokio::test]
async fn of_two_who_take_one_job_the_first_has_it() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let mut one = lab.job(&service, 500).await;
    let mut other = lab.jobs().get(one.id()).await.unwrap();
    one.set_status(JobStatus::Working);
    other.set_status(JobStatus::Working);
    lab.save(&mut one).await.unwrap();
    assert_eq!(status(lab.save(&mut other).await), 409);
    // The first goes on.
    one.set_status(JobStatus::Error);
    lab.save(&mut one).await.unwrap();
    assert_eq!(
        lab.jobs().get(one.id()).await.unwrap().status(),
        JobStatus::Error
    );
}

#[tokio::test]
async fn parameters_and_schemas_are_checked_before_there_is_a_model() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let refused = service.new_job(text(&json!({"rpm": 1}))).await.unwrap_err();
    assert_eq!(refused.errors()[0].title(), lab::title::SCHEMA);
    let none = object(&json!({"type": "nothing"}));
    let services = lab.services();
    let refused = services.new_service("a", "b", none.clone(), none).await;
    assert_eq!(refused.unwrap_err().errors().len(), 2);
    assert_eq!(
        (
            services.len().await.unwrap(),
            lab.jobs().len().await.unwrap()
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn a_service_and_its_first_finished_job_are_stored_together_or_not_at_all() {
    let lab = Lab::new().await;
    for commits in [false, true] {
        let mut service = centrifuge(&lab.services()).await;
        let mut job = service.new_job(text(&json!({"rpm": 100}))).await.unwrap();
        job.set_status(JobStatus::Completed);
        job.set_results(text(&json!({"mass_mg": 1})));
        let mut tx = lab.begin().await;
        service.save(&mut tx).await.unwrap();
        job.save(&mut tx).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        assert_eq!(lab.services().contains(&service).await.unwrap(), commits);
        assert_eq!(lab.jobs().contains(&job).await.unwrap(), commits);
    }
    let stored = all(&lab.jobs()).await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].status(), JobStatus::Completed);
    // The job of a service that is not there is refused.
    let service = centrifuge(&lab.services()).await;
    let mut job = service.new_job(text(&json!({"rpm": 100}))).await.unwrap();
    assert_eq!(status(lab.save(&mut job).await), 409);
}

#[tokio::test]
async fn models_are_equal_and_hashed_by_their_ids() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let job = lab.job(&service, 500).await;
    let mut same = job.clone();
    same.set_status(JobStatus::Working);
    let other = lab.job(&service, 500).await;
    assert!(job == same && job != other);
    let set: HashSet<_> = [job, same, other].into_iter().collect();
    assert_eq!(set.len(), 2);
    let mut renamed = service.clone();
    renamed.set_name("Mill");
    assert!(service == renamed);
    let set: HashSet<_> = [service, renamed].into_iter().collect();
    assert_eq!(set.len(), 1);
}

#[tokio::test]
async fn a_list_knows_its_models_by_id_and_by_model() {
    let lab = Lab::new().await;
    let (one, two) = (lab.centrifuge().await, lab.centrifuge().await);
    let job = lab.job(&one, 500).await;
    let nobody: Uuid = lab::NOBODY.parse().unwrap();
    for (of_service, is_in) in [(one.jobs(), true), (two.jobs(), false)] {
        assert_eq!(of_service.contains(&job).await.unwrap(), is_in);
        assert_eq!(of_service.contains(&job.id()).await.unwrap(), is_in);
        assert_eq!(of_service.get(job.id()).await.is_ok(), is_in);
        assert_eq!(of_service.is_empty().await.unwrap(), !is_in);
        assert_eq!(of_service.len().await.unwrap(), u64::from(is_in));
    }
    assert!(lab.jobs().contains(&job).await.unwrap());
    assert!(!lab.jobs().contains(&nobody).await.unwrap());
    assert_eq!(status(lab.jobs().get(nobody).await), 404);
    let refused = lab.services().get(nobody).await.unwrap_err();
    assert_eq!(refused.errors()[0].title(), lab::title::NO_SERVICE);
    let mut of_two = two.jobs();
    assert_eq!(status(of_two.delete(job.id()).await), 404);
    assert_eq!(of_two.set(job.clone()).unwrap_err().status().as_u16(), 409);
    assert!(!of_two.is_changed());
}

#[tokio::test]
async fn lists_are_equal_when_they_will_be_the_same() {
    let lab = Lab::new().await;
    let (one, two) = (lab.centrifuge().await, lab.centrifuge().await);
    let job = lab.job(&one, 500).await;
    assert!(one.jobs() == one.jobs());
    assert!(one.jobs() != two.jobs());
    let (mut here, mut there) = (one.jobs(), one.jobs());
    here.delete(job.id()).await.unwrap();
    assert!(here != there);
    there.delete(job.id()).await.unwrap();
    assert!(here == there);
}

#[tokio::test]
async fn a_list_tracks_what_is_put_in_and_taken_out() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let mut stored = Vec::new();
    for rpm in [100, 200, 300] {
        stored.push(lab.job(&service, rpm).await);
    }
    let new = service.new_job(text(&json!({"rpm": 400}))).await.unwrap();
    let mut jobs = service.jobs();
    let mut moved = stored[2].clone();
    moved.set_status(JobStatus::Working);
    jobs.delete(stored[0].id()).await.unwrap();
    jobs.set(moved).unwrap();
    jobs.set(new.clone()).unwrap();

    let due = [stored[1].id(), stored[2].id(), new.id()];
    assert!(jobs.is_changed());
    assert_eq!(ids(&all(&jobs).await), due);
    assert_eq!(jobs.len().await.unwrap(), 3);
    assert!(!jobs.contains(&stored[0]).await.unwrap());
    assert!(jobs.contains(&new).await.unwrap());
    assert_eq!(status(jobs.get(stored[0].id()).await), 404);
    assert_eq!(status(jobs.delete(stored[0].id()).await), 404);
    assert_eq!(
        jobs.get(stored[2].id()).await.unwrap().status(),
        JobStatus::Working
    );
    // Nobody else sees any of it.
    assert_eq!(ids(&all(&service.jobs()).await), ids(&stored));

    lab.save(&mut jobs).await.unwrap();
    assert!(!jobs.is_changed());
    for jobs in [jobs, service.jobs()] {
        assert_eq!(ids(&all(&jobs).await), due);
        assert_eq!(jobs.len().await.unwrap(), 3);
        assert_eq!(
            jobs.get(stored[2].id()).await.unwrap().status(),
            JobStatus::Working
        );
    }
}

#[tokio::test]
async fn a_new_model_that_is_taken_out_again_was_never_there() {
    let lab = Lab::new().await;
    let mut services = lab.services();
    let service = centrifuge(&services).await;
    services.set(service.clone()).unwrap();
    assert_eq!(services.len().await.unwrap(), 1);
    assert!(!services.is_empty().await.unwrap());
    services.delete(service.id()).await.unwrap();
    assert!(services.is_empty().await.unwrap());
    assert!(!services.is_changed());
    assert_eq!(status(services.delete(service.id()).await), 404);
}

#[tokio::test]
async fn a_service_takes_its_jobs_along() {
    let lab = Lab::new().await;
    let (gone, stays) = (lab.centrifuge().await, lab.centrifuge().await);
    let mut done = lab.job(&gone, 500).await;
    done.set_status(JobStatus::Completed);
    done.set_results(text(&json!({"mass_mg": 1})));
    lab.save(&mut done).await.unwrap();
    lab.job(&gone, 600).await;
    let kept = lab.job(&stays, 700).await;

    let mut services = lab.services();
    services.delete(gone.id()).await.unwrap();
    assert_eq!(ids(&all(&services).await), [stays.id()]);
    assert_eq!(lab.jobs().len().await.unwrap(), 3);
    lab.save(&mut services).await.unwrap();
    assert_eq!(ids(&all(&lab.jobs()).await), [kept.id()]);
    assert!(gone.jobs().is_empty().await.unwrap());
    assert_eq!(ids(&all(&lab.services()).await), [stays.id()]);
}

#[tokio::test]
async fn what_is_being_worked_on_is_not_removed() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let mut job = lab.job(&service, 500).await;
    job.set_status(JobStatus::Working);
    lab.save(&mut job).await.unwrap();
    let (mut services, mut jobs) = (lab.services(), lab.jobs());
    services.delete(service.id()).await.unwrap();
    jobs.delete(job.id()).await.unwrap();
    assert_eq!(status(lab.save(&mut services).await), 409);
    assert_eq!(status(lab.save(&mut jobs).await), 409);
    assert!(lab.jobs().contains(&job).await.unwrap());
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page() {
    let lab = Lab::new().await;
    let (one, two) = (lab.centrifuge().await, lab.centrifuge().await);
    let mut tx = lab.begin().await;
    let mut due = Vec::new();
    for number in 0..250 {
        let service = if number % 5 == 0 { &two } else { &one };
        let mut job = service
            .new_job(text(&json!({"rpm": 100 + number})))
            .await
            .unwrap();
        job.save(&mut tx).await.unwrap();
        due.push((service.id(), job.id()));
    }
    tx.commit().await.unwrap();
    for (jobs, service) in [(one.jobs(), one.id()), (two.jobs(), two.id())] {
        let due: Vec<_> = due.iter().filter(|(of, _)| *of == service).collect();
        let due: Vec<_> = due.into_iter().map(|(_, id)| *id).collect();
        assert_eq!(ids(&all(&jobs).await), due);
        assert_eq!(jobs.len().await.unwrap(), due.len() as u64);
        let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let page = jobs.page(after).await.unwrap();
            assert!(page.models.len() <= 100);
            seen.extend(ids(&page.models));
            pages += 1;
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (due.len(), due.len().div_ceil(100)));
    }
    assert_eq!(all(&lab.jobs()).await.len(), 250);
    let distinct: BTreeSet<_> = ids(&all(&lab.jobs()).await).into_iter().collect();
    assert_eq!(distinct.len(), 250);
}

#[tokio::test]
async fn a_stream_goes_on_past_what_is_removed_while_it_is_read() {
    let lab = Lab::new().await;
    let service = lab.centrifuge().await;
    let mut tx = lab.begin().await;
    let mut made = Vec::new();
    for _ in 0..150 {
        let mut job = service.new_job(text(&json!({"rpm": 100}))).await.unwrap();
        job.save(&mut tx).await.unwrap();
        made.push(job);
    }
    tx.commit().await.unwrap();
    let mut stream = service.jobs().stream();
    let mut next = async || {
        let next = std::future::poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await;
        next.map(Result::unwrap)
    };
    assert_eq!(next().await.as_ref(), Some(&made[0]));
    // Where the first page ends, and the first of the next.
    let mut jobs = service.jobs();
    for job in &made[98..102] {
        jobs.delete(job.id()).await.unwrap();
    }
    lab.save(&mut jobs).await.unwrap();
    let mut seen = 1;
    while next().await.is_some() {
        seen += 1;
    }
    assert_eq!(seen, 148);
}

#[tokio::test]
async fn the_server_says_about_itself_what_it_was_told() {
    let told = Metadata {
        maintainer_name: "Ada".to_owned(),
        maintainer_email: "ada@example.org".to_owned(),
        documentation_url: "https://example.org/docs".to_owned(),
        source_code_repository_url: "https://example.org/code".to_owned(),
        ..Metadata::default()
    };
    let metadata = models::metadata(&told);
    assert_eq!(metadata.maintainer_name(), "Ada");
    assert_eq!(metadata.maintainer_email(), "ada@example.org");
    assert_eq!(metadata.documentation_url(), "https://example.org/docs");
    assert_eq!(
        metadata.source_code_repository_url(),
        "https://example.org/code"
    );
    assert_eq!(metadata.version(), told.version);
}
