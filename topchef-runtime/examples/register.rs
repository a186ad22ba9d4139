//! Signing up: hooks settle the e-mail address, hash the password, and leave a mail to be sent.
//!
//! ```text
//! cargo run -p topchef-runtime --example register
//! curl -i localhost:3000/register --json '{"username": "ada", "email": "Ada@Example.org", "password": "correct horse"}'
//! curl -i localhost:3000/register --json '{"username": "bob", "email": "bob@example.org", "password": "short"}'
//! ```

use argon2::{Argon2, PasswordHasher};
use http::StatusCode;
use serde_json::json;
use topchef_runtime::database::DatabaseError;
use topchef_runtime::http::Public;
use topchef_runtime::{
    Api, ApiError, Committed, Context, Database, Input, ModelResource, Next, Reply, Report,
    Tracked, Transaction,
};

/// The fewest characters of a password.
const SHORTEST: usize = 8;

/// Somebody who signs up.
#[derive(Debug, ModelResource)]
#[resource(
    url_name = "register",
    methods(post),
    process_input(post = settle_email),
    before_commit(post = hash_password),
    after_commit(post = send_mail),
    doc(post = "Signs somebody up: 202, and a mail to the address that was given."),
)]
pub struct User {
    id: i64,
    #[resource(min_length = 1, max_length = 40, unique)]
    username: String,
    #[resource(max_length = 254, format = "email", unique)]
    email: String,
    /// A password comes in, and its hash is stored; neither goes out.
    #[resource(write_only, max_length = 200)]
    password: String,
}

/// A mail that waits to be sent.
#[derive(Debug, ModelResource)]
pub struct Mail {
    id: i64,
    recipient: String,
    subject: String,
}

/// Nobody signs up twice with another spelling of the same address, or with one that no mail reaches.
async fn settle_email(_cx: &Context, input: &mut Input<User>) -> Result<(), Report> {
    let Some(email) = input.get(User::EMAIL)? else {
        return Ok(());
    };
    let email = email.to_lowercase();
    if email.ends_with(".invalid") {
        // RFC 2606, section 2.
        input.reject(ApiError::deserialization(
            "email",
            "undeliverable",
            "no mail reaches this domain",
        ));
    }
    input.set(User::EMAIL, email);
    Ok(())
}

/// What is stored is the hash.
async fn hash_password(
    _cx: &Context,
    _tx: &mut Transaction,
    user: &mut Tracked<User>,
) -> Result<Next, Report> {
    if user.password.chars().count() < SHORTEST {
        let detail = format!("must have at least {SHORTEST} characters");
        let refusal = ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Password Too Short",
            detail,
        );
        return Err(refusal.at("/password").into());
    }
    let password = user.password.clone();
    // It takes its time by design, so it does not run where requests are answered.
    let hashing = tokio::task::spawn_blocking(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string())
    });
    let hash = hashing.await.map_err(ApiError::internal)?;
    user.set(User::PASSWORD, hash.map_err(ApiError::internal)?);
    Ok(Next::Proceed)
}

/// A record that a mailer finds: nothing is sent while the client waits.
async fn send_mail(
    _cx: &Context,
    tx: &mut Transaction,
    user: &Committed<User>,
) -> Result<Next, Report> {
    let mail = Mail {
        id: 0,
        recipient: user.email.clone(),
        subject: format!("Welcome, {}", user.username),
    };
    tx.insert(&mail).await?;
    let message = format!("a mail is on its way to {}", user.email);
    let reply = Reply::json(StatusCode::ACCEPTED, &json!({"message": message}))?;
    Ok(Next::Instead(reply))
}

/// The tables, where there are none yet.
pub async fn tables(database: &Database) -> Result<(), DatabaseError> {
    database.create_tables::<(User, Mail)>().await
}

/// What is served: the mails are not.
pub fn api(database: Database) -> Api<Public> {
    Api::new(database).resource::<User>().public()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or("127.0.0.1:3000".into());
    let database = Database::sqlite("register.db").open().await?;
    tables(&database).await?;
    api(database).serve(&address).await?;
    Ok(())
}
