use serde_json::json;
use topchef_runtime::{Api, Context, Database, Input, ModelResource, Report};
use topchef_ui_tests::send;

macro_rules! resource {
    ($name:ident at $path:literal, $field:ident: $ty:ty = $default:expr, $hook:path, $method:ident) => {
        #[derive(ModelResource)]
        #[resource(
                    url_name = $path,
                    serial_fields = [id, $field, note, $method(), length()],
                    process_input(post = $hook, patch = check)
                )]
        struct $name {
            id: i64,
            #[resource(default = $default)]
            $field: $ty,
            #[resource(default = "none", max_length = 9)]
            note: Option<String>,
        }

        impl $name {
            fn $method(&self) -> &str {
                &self.$field
            }

            fn length(&self) -> usize {
                self.$field.len()
            }
        }

        async fn check(_cx: &Context, _input: &mut Input<$name>) -> Result<(), Report> {
            Ok(())
        }
    };
}

resource!(Book at "works", title: String = "Dune".to_owned(), hooks::look, label);

mod hooks {
    use topchef_runtime::{Context, Input, Report};

    pub async fn look(_cx: &Context, _input: &mut Input<super::Book>) -> Result<(), Report> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Book>().await?;
    let router = Api::new(database).resource::<Book>().public().into_router();
    let (_, created) = send(&router, "POST", "/works", json!({})).await?;
    let wanted = json!({"id": 1, "title": "Dune", "note": "none", "label": "Dune", "length": 4});
    assert_eq!(created["data"], wanted);
    Ok(())
}
