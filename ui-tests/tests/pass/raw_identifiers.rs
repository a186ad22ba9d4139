use serde_json::json;
use topchef_runtime::{Api, Context, Database, Input, ModelResource, Report, ResourceEnum};
use topchef_ui_tests::send;

#[derive(ResourceEnum)]
enum r#Impl {
    r#Static,
    Other,
}

#[derive(ModelResource)]
#[resource(
    serial_fields = [id, r#type, r#move, r#fn(), r#in],
    relations(r#in(belongs_to = r#Struct, by = r#mod), r#for(has_many = r#Struct, by = r#mod)),
    serial_field_relations(r#in = [r#type, r#fn()]),
    process_input(post = r#match),
    collection(filter = [r#type], order_by = [-r#type], search = [r#type]),
)]
struct r#Struct {
    id: i64,
    #[resource(max_length = 9)]
    r#type: String,
    #[resource(default = r#Impl::r#Static)]
    r#move: r#Impl,
    #[resource(references = r#Struct)]
    r#mod: Option<i64>,
}

impl r#Struct {
    fn r#fn(&self) -> usize {
        self.r#type.len()
    }
}

async fn r#match(_cx: &Context, _input: &mut Input<r#Struct>) -> Result<(), Report> {
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(r#Impl::Other.as_str(), "Other");
    let database = Database::temporary().await?;
    database.create_tables::<r#Struct>().await?;
    let router = Api::new(database).resource::<r#Struct>().public();
    let router = router.into_router();
    let first = json!({"type": "rare"});
    let (status, _) = send(&router, "POST", "/structs", first).await?;
    assert_eq!(status, 201);
    let second = json!({"type": "common", "mod": 1});
    let (_, answer) = send(&router, "POST", "/structs", second).await?;
    let wanted = json!({
        "id": 2, "type": "common", "move": "Static", "fn": 6, "in": {"type": "rare", "fn": 4},
    });
    assert_eq!(answer["data"], wanted);
    let (_, answer) = send(&router, "GET", "/structs?type=rare", json!(null)).await?;
    assert_eq!(answer["data"][0]["id"], 1);
    Ok(())
}
