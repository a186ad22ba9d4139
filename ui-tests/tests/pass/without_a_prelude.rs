//! Nothing of the prelude is taken for granted, whatever a resource has.

#![no_implicit_prelude]

use ::std::assert_eq;
use ::std::boxed::Box;
use ::std::convert::Into;
use ::std::error::Error;
use ::std::option::Option;
use ::std::result::Result;
use ::std::string::String;
use ::std::vec::Vec;
use ::tokio;
use ::topchef_runtime::{
    Committed, Context, Database, Input, Method, ModelResource, Next, Permit, Report, ResourceEnum,
    Select, Tracked, Transaction,
};

#[derive(ResourceEnum)]
enum Genre {
    Novel,
    Poetry,
}

#[derive(ModelResource)]
#[resource(
    serial_fields(get = [id, title, genre, tags, length(), sequel], post = Self[id, title]),
    relations(sequel(belongs_to = Self, by = sequel_id), prequels(has_many = Self, by = sequel_id)),
    serial_field_relations(sequel = [title, length()]),
    process_input(list = all, post = check),
    before_commit(put = stamp),
    after_commit(post = answer),
    collection(filter = [title], order_by = [-title], search = [title]),
    authorize = anybody
)]
struct Book {
    id: i64,
    #[resource(
        default = "untitled",
        max_length = 20,
        pattern = "^[a-zA-Z]",
        format = "uri"
    )]
    title: String,
    #[resource(default = Genre::Novel)]
    genre: Genre,
    #[resource(json, default)]
    tags: Vec<String>,
    #[resource(minimum = 1, on_update = 7)]
    turns: i32,
    #[resource(references = Self)]
    sequel_id: Option<i64>,
    #[resource(version)]
    version: i64,
    #[resource(skip)]
    cache: u8,
}

impl Book {
    fn length(&self) -> usize {
        self.title.len()
    }
}

async fn all(_cx: &Context, _books: &mut Select<Book>) -> Result<(), Report> {
    Result::Ok(())
}

async fn check(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
    Result::Ok(())
}

async fn stamp(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &mut Tracked<Book>,
) -> Result<Next, Report> {
    Result::Ok(Next::Proceed)
}

async fn answer(
    _cx: &Context,
    _tx: &mut Transaction,
    _book: &Committed<Book>,
) -> Result<Next, Report> {
    Result::Ok(Next::Proceed)
}

async fn anybody(_cx: &Context, _method: Method) -> Result<Permit<Book>, Report> {
    Result::Ok(Permit::all())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".into(),
        genre: Genre::Poetry,
        tags: Vec::new(),
        turns: 1,
        sequel_id: Option::None,
        version: 1,
        cache: 3,
    };
    let book = tx.insert(&book).await?;
    tx.commit().await?;
    assert_eq!((book.length(), book.genre.as_str()), (4, "Poetry"));
    assert_eq!((book.cache, book.tags.len(), book.turns), (0, 0, 1));
    assert_eq!((book.sequel_id, book.version), (Option::None, 1));
    Result::Ok(())
}
