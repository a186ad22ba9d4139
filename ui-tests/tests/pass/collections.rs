//! What may be asked of a collection, by whom, and what stands around it.

use topchef_runtime::descriptor::{Envelope, PageSize, Sort};
use topchef_runtime::{ApiError, Context, Hooked, Method, ModelResource, Permit};

#[derive(ModelResource)]
#[resource(
    collection(
        filter = [title, pages],
        sort = [pages, r#type],
        order_by = [-pages, title],
        search = [title, r#type],
        page_size = 10,
        max_page_size = 1_000,
    ),
    authorize = Self::for_members,
    envelope = "none",
    doc(post = "Adds a book to the shelf.", list = "All books."),
)]
struct Book {
    pages: i32,
    id: i64,
    title: String,
    r#type: Option<String>,
}

impl Book {
    async fn for_members(cx: &Context, method: Method) -> Result<Permit<Self>, ApiError> {
        let _ = (cx, method);
        Ok(Permit::all())
    }
}

#[derive(ModelResource)]
#[resource(collection(max_page_size = 20))]
struct Shelf {
    id: i64,
}

fn main() {
    let book = Book::DESCRIPTOR;
    assert_eq!(book.collection.filter, [0, 1, 2]);
    assert_eq!(book.collection.sort, [0, 3]);
    let sorts = [(0, true), (2, false)].map(|(column, descending)| Sort { column, descending });
    assert_eq!(book.collection.order, sorts);
    assert_eq!(book.collection.search, [2, 3]);
    assert_eq!(book.collection.page, PageSize { default: 10, max: 1000 });
    assert_eq!(book.envelope, Envelope::None);
    assert_eq!(
        book.docs,
        [(Method::Post, "Adds a book to the shelf."), (Method::List, "All books.")]
    );
    assert!(Book::hooks().authorize.is_some());

    let shelf = Shelf::DESCRIPTOR;
    assert_eq!(shelf.collection.page, PageSize { default: 20, max: 20 });
    assert_eq!(shelf.envelope, Envelope::Data);
    assert!(shelf.docs.is_empty() && Shelf::hooks().authorize.is_none());
    assert_eq!(Shelf { id: 1 }.id, 1);
}
