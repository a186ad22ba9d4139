//! What is counted: the list of the paths, and one of them asked for so many times.
//!
//! It does not know how anything is counted.

use topchef_tests::Kind;

use crate::Failure;
use crate::books::Books;
use crate::jobs::Jobs;

/// All of them; those of the queue are on `SQLite`, as are those of the check.
pub(crate) const PATHS: [&str; 10] = [
    "books/get-one",
    "books/not-modified",
    "books/list",
    "books/post",
    "books/refused",
    "books/patch",
    "books/delete",
    "jobs/submit",
    "jobs/next",
    "jobs/cycle",
];

/// Asks for a path so many times in this process, after all that does not depend on how many.
pub(crate) async fn ask(kind: Kind, path: &str, times: u32) -> Result<(), Failure> {
    match path {
        "books/get-one" => Books::open(kind).await?.get_one(times).await,
        "books/not-modified" => Books::open(kind).await?.not_modified(times).await,
        "books/list" => Books::open(kind).await?.list(times).await,
        "books/post" => Books::open(kind).await?.post(times).await,
        "books/refused" => Books::open(kind).await?.refused(times).await,
        "books/patch" => Books::open(kind).await?.patch(times).await,
        "books/delete" => Books::open(kind).await?.delete(times).await,
        "jobs/submit" => Jobs::open().await?.submit(times).await,
        "jobs/next" => Jobs::open().await?.next(times).await,
        "jobs/cycle" => Jobs::open().await?.cycle(times).await,
        _ => Err(format!("no path {path}").into()),
    }
}
