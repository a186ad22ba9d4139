//! Orders that belong to somebody: a header names the user, who meets his own rows and no others.
//!
//! The second version of the API serves the same table, and does not wait: it answers with the job that was submitted.
//!
//! ```text
//! cargo run -p topchef-runtime --example owner
//! curl localhost:3000/users --json '{"name": "ada"}'
//! curl localhost:3000/api/v1/orders -H 'X-User: ada' --json '{"owner_id": 1, "description": "a chair"}'
//! curl localhost:3000/api/v1/orders -H 'X-User: ada'
//! curl -i localhost:3000/api/v2/orders -H 'X-User: ada' --json '{"owner_id": 1, "description": "a desk"}'
//! curl localhost:3000/api/v2/jobs/1 -H 'X-User: ada'
//! ```

use http::request::Parts;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::http::{Authenticated, Authenticator};
use topchef_runtime::{
    Api, ApiError, Context, Database, Method, ModelResource, Permit, Principal, Report, policies,
};

/// Somebody who orders.
#[derive(Clone, Debug, ModelResource)]
#[resource(methods(get, post), authorize = oneself)]
pub struct User {
    id: i64,
    #[resource(min_length = 1, max_length = 40, unique)]
    name: String,
}

/// Anybody signs up; what is stored of somebody they alone read.
async fn oneself(cx: &Context, method: Method) -> Result<Permit<User>, ApiError> {
    match method {
        Method::Post => Ok(Permit::all()),
        _ => Ok(Permit::rows(User::ID.eq(user(cx)?.id))),
    }
}

/// What somebody ordered.
#[derive(ModelResource)]
#[resource(url_prefix = "/api/v1", authorize = own_orders)]
pub struct Order {
    id: i64,
    #[resource(references = User)]
    owner_id: i64,
    #[resource(max_length = 200)]
    description: String,
}

/// One's own rows: others are not there, and nobody writes a row for somebody else.
async fn own_orders(cx: &Context, _method: Method) -> Result<Permit<Order>, ApiError> {
    Ok(Permit::rows(Order::OWNER_ID.eq(user(cx)?.id)))
}

/// The user who sends the request.
fn user(cx: &Context) -> Result<&User, ApiError> {
    let user = cx.principal().and_then(Principal::get);
    user.ok_or_else(unauthorized)
}

/// 401, with how to say who one is.
fn unauthorized() -> ApiError {
    ApiError::unauthorized().challenge("X-User realm=\"orders\"")
}

/// The second version: a `POST` and a `PUT` submit a job, and answer with it.
pub mod v2 {
    use chrono::{DateTime, Utc};
    use http::StatusCode;
    use topchef_runtime::{
        ApiError, Committed, Context, Method, ModelResource, Next, Permit, Reply, Report,
        Transaction,
    };

    use super::{User, user};

    /// The same table, shown in another way.
    #[derive(ModelResource)]
    #[resource(
        table = "orders",
        url_prefix = "/api/v2",
        methods(get, list, post, put),
        authorize = own_orders,
        after_commit(post = submit_job, put = submit_job),
        serial_fields(post = Job[id, started_at, status_id], put = Job[id, started_at, status_id]),
    )]
    pub struct Order {
        id: i64,
        #[resource(references = User)]
        owner_id: i64,
        #[resource(max_length = 200)]
        description: String,
    }

    async fn own_orders(cx: &Context, _method: Method) -> Result<Permit<Order>, ApiError> {
        Ok(Permit::rows(Order::OWNER_ID.eq(user(cx)?.id)))
    }

    /// Something that is being done for an order.
    #[derive(ModelResource)]
    #[resource(url_prefix = "/api/v2", methods(get), authorize = own_jobs)]
    pub struct Job {
        id: i64,
        #[resource(references = Order)]
        order_id: i64,
        #[resource(references = User)]
        owner_id: i64,
        started_at: DateTime<Utc>,
        /// 0 as long as it waits.
        status_id: i32,
    }

    async fn own_jobs(cx: &Context, _method: Method) -> Result<Permit<Job>, ApiError> {
        Ok(Permit::rows(Job::OWNER_ID.eq(user(cx)?.id)))
    }

    async fn submit_job(
        _cx: &Context,
        tx: &mut Transaction,
        order: &Committed<Order>,
    ) -> Result<Next, Report> {
        let job = Job {
            id: 0,
            order_id: order.id,
            owner_id: order.owner_id,
            started_at: Utc::now(),
            status_id: 0,
        };
        let job = tx.insert(&job).await?;
        Ok(Next::Instead(Reply::record(StatusCode::ACCEPTED, &job)?))
    }
}

/// Finds users by the name that the header gives; a real one asks for more than a name.
#[derive(Debug)]
pub struct ByName(Database);

impl Authenticator for ByName {
    async fn authenticate(&self, parts: &Parts) -> Result<Option<Principal>, Report> {
        let Some(name) = parts.headers.get("x-user") else {
            return Ok(None);
        };
        let name = name.to_str().unwrap_or_default();
        let users = self.0.select::<User>().filter(User::NAME.eq(name));
        let user = users.first().await?.ok_or_else(unauthorized)?;
        Ok(Some(Principal::new(user.name.clone()).with(user)))
    }
}

/// The tables, where there are none yet; both versions share the orders.
pub async fn tables(database: &Database) -> Result<(), DatabaseError> {
    database.create_tables::<(User, Order, v2::Job)>().await
}

/// What is served; each resource says itself who may use it.
pub fn api(database: Database) -> Api<Authenticated> {
    let by_name = ByName(database.clone());
    Api::new(database)
        .resource::<User>()
        .resource::<Order>()
        .resource::<v2::Order>()
        .resource::<v2::Job>()
        .public_documentation()
        .authenticated(by_name, policies::nobody)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let database = Database::sqlite("owner.db").open().await?;
    tables(&database).await?;
    api(database).serve(&address).await?;
    Ok(())
}
