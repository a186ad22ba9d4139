use topchef_runtime::{Database, FromJson, ModelResource};

const fn pages<const N: i32>() -> i32 {
    N
}

struct Limits<const N: usize>;

impl<const N: usize> Limits<N> {
    const MOST: i64 = 10 + N as i64;
    const NAME: &'static str = "none";

    fn title<T: From<&'static str>>() -> T {
        T::from(Self::NAME)
    }
}

trait First {
    const FIRST: i32;
}

impl First for Book {
    const FIRST: i32 = 1450;
}

#[derive(ModelResource)]
struct Book {
    id: i64,
    #[resource(default = pages::<{ 3 + 4 }>)]
    pages: i32,
    #[resource(default = Limits::<5>::MOST)]
    copies: i64,
    #[resource(default = Limits::<0>::title::<String>)]
    title: String,
    #[resource(default = <Self as First>::FIRST)]
    pub_year: i32,
    #[resource(on_update = { const TURNS: i32 = 2; TURNS * 2 })]
    turns: i32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let book = Book::from_json(br#"{"id": 1, "turns": 1}"#)?;
    assert_eq!((book.pages, book.copies, book.pub_year), (7, 15, 1450));
    assert_eq!((book.title.as_str(), book.turns), ("none", 1));
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    tx.insert(&book).await?;
    let stored = tx.get::<Book>(1).await?;
    let mut book = stored.ok_or("it was just written")?;
    book.set(Book::PAGES, 8);
    tx.save(&mut book).await?;
    assert_eq!((book.pages, book.turns), (8, 4));
    tx.commit().await?;
    Ok(())
}
