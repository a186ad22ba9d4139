//! Every key of a field but the oldest: names, limits, marks, references, and what is no column.

use chrono::{DateTime, Utc};
use topchef_runtime::ModelResource;
use topchef_runtime::column::{Bound, ColumnDefault, Format, Key, KeyType};
use uuid::Uuid;

#[derive(ModelResource)]
struct Author {
    id: Uuid,
    #[resource(format = "email", unique)]
    email: String,
}

#[derive(Debug, Default, PartialEq)]
struct Cache(Vec<u8>);

#[derive(ModelResource)]
#[resource(rename_all = "camelCase")]
struct Book {
    #[resource(skip)]
    before: Cache,
    #[resource(primary_key)]
    id: Uuid,
    #[resource(
        column = "book_title",
        rename = "name",
        min_length = 2,
        max_length = 100,
        pattern = r"^\p{Lu}",
        index
    )]
    title: String,
    #[resource(minimum = 1_450, maximum = 2100)]
    pub_year: i32,
    #[resource(minimum = -0.5, maximum = 1e3)]
    weight: Option<f64>,
    #[resource(references = Author)]
    author_id: Uuid,
    #[resource(references = Self, unique)]
    sequel_of: Option<Uuid>,
    #[resource(read_only, default = Utc::now, on_update = Utc::now)]
    changed_at: DateTime<Utc>,
    #[resource(on_update = "no")]
    checked: Option<String>,
    #[resource(version)]
    version: i64,
    #[resource(skip)]
    cache: Option<Cache>,
}

#[derive(ModelResource)]
struct Seat {
    evening: String,
    #[resource(primary_key)]
    row: String,
    #[resource(primary_key)]
    place: i32,
}

#[derive(ModelResource)]
struct Ticket {
    id: i64,
    #[resource(references = self::Author)]
    author: <Author as ModelResource>::Key,
}

fn main() {
    let book = Book::DESCRIPTOR;
    let [id, title, pub_year, weight, author, sequel, changed_at, checked, version] = book.columns
    else {
        panic!("a skipped field is no column: {}", book.columns.len());
    };
    assert_eq!(book.key, [0]);
    assert_eq!(id.name, "id");
    assert_eq!((title.name, title.field, title.wire), ("book_title", "title", "name"));
    assert_eq!((title.min_length, title.max_length), (Some(2), Some(100)));
    assert!(title.index && !title.unique);
    let pattern = title.pattern.expect("a pattern");
    assert_eq!(pattern.text, r"^\p{Lu}");
    assert!((pattern.compiled)().is_match("Été") && !(pattern.compiled)().is_match("été"));
    assert_eq!((pub_year.name, pub_year.wire), ("pub_year", "pubYear"));
    assert_eq!(pub_year.minimum, Some(Bound::Integer(1450)));
    assert_eq!(pub_year.maximum, Some(Bound::Integer(2100)));
    assert_eq!(weight.minimum, Some(Bound::Real(-0.5)));
    assert_eq!(weight.maximum, Some(Bound::Real(1000.0)));
    assert!(author.references.expect("a reference")().is(Author::DESCRIPTOR));
    assert!(sequel.references.expect("a reference")().is(Book::DESCRIPTOR) && sequel.unique);
    assert!(changed_at.on_update.is_some() && changed_at.read_only);
    let update = checked.on_update.expect("an update");
    assert_eq!(update(), topchef_runtime::Value::String(Some("no".to_owned())));
    assert!(version.version && version.read_only);
    assert!(matches!(version.default, ColumnDefault::Value(first) if first() == 1_i64.into()));
    assert_eq!(Author::DESCRIPTOR.columns[1].format, Some(Format::Email));
    assert_eq!(Ticket::DESCRIPTOR.columns.len(), 2);

    assert_eq!(Seat::KEY, [1, 2]);
    let key: <Seat as ModelResource>::Key = ("F".to_owned(), 7);
    assert_eq!(key.to_key().to_path(), "F/7");
    assert_eq!(Key::new(key.to_key().values().to_vec()), key.to_key());

    let record = Book {
        before: Cache::default(),
        id: Uuid::nil(),
        title: "Sula".to_owned(),
        pub_year: 1973,
        weight: None,
        author_id: Uuid::nil(),
        sequel_of: None,
        changed_at: Utc::now(),
        checked: None,
        version: 1,
        cache: Some(Cache(vec![1])),
    };
    let values = record.values().expect("values");
    assert_eq!(values.len(), 9);
    let cells = topchef_runtime::column::ValueCells(&values);
    let read = Book::from_row(&topchef_runtime::column::Row::new(&cells)).expect("a record");
    assert_eq!((read.before, read.cache), (Cache::default(), None));
    assert_eq!((read.title.as_str(), read.version), ("Sula", 1));
    assert!(record.cache.is_some());
}
