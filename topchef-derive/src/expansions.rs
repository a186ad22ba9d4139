//! What the macros write, each item with its expansion in a file of `snapshots/`, which is read in review.
//!
//! It asks nothing of the words: what a reader would find strange there is what is wrong.

use crate::testing::{assert_enum_expansion, assert_expansion, assert_expansion_in_editor};

#[test]
fn the_smallest_resource() {
    assert_expansion! {
        struct Author {
            id: Uuid,
            first_name: String,
            last_name: String,
        }
    }
}

#[test]
fn the_book() {
    assert_expansion! {
        /// A book.
        #[resource(
            url_prefix = "/api",
            methods(get, list, post, put, patch, delete),
            rename_all = "camelCase",
            serial_fields(get = [id, title, label()], list = [id, title]),
            process_input(post = check_isbn, list = only_mine),
            before_commit(delete = Self::mark_inactive),
            after_commit(post = crate::jobs::submit_job, put(announce, best_effort)),
        )]
        pub struct Book {
            id: Uuid,
            /// The title.
            #[resource(max_length = 100)]
            title: String,
            #[resource(read_only, default = Utc::now)]
            created_at: DateTime<Utc>,
            #[resource(write_only)]
            secret: Option<String>,
            #[resource(json)]
            schema: Box<RawValue>,
        }
    }
}

#[test]
fn a_resource_of_one_method() {
    assert_expansion! {
        /// A command to a model.
        #[resource(
            table = "a_models",
            url_name = "a-model-command",
            methods(post),
            after_commit(post = divert),
        )]
        struct AModel {
            id: i64,
            #[resource(max_length = 80, unique)]
            description: String,
            /// How often.
            #[resource(default = 0)]
            num_variable: i32,
        }
    }
}

#[test]
fn a_resource_with_fields_of_every_kind() {
    assert_expansion! {
        #[resource(rename_all = "camelCase")]
        struct Copy {
            #[resource(primary_key, references = crate::Book)]
            book_id: Uuid,
            #[resource(primary_key)]
            number: i32,
            #[resource(column = "shelf_mark", rename = "mark", min_length = 2, max_length = 9, pattern = r"^[A-Z]\d+$", index)]
            shelf: String,
            #[resource(format = "uri", unique)]
            scan: Option<String>,
            #[resource(minimum = -1, maximum = 1.5)]
            weight: f64,
            #[resource(references = Self)]
            copy_of: Option<Uuid>,
            #[resource(read_only, default = Utc::now, on_update = Utc::now)]
            changed_at: DateTime<Utc>,
            #[resource(version)]
            version: i64,
            #[resource(skip)]
            cache: Cache,
        }
    }
}

#[test]
fn a_resource_with_defaults_of_every_kind() {
    assert_expansion! {
        /// One request that a server
        /// answered.
        #[resource(
            table = "log",
            url_prefix = "/internal/v1/",
            url_name = "requests",
            methods(list, post),
            rename_all = "SCREAMING-KEBAB-CASE",
            serial_fields = [key, r#type, r#match(), summary()],
        )]
        pub(crate) struct HttpLog {
            #[resource(primary_key, default = Uuid::now_v7)]
            key: Uuid,
            #[resource(default = "plain", max_length = 20)]
            r#type: String,
            #[resource(default = 200)]
            status_code: i32,
            #[resource(default = -1)]
            offset: Option<i64>,
            #[resource(default = "GET")]
            verb: Option<String>,
            #[resource(default = Self::USUAL)]
            level: Level,
            #[resource(default)]
            tx: bool,
            #[resource(default = 1 << 4)]
            row: u32,
            #[resource(json, default)]
            self_: Vec<Self>,
            #[resource(json, default = Headers::new)]
            headers: Headers,
            #[resource(json, default = Some(Note::from("x")))]
            note: Option<Note>,
        }
    }
}

#[test]
fn a_resource_with_methods_as_fields() {
    assert_expansion! {
        #[resource(serial_fields(get = [id, full_name(), initials()], list = [full_name()]))]
        struct Person {
            id: Uuid,
            #[resource(write_only)]
            password: String,
            first_name: String,
            last_name: String,
        }
    }
}

#[test]
fn a_resource_with_relations() {
    assert_expansion! {
        #[resource(
            rename_all = "camelCase",
            serial_fields(get = [id, author, prequels], post = crate::Job[id, status()]),
            serial_field_relations(author = [first_name, full_name()], get(prequels = [id])),
            relations(
                author(belongs_to = Author, by = author_id),
                prequels(has_many = Self, by = sequel_id),
                book_cover(has_one = covers::Cover, by = r#type),
            ),
            after_commit(post = submit),
            collection(filter = [author_id], order_by = [-author_id], page_size = 20),
            authorize = Self::librarians,
            envelope = "none",
            doc(post = "Orders a book."),
            crate = ::facade::topchef,
        )]
        struct Book {
            id: Uuid,
            author_id: Uuid,
            #[resource(index)]
            sequel_id: Option<Uuid>,
        }
    }
}

#[test]
fn a_resource_with_a_collection() {
    assert_expansion! {
        #[resource(
            methods(get, list),
            collection(
                filter = [genre, pub_year],
                sort = [title, pub_year],
                order_by = [-pub_year, title],
                search = [title],
                page_size = 20,
                max_page_size = 100,
            ),
            envelope = "none",
            doc(list = "Looks through the catalogue."),
        )]
        struct CatalogueEntry {
            id: i64,
            title: Title,
            genre: Genre,
            pub_year: i32,
        }
    }
}

#[test]
fn a_resource_with_hooks_of_every_phase() {
    assert_expansion! {
        #[resource(
            url_prefix = "/api/v2",
            process_input(get = only_mine, list = only_mine, post = check_owner, patch = check_owner),
            before_commit(post = Self::number, delete = archive),
            after_commit(post = crate::jobs::submit, delete(announce, best_effort)),
            authorize = customers,
        )]
        pub struct Order {
            id: Uuid,
            #[resource(references = User, read_only)]
            owner_id: Uuid,
            #[resource(index, max_length = 80)]
            description: String,
            #[resource(version)]
            version: i64,
        }
    }
}

#[test]
fn an_enum() {
    assert_enum_expansion! {
        #[resource(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Status {
            Registered,
            InProgress,
            #[resource(rename = "DONE")]
            Finished,
        }
    }
}

#[test]
fn a_resource_in_an_editor() {
    assert_expansion_in_editor! {
        #[resource(
            serial_fields(get = [id, label(), author], post = Job[status]),
            serial_field_relations(author = [first_name]),
            relations(author(belongs_to = Author, by = author_id)),
            before_commit(put = Self::stamp),
            after_commit(post = crate::jobs::submit, put(announce, best_effort)),
            collection(filter = [title], order_by = [-title]),
        )]
        struct Book {
            #[resource(primary_key, default = Uuid::now_v7)]
            id: Uuid,
            title: String,
            #[resource(references = Author)]
            author_id: Uuid,
        }
    }
}

#[test]
fn the_impls_stand_beside_the_errors() {
    assert_expansion! {
        #[resource(before_commit(get = never, post = stamp))]
        struct Book {
            id: Uuid,
            #[resource(max_length = 0, default = untitled)]
            title: String,
            #[resource(jsn)]
            body: Body,
            #[resource(references = Author, on_update = somebody)]
            author_id: Uuid,
        }
    }
}

#[test]
fn an_item_that_is_no_resource_still_gets_the_impls() {
    assert_expansion! {
        enum Shape<'a, T: Clone> where T: Copy { Round(&'a T) }
    }
}

#[test]
fn an_enum_with_errors_still_gets_the_impls() {
    assert_enum_expansion! {
        enum Status { Failed(String) }
    }
}
