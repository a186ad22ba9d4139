//! Relations of every kind, in both directions, between modules and to the struct itself; what is said of them arrives.

use topchef_runtime::descriptor::{Field, RelationKind};
use topchef_runtime::{
    ApiError, Committed, Context, Hooked, ModelResource, Next, Transaction,
};

mod people {
    use topchef_runtime::ModelResource;

    #[derive(ModelResource)]
    #[resource(
        serial_fields(get = [id, first_name, full_name(), books], list = [id, full_name()]),
        relations(books(has_many = super::Book, by = author_id)),
        serial_field_relations(books = [title, author]),
    )]
    pub struct Author {
        pub id: i64,
        pub first_name: String,
        pub last_name: String,
    }

    impl Author {
        fn full_name(&self) -> String {
            format!("{} {}", self.first_name, self.last_name)
        }
    }
}

use people::Author as Writer;

#[derive(ModelResource)]
#[resource(
    rename_all = "camelCase",
    serial_fields(get = [id, title, author, old_sequel], post = Job[id, is_done]),
    relations(
        author(belongs_to = Writer, by = author_id),
        old_sequel(belongs_to = Self, by = sequel_id),
        prequels(has_many = Book, by = sequel_id),
        cover(has_one = Cover, by = r#type),
    ),
    serial_field_relations(author = [first_name, full_name(), books], get(old_sequel = [title])),
    after_commit(post = submit),
)]
pub struct Book {
    title: String,
    id: i64,
    author_id: i64,
    sequel_id: Option<i64>,
}

#[derive(ModelResource)]
struct Cover {
    id: i64,
    color: String,
    r#type: Option<i64>,
}

#[derive(ModelResource)]
struct Job {
    id: i64,
    is_done: bool,
}

async fn submit(
    _: &Context,
    _: &mut Transaction,
    _: &Committed<Book>,
) -> Result<Next, ApiError> {
    Ok(Next::Proceed)
}

fn main() {
    let book = Book::DESCRIPTOR;
    let names: Vec<_> = book.relations.iter().map(|it| (it.name, it.wire)).collect();
    assert_eq!(
        names,
        [
            ("author", "author"),
            ("old_sequel", "oldSequel"),
            ("prequels", "prequels"),
            ("cover", "cover"),
        ]
    );
    let kinds: Vec<_> = book.relations.iter().map(|it| it.kind).collect();
    assert_eq!(
        kinds,
        [
            RelationKind::BelongsTo,
            RelationKind::BelongsTo,
            RelationKind::HasMany,
            RelationKind::HasOne,
        ]
    );
    let targets: Vec<_> = book.relations.iter().map(|it| (it.target)().name).collect();
    assert_eq!(targets, ["Author", "Book", "Book", "Cover"]);
    let sides: Vec<_> = book.relations.iter().map(|it| (it.own, it.theirs)).collect();
    assert_eq!(sides, [(2, 0), (3, 1), (1, 3), (1, 2)]);

    let of_author = &book.relations[0];
    assert_eq!(
        of_author.names_of(topchef_runtime::Method::List),
        Some(&["first_name", "full_name", "books"][..])
    );
    let of_sequel = &book.relations[1];
    assert_eq!(of_sequel.names_of(topchef_runtime::Method::Get), Some(&["title"][..]));
    assert_eq!(of_sequel.names_of(topchef_runtime::Method::List), None);

    assert_eq!(
        book.fields.get,
        [Field::Column(1), Field::Column(0), Field::Relation(0), Field::Relation(1)]
    );
    assert_eq!(book.fields.post.len(), 4);
    assert_eq!(book.answers.len(), 1);
    assert_eq!((book.answers[0].target)().name, "Job");
    assert_eq!(book.answers[0].fields, ["id", "is_done"]);

    let related: Vec<_> = Book::hooks()
        .related
        .iter()
        .map(|endpoint| endpoint().descriptor().name)
        .collect();
    assert_eq!(related, targets);

    let cover = Cover { id: 1, color: "red".to_owned(), r#type: None };
    assert_eq!(cover.color.len(), 3);
}
