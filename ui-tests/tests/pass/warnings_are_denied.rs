//! Generated code is as clean as what stands beside it, to clippy too, for which this is an example of the package.

#![deny(
    warnings,
    clippy::all,
    clippy::pedantic,
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
#![allow(
    clippy::unused_async,
    reason = "hooks are async, and these have nothing to wait for"
)]
#![forbid(unsafe_code)]

use chrono::{DateTime, Utc};
use topchef_runtime::{
    Committed, Context, Hooked, Input, Method, ModelResource, Next, Permit, Report, ResourceEnum,
    Select, Tracked, Transaction,
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
    /// The book that this one goes on from.
    #[resource(column = "prequel_id", rename = "prequel", references = Self, index)]
    pub prequel: Option<Uuid>,
    #[resource(min_length = 2, pattern = "^[A-Z]", format = "uri", unique)]
    shelf: String,
    #[resource(minimum = -1, maximum = 1.5)]
    weight: f64,
    #[resource(on_update = Utc::now)]
    changed_at: DateTime<Utc>,
    #[resource(version)]
    version: i64,
    #[resource(skip)]
    cache: Vec<u8>,
}

impl Book {
    fn label(&self) -> String {
        format!(
            "{} {:?} {:?} {} {} {} {} {} {:?}",
            self.id,
            self.genre,
            self.tags,
            self.created_at,
            self.shelf,
            self.weight,
            self.changed_at,
            self.version,
            self.cache
        )
    }
}

/// A shelf, which nobody should use any more.
#[deprecated(note = "books stand in rooms now")]
#[derive(Debug, ModelResource)]
#[resource(
    relations(
        keeper(belongs_to = Keeper, by = keeper_id),
        upper(belongs_to = Self, by = upper_id),
        lower(has_many = Self, by = upper_id),
    ),
    serial_fields(get = [id, label(), keeper, upper, lower], post = Keeper[id, name, greeting()]),
    serial_field_relations(keeper = [name, greeting(), shelves], lower = [id, label()]),
    after_commit(post = fill),
    collection(filter = [mark], order_by = [mark], search = [mark, place], page_size = 5),
    authorize = Self::visitors,
    envelope = "none",
    doc(post = "Adds a shelf.")
)]
pub struct Shelf {
    id: i64,
    mark: String,
    place: Place,
    #[resource(references = Keeper)]
    keeper_id: i64,
    #[resource(references = Self)]
    upper_id: Option<i64>,
}

/// A text under another name.
type Place = String;

#[allow(deprecated)]
impl Shelf {
    fn label(&self) -> String {
        format!("{} {}", self.mark, self.place)
    }

    async fn visitors(_cx: &Context, _method: Method) -> Result<Permit<Self>, Report> {
        Ok(Permit::all())
    }
}

#[allow(deprecated)]
async fn fill(
    _cx: &Context,
    _tx: &mut Transaction,
    _shelf: &Committed<Shelf>,
) -> Result<Next, Report> {
    Ok(Next::Proceed)
}

/// Who keeps shelves.
#[derive(Debug, ModelResource)]
#[resource(
    serial_fields = [id, name, greeting()],
    relations(shelves(has_many = Shelf, by = keeper_id)),
    serial_field_relations(shelves = [mark, label()])
)]
pub struct Keeper {
    id: i64,
    name: String,
}

impl Keeper {
    fn greeting(&self) -> String {
        format!("{} {}", self.id, self.name)
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
        prequel: None,
        shelf: "A".to_owned(),
        weight: 0.5,
        changed_at: Utc::now(),
        version: 1,
        cache: Vec::new(),
    };
    assert!(book.label().contains("Poetry"), "{book:?}");
    assert_eq!(Book::descriptor().table, "books");
    assert_eq!(Book::hooks().select.len(), 1);
    let keeper = Keeper {
        id: 1,
        name: "Thufir".to_owned(),
    };
    assert_eq!(keeper.greeting(), "1 Thufir");
    assert_eq!(Keeper::DESCRIPTOR.relations.len(), 1);
}
