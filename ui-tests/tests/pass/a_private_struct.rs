use topchef_runtime::Database;

mod library {
    use topchef_runtime::{Context, Input, ModelResource, Report, ResourceEnum};

    #[derive(ModelResource)]
    #[resource(process_input(post = check))]
    struct Hidden {
        id: i64,
        genre: Genre,
    }

    #[derive(ModelResource)]
    pub(crate) struct Shared {
        pub(crate) id: i64,
        pub(super) title: String,
    }

    #[derive(ResourceEnum)]
    enum Genre {
        Novel,
    }

    async fn check(_cx: &Context, _input: &mut Input<Hidden>) -> Result<(), Report> {
        Ok(())
    }

    pub fn table() -> &'static str {
        let hidden = Hidden {
            id: 1,
            genre: Genre::Novel,
        };
        assert_eq!(
            (Hidden::ID.of(&hidden), Hidden::GENRE.of(&hidden).as_str()),
            (&1, "Novel")
        );
        Hidden::descriptor().table
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(library::table(), "hiddens");
    let database = Database::temporary().await?;
    database.create_tables::<library::Shared>().await?;
    let mut tx = database.transaction().await?;
    let shared = tx
        .insert(&library::Shared {
            id: 0,
            title: "Dune".to_owned(),
        })
        .await?;
    tx.commit().await?;
    assert_eq!((shared.id, shared.title.as_str()), (1, "Dune"));
    Ok(())
}
