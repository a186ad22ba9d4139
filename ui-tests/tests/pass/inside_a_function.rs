use topchef_runtime::{Context, Database, Input, ModelResource, Report};

async fn shelve(title: &str) -> Result<String, Box<dyn std::error::Error>> {
    #[derive(ModelResource)]
    #[resource(process_input(post = check))]
    struct Book {
        id: i64,
        #[resource(default = untitled)]
        title: String,
    }

    fn untitled() -> String {
        "untitled".to_owned()
    }

    async fn check(_cx: &Context, _input: &mut Input<Book>) -> Result<(), Report> {
        Ok(())
    }

    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let mut tx = database.transaction().await?;
    let book = tx
        .insert(&Book {
            id: 0,
            title: title.to_owned(),
        })
        .await?;
    tx.commit().await?;
    Ok(book.title)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(shelve("Dune").await?, "Dune");
    Ok(())
}
