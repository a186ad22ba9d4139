use topchef_runtime::{Context, Database, Input, ModelResource, Report, Select};

async fn novels(database: &Database) -> Result<usize, Box<dyn std::error::Error>> {
    #[derive(ModelResource)]
    #[resource(table = "novels", process_input(post = check), collection(search = [title]))]
    struct Book {
        id: i64,
        title: String,
    }

    async fn check(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
        Ok(())
    }

    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = Book {
        id: 0,
        title: "Dune".to_owned(),
    };
    tx.insert(&book).await?;
    tx.commit().await?;
    let found = database.select::<Book>().all().await?;
    Ok(found[0].title.len())
}

async fn poems(database: &Database) -> Result<i32, Box<dyn std::error::Error>> {
    #[derive(ModelResource)]
    #[resource(table = "poems", process_input(list = check))]
    struct Book {
        id: i64,
        lines: i32,
    }

    async fn check(_cx: &Context, _books: &mut Select<Book>) -> Result<(), Report> {
        Ok(())
    }

    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    tx.insert(&Book { id: 0, lines: 14 }).await?;
    tx.commit().await?;
    let found = database.select::<Book>().all().await?;
    Ok(found[0].lines)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    assert_eq!(novels(&database).await?, 4);
    assert_eq!(poems(&database).await?, 14);
    Ok(())
}
