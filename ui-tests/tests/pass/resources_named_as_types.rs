//! Resources whose own names are those of types that generated code needs.

use topchef_runtime::Database;

mod names {
    use topchef_runtime::{ModelResource, ResourceEnum};

    #[derive(ModelResource)]
    #[resource(relations(values(has_many = Value, by = option_id)), serial_fields = [id, name, values, len()])]
    pub struct Option {
        pub id: i64,
        #[resource(default = "none", max_length = 9)]
        pub name: ::std::string::String,
    }

    impl Option {
        fn len(&self) -> usize {
            self.name.len()
        }
    }

    #[derive(ModelResource)]
    #[resource(
        relations(option(belongs_to = Option, by = option_id)),
        serial_field_relations(option = [name, len()])
    )]
    pub struct Value {
        pub id: i64,
        #[resource(references = Option)]
        pub option_id: ::core::option::Option<i64>,
        #[resource(default = Kind::Result)]
        pub kind: Kind,
    }

    #[derive(ModelResource)]
    pub struct String {
        pub id: i64,
        #[resource(json, default)]
        pub vec: ::std::vec::Vec<u8>,
    }

    #[derive(ModelResource)]
    pub struct Result {
        pub id: i64,
    }

    #[derive(ModelResource)]
    pub struct Column {
        pub id: i64,
    }

    #[derive(ModelResource)]
    pub struct Context {
        pub id: i64,
    }

    #[derive(Debug, PartialEq, ResourceEnum)]
    pub enum Kind {
        Result,
        Option,
        Self_,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database
        .create_tables::<(
            names::Option,
            names::Value,
            names::String,
            names::Result,
            names::Column,
            names::Context,
        )>()
        .await?;
    let mut tx = database.transaction().await?;
    let option = names::Option {
        id: 0,
        name: "some".to_owned(),
    };
    let option = tx.insert(&option).await?;
    let value = names::Value {
        id: 0,
        option_id: Some(option.id),
        kind: names::Kind::Option,
    };
    let value = tx.insert(&value).await?;
    let string = names::String {
        id: 0,
        vec: vec![7],
    };
    let string = tx.insert(&string).await?;
    tx.insert(&names::Result { id: 0 }).await?;
    tx.insert(&names::Column { id: 0 }).await?;
    tx.insert(&names::Context { id: 0 }).await?;
    tx.commit().await?;
    assert_eq!(
        (value.option_id, &value.kind),
        (Some(1), &names::Kind::Option)
    );
    assert_eq!(
        (option.name.as_str(), string.vec.as_slice()),
        ("some", &[7][..])
    );
    Ok(())
}
