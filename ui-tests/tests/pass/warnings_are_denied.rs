//! Generated code is as clean as what stands beside it.

#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unused_import_braces,
    unused_lifetimes,
    unused_results,
    elided_lifetimes_in_paths,
    missing_debug_implementations,
    missing_copy_implementations,
    let_underscore_drop,
    non_ascii_idents,
    variant_size_differences
)]
#![forbid(unsafe_code)]

use chrono::{DateTime, Utc};
use topchef_runtime::{
    Committed, Context, Hooked, Input, ModelResource, Next, Report, ResourceEnum, Select, Tracked,
    Transaction,
};
use uuid::Uuid;

/// A book.
#[derive(Debug, ModelResource)]
#[resource(
    serial_fields = [id, title, label()],
    process_input(list = all, post = check),
    before_commit(put = stamp),
    after_commit(delete = note)
)]
pub struct Book {
    id: Uuid,
    /// The title.
    #[resource(default = "untitled")]
    pub title: String,
    #[resource(default = Genre::Novel)]
    genre: Genre,
    #[resource(json, default)]
    tags: Vec<String>,
    #[resource(read_only, default = Utc::now)]
    created_at: DateTime<Utc>,
}

impl Book {
    fn label(&self) -> String {
        format!(
            "{} {:?} {:?} {}",
            self.id, self.genre, self.tags, self.created_at
        )
    }
}

/// What it is.
#[derive(Clone, Copy, Debug, ResourceEnum)]
pub enum Genre {
    /// Prose.
    Novel,
    /// Verse.
    Poetry,
}

async fn all(_cx: &Context, _books: &mut Select<Book>) -> Result<(), Report> {
    Ok(())
}

async fn check(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Ok(())
}

async fn stamp(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

async fn note(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &Committed<Book>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

fn main() {
    let book = Book {
        id: Uuid::nil(),
        title: "Dune".to_owned(),
        genre: Genre::Poetry,
        tags: Vec::new(),
        created_at: DateTime::UNIX_EPOCH,
    };
    assert!(book.label().contains("Poetry"), "{book:?}");
    assert_eq!(Book::descriptor().table, "books");
    assert_eq!(Book::hooks().select.len(), 1);
}
