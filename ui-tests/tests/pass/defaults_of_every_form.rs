use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use topchef_runtime::{Api, Database, ModelResource, ResourceEnum};
use topchef_ui_tests::send;

const USUAL: i32 = 200;

static UNIT: fn() -> String = || "mm".to_owned();

#[derive(Default, ResourceEnum)]
enum Level {
    #[default]
    Low,
    High,
}

impl From<&str> for Level {
    fn from(_: &str) -> Self {
        Self::High
    }
}

#[derive(ModelResource)]
struct Reading {
    id: i64,
    #[resource(default = "volt")]
    text: String,
    #[resource(default = "volt")]
    perhaps_a_text: Option<String>,
    #[resource(default = -7)]
    number: i8,
    #[resource(default = -7)]
    perhaps_a_number: Option<i64>,
    #[resource(default = 1.5)]
    float: f32,
    #[resource(default = true)]
    truth: bool,
    #[resource(default)]
    own: u16,
    #[resource(default)]
    nothing: Option<i32>,
    #[resource(default = USUAL)]
    constant: i32,
    #[resource(default = Self::LIMIT)]
    of_the_struct: i32,
    #[resource(default = unit)]
    function: String,
    #[resource(default = UNIT)]
    pointer: String,
    #[resource(default = String::new)]
    constructor: String,
    #[resource(default = Vec::new)]
    bytes: Vec<u8>,
    #[resource(default = Level::High)]
    variant: Level,
    #[resource(default)]
    first_variant: Level,
    #[resource(default = "high")]
    from_text: Level,
    #[resource(default = 60 * 60)]
    expression: i32,
    #[resource(default = Some(Self::LIMIT + 1))]
    some: Option<i32>,
    #[resource(default = NaiveDate::from_ymd_opt(1965, 8, 1).unwrap_or_default())]
    call: NaiveDate,
    #[resource(json, default = std::collections::BTreeMap::<String, u8>::new)]
    map: std::collections::BTreeMap<String, u8>,
    #[resource(read_only, default = Utc::now)]
    at: DateTime<Utc>,
}

impl Reading {
    const LIMIT: i32 = 9;
}

fn unit() -> String {
    "mm".to_owned()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Reading>().await?;
    let router = Api::new(database)
        .resource::<Reading>()
        .public()
        .into_router();
    let (status, created) = send(&router, "POST", "/readings", json!({})).await?;
    assert_eq!(status, 201, "{created}");
    let mut data = created["data"].clone();
    assert!(data["at"].take().is_string());
    let wanted = json!({
        "id": 1, "text": "volt", "perhaps_a_text": "volt", "number": -7, "perhaps_a_number": -7, "float": 1.5,
        "truth": true, "own": 0, "nothing": null, "constant": 200, "of_the_struct": 9, "function": "mm",
        "pointer": "mm", "constructor": "", "bytes": "", "variant": "High", "first_variant": "Low",
        "from_text": "High", "expression": 3600, "some": 10, "call": "1965-08-01", "map": {}, "at": null,
    });
    assert_eq!(data, wanted);
    Ok(())
}
