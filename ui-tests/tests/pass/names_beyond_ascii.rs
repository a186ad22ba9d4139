use serde_json::json;
use topchef_runtime::{Api, Context, Database, Input, ModelResource, Report, ResourceEnum};
use topchef_ui_tests::send;

#[derive(ResourceEnum)]
enum Größe {
    Groß,
    Klein,
}

#[derive(ModelResource)]
#[resource(
    url_name = "buecher",
    serial_fields = [id, größe, 題名, länge()],
    process_input(post = prüfen),
    collection(filter = [題名]),
)]
struct Büch {
    id: i64,
    #[resource(default = Größe::Groß)]
    größe: Größe,
    #[resource(max_length = 9, unique)]
    題名: String,
}

impl Büch {
    fn länge(&self) -> usize {
        self.題名.chars().count()
    }
}

async fn prüfen(_cx: &Context, _input: &mut Input<Büch>) -> Result<(), Report> {
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(Größe::Klein.as_str(), "Klein");
    let database = Database::temporary().await?;
    database.create_tables::<Büch>().await?;
    let router = Api::new(database).resource::<Büch>().public().into_router();
    let (_, answer) = send(&router, "POST", "/buecher", json!({"題名": "砂の惑星"})).await?;
    assert_eq!(
        answer["data"],
        json!({"id": 1, "größe": "Groß", "題名": "砂の惑星", "länge": 4})
    );
    assert_eq!(Büch::題名.index(), 2);
    Ok(())
}
