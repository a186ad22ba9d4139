//! The grammar: what it means, and what is refused.

use super::*;
use crate::ModelResource;
use crate::column::{ColumnType as _, Value};
use crate::descriptor::Field;
use crate::descriptor::{
    Collection, Envelope, FieldsByMethod, PageSize, RelationDescriptor, RelationKind, Shown, Sort,
};
use crate::query::{Comparison, Condition, Cursor, Operator};

#[derive(ModelResource)]
#[resource(rename_all = "camelCase", serial_fields = [id, title, label(), in_stock])]
struct Columns {
    id: i64,
    #[resource(max_length = 10)]
    title: String,
    #[resource(write_only)]
    secret: String,
    extra: serde_json::Value,
    in_stock: Option<i32>,
    sold: f64,
    lent: bool,
}

impl Columns {
    fn label(&self) -> String {
        self.title.to_uppercase()
    }
}

const TITLE: usize = 1;
const IN_STOCK: usize = 4;
const SOLD: usize = 5;
const LENT: usize = 6;

const AUTHOR: usize = 0;
const SEQUELS: usize = 1;
const BOOKS: usize = 0;

/// The book: its columns are derived, its relations and its collection are written here.
const BOOK: Descriptor = Descriptor {
    name: "Book",
    doc: "",
    table: "books",
    path: "/books",
    methods: &Method::ALL,
    columns: Columns::DESCRIPTOR.columns,
    key: &[0],
    computed: Columns::DESCRIPTOR.computed,
    relations: &[
        relation("author", RelationKind::BelongsTo, || &PERSON),
        relation("sequels", RelationKind::HasMany, || &BOOK),
    ],
    fields: shown(&[
        Field::Column(0),
        Field::Column(TITLE),
        Field::Computed(0),
        Field::Column(IN_STOCK),
    ]),
    answers: &[],
    collection: Collection {
        filter: &[0, TITLE, 2, 3, IN_STOCK, SOLD, LENT],
        sort: &[0, TITLE, 2, 3, IN_STOCK],
        order: &[],
        search: &[TITLE],
        page: PageSize::USUAL,
    },
    envelope: Envelope::Data,
    docs: &[],
};

/// A person: only its key and its title may be asked about.
const PERSON: Descriptor = Descriptor {
    name: "Person",
    table: "people",
    path: "/people",
    relations: &[relation("books", RelationKind::HasMany, || &BOOK)],
    fields: shown(&[
        Field::Column(0),
        Field::Column(TITLE),
        Field::Relation(BOOKS),
    ]),
    collection: Collection {
        filter: &[],
        sort: &[],
        order: &[],
        search: &[],
        page: PageSize::USUAL,
    },
    ..BOOK
};

const fn shown(fields: &'static [Field]) -> FieldsByMethod {
    FieldsByMethod {
        get: fields,
        list: fields,
        post: fields,
        put: fields,
        patch: fields,
    }
}

const fn relation(
    name: &'static str,
    kind: RelationKind,
    target: fn() -> &'static Descriptor,
) -> RelationDescriptor {
    RelationDescriptor {
        name,
        wire: name,
        kind,
        target,
        own: 0,
        theirs: 0,
        fields: &[],
    }
}

fn read(raw: &str) -> Query {
    parse(&BOOK, raw).unwrap_or_else(|report| panic!("{raw}: {report:?}"))
}

fn conditions(raw: &str) -> Vec<Condition> {
    read(raw).conditions
}

fn codes_of(result: Result<Query, Report>) -> Vec<String> {
    let report = result.unwrap_err();
    let errors = report.errors().iter();
    errors.map(|error| error.code().to_owned()).collect()
}

fn codes(raw: &str) -> Vec<String> {
    codes_of(parse(&BOOK, raw))
}

fn detail(raw: &str) -> String {
    parse(&BOOK, raw).unwrap_err().errors()[0]
        .detail()
        .to_owned()
}

fn text(text: &str) -> Value {
    text.to_owned().to_value()
}

fn number(number: i64) -> Value {
    Value::BigInt(Some(number))
}

fn id(number: i64) -> Condition {
    Condition::of(0, Operator::Equal(Value::BigInt(Some(number))))
}

fn title(operator: Operator) -> Condition {
    Condition::of(TITLE, operator)
}

fn ascending(column: usize) -> Sort {
    Sort {
        column,
        descending: false,
    }
}

#[test]
fn a_full_query() {
    let query = read(
        "title=a+b%26c&id[eq]=5&sort=-title,id&limit=1000&offset=3&fields=label,id&count=exact&meta=schema",
    );
    assert_eq!(
        query.conditions,
        [title(Operator::Equal(text("a b&c"))), id(5)]
    );
    let title = Sort {
        column: TITLE,
        descending: true,
    };
    assert_eq!(query.order, [title, ascending(0)]);
    assert_eq!((query.limit, query.start), (200, Start::Offset(3)));
    assert_eq!(
        query.selection.shown,
        [Shown::Computed(0), Shown::Column(0)]
    );
    assert!(query.meta.count && query.meta.schema && !query.explain);
}

#[test]
fn every_operator_is_read() {
    for (raw, operator) in [
        ("id[eq]=5", Operator::Equal(number(5))),
        ("id[ne]=5", Operator::NotEqual(number(5))),
        ("id[gt]=-5", Operator::Greater(number(-5))),
        ("id[ge]=5", Operator::GreaterOrEqual(number(5))),
        ("id[lt]=5", Operator::Less(number(5))),
        ("id%5Ble%5D=5", Operator::LessOrEqual(number(5))),
        ("id[in]=5,6", Operator::In(vec![number(5), number(6)])),
        ("id[null]=true", Operator::Equal(Value::BigInt(None))),
        ("id[null]=false", Operator::NotEqual(Value::BigInt(None))),
    ] {
        assert_eq!(conditions(raw), [Condition::of(0, operator)], "{raw}");
    }
    let not = |operator| Condition::Not(Box::new(title(operator)));
    let like = || Operator::Like("a%".to_owned());
    let any_case = || Operator::LikeIgnoringCase("a%".to_owned());
    assert_eq!(conditions("title[like]=a%25"), [title(like())]);
    assert_eq!(conditions("title[ilike]=a%25"), [title(any_case())]);
    assert_eq!(conditions("title[notlike]=a%25"), [not(like())]);
    assert_eq!(conditions("title[notilike]=a%25"), [not(any_case())]);
    assert_eq!(
        conditions(r#"title[in]=a,"b,c","","d\"e""#),
        [title(Operator::In(vec![
            text("a"),
            text("b,c"),
            text(""),
            text("d\"e")
        ]))]
    );
}

#[test]
fn columns_are_compared_with_columns() {
    let sold_and = |comparison| Condition::Columns {
        left: SOLD,
        comparison,
        right: IN_STOCK,
    };
    assert_eq!(
        conditions("sold[gt][column]=inStock&sold[gt]=1&sold[ne][column]=in_stock"),
        [
            sold_and(Comparison::Greater),
            Condition::of(SOLD, Operator::Greater(Value::Double(Some(1.0)))),
            sold_and(Comparison::NotEqual),
        ]
    );
    assert_eq!(codes("sold[gt][column]=title"), ["unknown_field"]);
    assert!(detail("sold[gt][column]=title").ends_with("allowed: id, inStock, sold"));
    assert_eq!(codes("title[gt][column]=secret"), ["unknown_field"]);
    assert_eq!(codes("sold[like][column]=id"), ["operator"]);
    assert_eq!(codes("sold[in][column]=id"), ["operator"]);
    assert_eq!(codes("lent[gt][column]=lent"), ["operator"]);
    assert_eq!(codes("sold[gt][other]=id"), ["operator"]);
    assert_eq!(codes("sold[gt][column][column]=id"), ["operator"]);
}

#[test]
fn groups_are_trees() {
    assert_eq!(conditions("or=(id=1)"), [Condition::Any(vec![id(1)])]);
    let titled = title(Operator::Equal(text("a,(b)\"c\\")));
    assert_eq!(
        conditions(r#"or=(id=1,+and(id=2,not(title="a,(b)\"c\\")+),or(id=3))&id=4&or=(id=5)"#),
        [
            Condition::Any(vec![
                id(1),
                Condition::All(vec![id(2), Condition::Not(Box::new(titled))]),
                Condition::Any(vec![id(3)]),
            ]),
            id(4),
            Condition::Any(vec![id(5)]),
        ]
    );
    let of_columns = Condition::Columns {
        left: 0,
        comparison: Comparison::Less,
        right: IN_STOCK,
    };
    let items = Operator::In(vec![number(1), number(2)]);
    assert_eq!(
        conditions(r#"or=(id[lt][column]=inStock,id[in]="1,2",title=)"#),
        [Condition::Any(vec![
            of_columns,
            Condition::of(0, items),
            title(Operator::Equal(text(""))),
        ])]
    );
    assert!(parse(&BOOK, "or=(and(and(and(and(id=1)))))").is_ok());
    for (raw, code) in [
        ("or=", "syntax"),
        ("or=id=1", "syntax"),
        ("or=()", "syntax"),
        ("or=(", "syntax"),
        ("or=(id=1", "syntax"),
        ("or=(id=1,)", "syntax"),
        ("or=(id=1)x", "syntax"),
        ("or=(id=1)(id=2)", "syntax"),
        ("or=(id)", "syntax"),
        ("or=(=1)", "syntax"),
        ("or=(title=a(b)", "syntax"),
        ("or=(title=\"a)", "syntax"),
        ("or=(title=\"a\"b)", "syntax"),
        ("or=(title=a\"b)", "syntax"),
        ("or=(not(id=1,id=2))", "syntax"),
        ("or=(not())", "syntax"),
        ("or=(xor(id=1))", "syntax"),
        ("or=(nope=1)", "unknown_field"),
        ("or=(secret=a)", "unknown_field"),
        ("or=(limit=1)", "unknown_field"),
        ("or=(id[like]=1)", "operator"),
        ("or=(id=x)", "type"),
        ("or=(and(and(and(and(and(id=1))))))", "too_deep"),
    ] {
        assert_eq!(codes(raw), [code], "{raw}");
    }
}

#[test]
fn an_operator_is_for_some_kinds() {
    for raw in [
        "id[like]=1",
        "id[ilike]=1",
        "lent[gt]=true",
        "sold[notlike]=1",
        "lent[nope]=true",
    ] {
        assert_eq!(codes(raw), ["operator"], "{raw}");
    }
    assert!(detail("lent[gt]=true").ends_with("allowed: eq, ne, in, null"));
    assert!(detail("id[like]=1").ends_with("allowed: eq, ne, gt, ge, lt, le, in, null"));
    assert!(detail("title[x]=1").ends_with("in, null, like, ilike, notlike, notilike"));
    assert!(parse(&BOOK, "lent=true&lent[in]=true,false").is_ok());
}

#[test]
fn what_is_asked_has_bounds() {
    let many = |count: usize, what: &str| vec![what; count].join(",");
    assert!(parse(&BOOK, &format!("or=({})", many(100, "id=1"))).is_ok());
    assert_eq!(codes(&format!("or=({})", many(101, "id=1"))), ["too_many"]);
    assert_eq!(
        codes(&format!("or=({})&id=1&id[gt]=x", many(100, "id=1"))),
        ["too_many"]
    );
    assert!(parse(&BOOK, &format!("id[in]={}", many(500, "1"))).is_ok());
    assert_eq!(codes(&format!("id[in]={}", many(501, "1"))), ["too_many"]);
    assert!(parse(&BOOK, &format!("title[like]={}", "a".repeat(500))).is_ok());
    assert_eq!(
        codes(&format!("title[like]={}", "a".repeat(501))),
        ["max_length"]
    );
    assert!(parse(&BOOK, &format!("title[like]={}", "%25_".repeat(5))).is_ok());
    assert_eq!(
        codes(&format!("title[like]={}", "_".repeat(11))),
        ["too_many"]
    );
    assert!(parse(&BOOK, &format!("title[like]={}", "\\_".repeat(11))).is_ok());
    assert!(parse(&BOOK, &format!("q={}", "a+".repeat(10))).is_ok());
    assert_eq!(codes(&format!("q={}", "a+".repeat(11))), ["too_many"]);
    assert_eq!(codes(&format!("q={}", "a".repeat(501))), ["max_length"]);
    assert_eq!(
        codes(&format!("include={}", many(21, "author"))),
        ["too_many"]
    );
    assert!(parse(&BOOK, "include=author.books.author.books.author").is_ok());
    assert_eq!(
        codes("include=author.books.author.books.author.books"),
        ["too_deep"]
    );
    assert!(parse(&BOOK, "fields=author.books.author.books.author.id").is_ok());
    assert_eq!(
        codes("fields=author.books.author.books.author.books.id"),
        ["too_deep"]
    );
    assert_eq!(
        codes(&format!("fields={}", many(21, "author.id"))),
        ["too_many"]
    );
}

#[test]
fn nothing_unknown_is_passed_over() {
    assert_eq!(
        codes("titel=x&id[like]=5&id=x&sort=nope&fields=nope"),
        [
            "unknown_parameter",
            "operator",
            "type",
            "unknown_field",
            "unknown_field"
        ]
    );
    assert_eq!(
        codes("limit=-1&offset=9223372036854775808"),
        ["type", "type"]
    );
    for (raw, code) in [
        ("sort=id,-id", "duplicate"),
        ("limit=1&limit=1", "duplicate"),
        ("q=a&q=b", "duplicate"),
        ("cursor=&cursor=", "duplicate"),
        ("count=1", "enum"),
        ("meta=all", "enum"),
        ("q=", "empty"),
        ("q=+", "empty"),
        ("q=a%00", "nul"),
        ("fields=", "empty"),
        ("include=", "empty"),
        ("include=nope", "unknown_field"),
        ("include=title", "unknown_field"),
        ("include=author.nope", "unknown_field"),
        ("fields=author.secret", "unknown_field"),
        ("fields=author.sold", "unknown_field"),
        ("fields=title.id", "unknown_field"),
        ("fields=author.", "unknown_field"),
        ("id[in]=", "empty"),
        ("id[in]=1,,2", "empty"),
        ("id[in]=1,x", "type"),
        ("title[in]=\"a", "syntax"),
        ("title[in]=\"a\"b", "syntax"),
        ("title[in]=a\"b\"", "syntax"),
        ("title[like]=a\\", "syntax"),
        ("title[like]=a%00", "nul"),
        ("id[null]=yes", "type"),
        ("explain=true", "unknown_parameter"),
        ("sort=sold", "unknown_field"),
        ("offset=1&cursor=", "conflict"),
    ] {
        assert_eq!(codes(raw), [code], "{raw}");
    }
}

#[test]
fn the_same_is_asked_once_whatever_its_spelling() {
    assert_eq!(codes("id=1&id=2"), ["duplicate"]);
    assert_eq!(codes("id=1&id[eq]=2"), ["duplicate"]);
    assert_eq!(codes("inStock=1&in_stock=2"), ["duplicate"]);
    assert_eq!(
        codes("id[gt][column]=sold&id[gt][column]=inStock"),
        ["duplicate"]
    );
    assert_eq!(conditions("id[gt]=1&id[lt]=5&id[gt][column]=sold").len(), 3);
    assert_eq!(conditions("or=(id=1,id=2)&or=(id=1,id=2)").len(), 2);
}

#[test]
fn write_only_and_json_columns_cannot_be_asked_about() {
    assert_eq!(codes("secret=a"), ["unknown_parameter"]);
    assert_eq!(codes("secret[like]=a%25"), ["unknown_parameter"]);
    assert_eq!(codes("sort=secret"), ["unknown_field"]);
    assert_eq!(codes("fields=secret"), ["unknown_field"]);
    assert_eq!(codes("extra=1"), ["unknown_parameter"]);
    assert!(!detail("nope=1").contains("secret"));
}

#[test]
fn the_key_is_always_filterable_and_nothing_else_by_itself() {
    assert!(parse(&PERSON, "id=1").is_ok());
    assert_eq!(codes_of(parse(&PERSON, "title=a")), ["unknown_parameter"]);
    assert_eq!(codes_of(parse(&PERSON, "sort=title")), ["unknown_field"]);
    assert_eq!(codes_of(parse(&PERSON, "q=a")), ["unknown_parameter"]);
}

#[test]
fn each_word_of_a_search_stands_somewhere() {
    let like =
        |pattern: &str| Condition::Any(vec![title(Operator::LikeIgnoringCase(pattern.to_owned()))]);
    assert_eq!(
        conditions("q=green++50%25_"),
        [like("%green%"), like("%50\\%\\_%")]
    );
}

#[test]
fn explain_is_understood_where_it_is_allowed() {
    assert!(parse_explaining(&BOOK, "explain=true").unwrap().explain);
    assert!(!parse_explaining(&BOOK, "explain=false").unwrap().explain);
    assert_eq!(codes_of(parse_explaining(&BOOK, "explain=1")), ["type"]);
    assert!(
        parse_one_explaining(&BOOK, Method::Get, "explain=true")
            .unwrap()
            .explain
    );
    assert!(parse_one(&BOOK, Method::Get, "explain=true").is_err());
}

#[test]
fn fields_and_includes_are_trees() {
    let shown = |raw: &str| read(raw).selection.shown;
    let column = Shown::Column;
    let relation = |index, shown: Vec<Shown>| Shown::Relation(index, Selection { shown });
    assert_eq!(
        shown("fields=title,author.id,author.books.title,id,author.books.id,title"),
        [
            column(TITLE),
            relation(
                AUTHOR,
                vec![column(0), relation(BOOKS, vec![column(TITLE), column(0)])]
            ),
            column(0),
        ]
    );
    // A person shows books by itself, but not on the way back from one.
    let author = || relation(AUTHOR, vec![column(0), column(TITLE)]);
    let book = || {
        vec![
            column(0),
            column(TITLE),
            Shown::Computed(0),
            column(IN_STOCK),
        ]
    };
    assert_eq!(shown("fields=author"), [author()]);
    let mut with_author = book();
    with_author.push(author());
    assert_eq!(shown("include=author"), with_author);
    assert_eq!(shown("include=author,author"), with_author);
    assert_eq!(shown("fields=id&include=author"), [column(0), author()]);
    assert_eq!(
        shown("include=author&fields=author.title"),
        [relation(AUTHOR, vec![column(TITLE)])]
    );
    // An explicit path may return.
    let books = relation(BOOKS, book());
    assert_eq!(
        shown("fields=id&include=author.books,sequels"),
        [
            column(0),
            relation(AUTHOR, vec![column(0), column(TITLE), books]),
            relation(SEQUELS, book()),
        ]
    );
    assert_eq!(
        shown("fields=author.title,author"),
        [relation(AUTHOR, vec![column(TITLE), column(0)])]
    );
    let raw = "fields=inStock&include=author&meta=schema";
    parse_one(&BOOK, Method::Post, raw).unwrap_err();
    let one = parse_one(&BOOK, Method::Get, raw).unwrap();
    assert_eq!(one.selection.shown, [column(IN_STOCK), author()]);
    assert!(one.meta.schema);
    assert!(parse_one(&BOOK, Method::Post, "meta=schema").is_err());
}

#[test]
fn one_record_takes_no_conditions() {
    for raw in [
        "id=1",
        "or=(id=1)",
        "limit=1",
        "sort=id",
        "cursor=",
        "count=exact",
        "q=a",
        "nope=1",
    ] {
        let report = parse_one(&BOOK, Method::Get, raw).unwrap_err();
        assert_eq!(report.errors()[0].code(), "unknown_parameter", "{raw}");
        let detail = report.errors()[0].detail();
        assert!(
            detail.ends_with("allowed: fields, include, meta"),
            "{detail}"
        );
    }
}

/// The cursors that lead on from a page with these ends.
fn cursors(raw: &str, ends: &Ends) -> (String, String) {
    let query = read(raw);
    let query = Query {
        start: Start::Cursor(Cursor {
            values: Vec::new(),
            backward: false,
        }),
        ..query
    };
    let links = Paging::of(&BOOK, &query).links("/books", raw, 2, true, Some(ends));
    (links.next.unwrap(), links.prev.unwrap())
}

#[test]
fn a_cursor_is_bound_to_its_order_and_its_conditions() {
    let ends = Ends {
        first: vec![Value::BigInt(None), number(1)],
        last: vec![number(7), number(2)],
    };
    let raw = "sort=-inStock&title[ne]=a&cursor=";
    let (next, prev) = cursors(raw, &ends);
    let (path, next) = next.split_once('?').unwrap();
    assert_eq!(path, "/books");
    assert!(
        next.starts_with("sort=-inStock&title[ne]=a&cursor="),
        "{next}"
    );
    let cursor = |values: &Vec<Value>, backward| {
        let values = values.clone();
        Start::Cursor(Cursor { values, backward })
    };
    assert_eq!(read(next).start, cursor(&ends.last, false));
    let prev = prev.split_once('?').unwrap().1;
    assert_eq!(read(prev).start, cursor(&ends.first, true));
    // The limit and the fields may change on the way; what decides where a row stands may not.
    let token = next.split_once("cursor=").unwrap().1;
    for same in [
        "limit=3&fields=id&sort=-inStock&title[ne]=a",
        "title%5Bne%5D=a&sort=-in_stock,id",
    ] {
        assert_eq!(
            read(&format!("{same}&cursor={token}")).start,
            cursor(&ends.last, false)
        );
    }
    for other in [
        "sort=inStock&title[ne]=a",
        "sort=-inStock",
        "title[ne]=a",
        "sort=-inStock&title[ne]=b",
        "sort=-inStock&title=a",
        "sort=-inStock&or=(title[ne]=a)",
        "sort=-inStock&title[ne]=a&id=1",
        "sort=-inStock,-id&title[ne]=a",
    ] {
        assert_eq!(
            codes(&format!("{other}&cursor={token}")),
            ["cursor"],
            "{other}"
        );
    }
    let broken = [
        &token[1..],
        &token[..token.len() - 1],
        "x",
        "%00",
        "bnVsbA",
        "W10",
        "a b",
    ];
    for broken in broken {
        let raw = format!("sort=-inStock&title[ne]=a&cursor={broken}");
        assert_eq!(codes(&raw), ["cursor"], "{broken}");
    }
    let foreign = format!("cursor={token}");
    assert_eq!(codes_of(parse(&PERSON, &foreign)), ["cursor"]);
}

#[test]
fn a_cursor_is_the_same_for_every_program() {
    let ends = Ends {
        first: vec![text("é"), number(1)],
        last: vec![text("é"), number(2)],
    };
    let (next, _) = cursors(
        "sort=title&or=(id=1,not(inStock[null]=true))&id[in]=1,2",
        &ends,
    );
    insta::assert_snapshot!(next);
}

#[test]
fn links_by_offset_keep_the_rest_of_the_query() {
    let raw = "title=a%26b&limit=10&offset=15&fields=id";
    let links = Paging::of(&BOOK, &read(raw)).links("/books", raw, 10, true, None);
    assert_eq!(
        links,
        Links {
            next: Some("/books?title=a%26b&fields=id&limit=10&offset=25".to_owned()),
            prev: Some("/books?title=a%26b&fields=id&limit=10&offset=5".to_owned()),
        }
    );
    let links = Paging::of(&BOOK, &read("limit=0")).links("/books", "limit=0", 0, true, None);
    assert_eq!(links, Links::default());
}
